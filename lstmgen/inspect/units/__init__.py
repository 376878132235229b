"""`lstmgen inspect units`: which unit follows which property of a text."""
