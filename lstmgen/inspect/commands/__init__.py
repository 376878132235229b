"""What the commands of the views share: options, the text that is looked at, where the result goes."""
