"""`lstmgen inspect step`: one time step, its wiring and its numbers."""
