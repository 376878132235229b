"""`lstmgen inspect model`: what a model file says of itself."""
