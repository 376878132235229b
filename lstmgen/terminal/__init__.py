"""What the commands share: what is said on a terminal, keys, amounts and options."""
