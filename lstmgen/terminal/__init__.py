"""What the commands share: what is said on a terminal, keys, amounts, options, files that output goes to."""
