"""`lstmgen inspect weights`: the matrices of a model."""
