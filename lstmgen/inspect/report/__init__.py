"""`lstmgen inspect report`: everything about a text and a model on one page."""
