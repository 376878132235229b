"""`lstmgen inspect score`: how well a model predicts a text."""
