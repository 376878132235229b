"""What one step or several do, in a sentence for beginners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.common.choices import counted
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.step.measure import CellStep

_OPEN = 0.5  # a gate that lets more than half through


def step_summary(
    steps: Sequence[CellStep], tokens: Sequence[str], cell: str, layer: int, layers: int, *, spaced: bool
) -> str:
    """What is read, how much of the memory is kept, what is expected. tokens: the vocabulary, by id; spaced: words."""
    noun = "word" if spaced else "character"
    if len(steps) > 1:
        return _of_several(steps, tokens)
    (step,) = steps
    read = "nothing yet" if step.token < 0 else token_words(tokens[step.token])
    facts = CELL_FACTS[cell]
    where = f"layer {layer}" if layers > 1 else "the network"
    kept = ""
    if facts.keep:
        units = counted(len(step.wires[facts.keep]), "unit")
        kept = f"keeps more than half of its memory in {int((step.wires[facts.keep] > _OPEN).sum())} of {units}, "
    return f"{where} reads {read}, {kept}and then the likeliest next {noun} is {_likeliest(step, tokens)}."


def _likeliest(step: CellStep, tokens: Sequence[str]) -> str:
    best = int(np.argmax(np.nan_to_num(step.probabilities)))
    return f"{token_words(tokens[best])} ({percent(float(np.nan_to_num(step.probabilities[best])))})"


def _of_several(steps: Sequence[CellStep], tokens: Sequence[str]) -> str:
    sure = [float(np.nan_to_num(step.probabilities).max()) for step in steps]
    most, least = steps[int(np.argmax(sure))], steps[int(np.argmin(sure))]
    return (
        f"of these {len(steps)} steps it is surest what comes next at step {most.position}, "
        f"{_likeliest(most, tokens)}, and least sure at step {least.position}, {_likeliest(least, tokens)}."
    )
