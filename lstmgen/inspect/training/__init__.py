"""`lstmgen inspect training`: how a model learnt."""
