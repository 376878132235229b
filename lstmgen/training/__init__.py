"""Training: settings and a corpus in, events out, a model and a state on the disk.

session.py         the ways in: plan_only, train, resume
run.py             one session: what it works with, where it stands; loop.py: updates until the budget ends
update.py          one update, done wholly or not at all; shards.py: its gradient, in parts summed by a fixed tree
evaluation.py      an evaluation on the way; validation.py: the loss; ngram_baseline.py: an n-gram's
early_stopping.py  best, worse, suspicion of overfitting, and the trial that proves it
finalize.py        the end: the weights that are kept and their figures; temperature.py, samples.py
checkpoint.py      saving; record.py, plan_io.py: what the files say
state.py           everything that changes; checking.py, consistency.py: what a state file may say; resuming.py
leading.py         rank 0 among several processes; following.py: the others; orders.py, handover.py, cpus.py
plan.py            everything chosen from corpus, budget and speed, by the tables in sizes.py, precision.py and
                   evaluation_cost.py; drops.py; plan_words.py words it; probe.py measures, memory.py estimates
schedule.py        the budget and the learning rate
pretrained.py      beginning with another model's weights; fine_tuning.py: its rules
"""

from lstmgen.paths import model_path, state_path
from lstmgen.training.interrupts import StopFlag, stop_on_signals
from lstmgen.training.session import plan_only, resume, train

__all__ = ["StopFlag", "model_path", "plan_only", "resume", "state_path", "stop_on_signals", "train"]
