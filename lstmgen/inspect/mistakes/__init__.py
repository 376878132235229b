"""`lstmgen inspect mistakes`: the lecture's three mistakes, counted."""
