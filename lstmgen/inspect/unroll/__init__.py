"""`lstmgen inspect unroll`: the chain of predictions."""
