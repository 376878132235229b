"""How the training went, in a sentence for beginners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.choices import choices
from lstmgen.inspect.common.history import TrainingHistory
from lstmgen.inspect.training.picture import NamedHistory

_WORSE = 0.01  # nats a token by which the end is worse than the best was, or fallen just before the end
_LATE = 0.2  # of the run: what falls in it is still falling


def training_summary(models: Sequence[NamedHistory]) -> str:
    """How unsure a model was at first and in the end, and whether more would help; of several, who is best."""
    if len(models) > 1:
        return _best_of(models)
    history = models[0].history
    column = history.measured_column("loss")
    if column is None:
        return "nothing was measured while it was trained."
    updates, losses = _measured(history, column)
    text = "text kept back from it" if column == "validation" else "the text it learned from"
    head = (
        f"in {updates[-1]:,.0f} corrections of its weights it went from being as unsure as among {choices(losses[0])} "
        f"equally likely tokens to {choices(losses[-1])}, on {text}"
    )
    return f"{head}; {_course(updates, losses, column)}."


def _measured(history: TrainingHistory, column: str) -> tuple[Float64Array, Float64Array]:
    """Updates and losses of the evaluations that have both; without updates, numbered."""
    there = np.isfinite(history[column]) & np.isfinite(history["updates"])
    if not there.any():
        there = np.isfinite(history[column])
        return np.arange(1, len(history) + 1, dtype=np.float64)[there], history[column][there]
    return history["updates"][there], history[column][there]


def _course(updates: Float64Array, losses: Float64Array, column: str) -> str:
    best = int(np.argmin(losses))
    if column == "validation" and losses[-1] > losses[best] + _WORSE:
        return f"it was best at {updates[best]:,.0f} and then got worse, which is what learning by heart looks like"
    late = losses[updates <= updates[-1] * (1 - _LATE)]
    if len(late) and late[-1] - losses[-1] > _WORSE:
        return "it was still getting better at the end, so that longer training may help"
    return "towards the end there was little left to gain"


def _best_of(models: Sequence[NamedHistory]) -> str:
    lowest = [(_lowest_bits(model.history), model.name) for model in models]
    known = sorted((bits, name) for bits, name in lowest if bits is not None)
    if not known:
        return "nothing was measured while they were trained."
    bits, name = known[0]
    rest = f"{known[1][1]} follows with {known[1][0]:.3f}" if len(known) > 1 else "of the others nothing was measured"
    return f"{name} needs the fewest bits for a character of its text, {bits:.3f}; {rest}."


def _lowest_bits(history: TrainingHistory) -> float | None:
    column = history.measured_column("bits")
    return None if column is None else float(history.finite(column).min())
