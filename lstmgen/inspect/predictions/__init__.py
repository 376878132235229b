"""`lstmgen inspect predictions`: what a model expected at every place."""
