"""Training: settings and a corpus in, events out, a model and a state on the disk.

session.py      the ways in: plan_only, train, resume
loop.py         updates, evaluations and saves until the budget ends; ending.py the final figures
origin.py       beginning with another model's weights
update.py       one update, done wholly or not at all
state.py        everything that changes; remember.py, resuming.py, saving.py: to the disk and back
checking.py     what each field of a state may say; consistency.py: and what all of them together
plan.py         sizes chosen from corpus, budget and speed; probe.py measures, memory.py estimates
schedule.py     the rate
subset.py       validation on the way; evaluation.py: of the whole part; mark.py: an n-gram's
early_stopping  best, worse, suspicion of overfitting; trial.py: what proves it
"""

from lstmgen.training.interrupts import StopFlag, stop_on_signals
from lstmgen.training.saving import model_path, state_path
from lstmgen.training.session import plan_only, resume, train

__all__ = ["StopFlag", "model_path", "plan_only", "resume", "state_path", "stop_on_signals", "train"]
