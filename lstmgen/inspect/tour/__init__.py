"""`lstmgen inspect tour`: the lecture in eight steps."""
