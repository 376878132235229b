"""`lstmgen inspect reach`: how far back a model sees."""
