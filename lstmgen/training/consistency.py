"""Whether the parts of a state, each right in itself (checking.py), are of one run, and of this text."""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.modelfile import HISTORY_COLUMNS, ModelFile, architecture_of
from lstmgen.text import Corpus
from lstmgen.training.checking import unusable_state
from lstmgen.training.memory import check_fits, counting_growth, expected_growth, order_growth
from lstmgen.training.plan import Plan
from lstmgen.training.schedule import make_budget
from lstmgen.training.state import TrainingState


def check_together(plan: Plan, state: TrainingState, file: ModelFile) -> None:
    """ModelFileError unless plan, state and header are of one run."""
    sizes, counters, budget = plan.architecture, state.counters, plan.budget
    carried = (len(sizes.facts.states), sizes.layers, plan.batch_size, sizes.units)
    wrong = {
        "its plan is for another network than its header": sizes != architecture_of(file.header),
        "its weights are not those of its network": len(state.weights) != sizes.parameter_count(),
        "its carried states are not those of its network": state.carried.shape != carried,
        "it has made more updates than it was to make": budget.steps is not None and counters.step > budget.steps,
        "it has seen more than it was shown": counters.tokens_seen > counters.step * plan.batch_size * plan.seq_length,
        "it began with more tokens than it has": plan.origin is not None and plan.origin.vocabulary > sizes.vocabulary,
        "its history has other columns": file.header["history"] != list(HISTORY_COLUMNS),
        "its history is not its own": not _in_order(file.history[:, 0], counters.step),
    }
    for what, is_so in wrong.items():
        if is_so:
            raise unusable_state(what)


def _in_order(updates: Float64Array, last: int) -> bool:
    steps = np.concatenate(([0.0], updates, [float(last)]))
    return bool((steps[1:] >= steps[:-1]).all())  # false for NaN too


def check_with_text(plan: Plan, corpus: Corpus) -> None:
    """ModelFileError where the plan is not for this text; ResourceError where it takes more memory than there is."""
    most = len(corpus.validation)
    again = make_budget(
        plan.budget.kind, plan.budget.amount, max(1, len(corpus.training)), plan.batch_size * plan.seq_length
    )
    scored = min(1, most) <= plan.subset_tokens <= most
    if not scored or plan.baseline_tokens > len(corpus.training) or plan.budget != again:
        raise unusable_state("its plan is for another text")
    sizes = plan.architecture
    shape, left_out = (plan.batch_size, plan.seq_length), (plan.dropout, plan.weight_drop)
    growth = expected_growth(sizes, *shape, *left_out, plan.subset_tokens, plan.shards, plan.precision)
    growth += order_growth(len(corpus.training_starts))
    check_fits(max(growth, counting_growth(sizes, plan.baseline_tokens)))
