"""What the gates of a text come to, in a sentence for beginners."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.common.choices import counted
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.common.measures import most_varying
from lstmgen.inspect.gates.measure import Saturation
from lstmgen.inspection.trace import Trace

_HALF = 0.5  # of the time


def gates_summary(trace: Trace, layer: int) -> str:
    """How much of the memory stays from step to step, and which unit moves most, between which tokens."""
    facts = trace.facts
    memory = facts.quantity(facts.memory)
    values = trace[facts.memory][:, layer].astype(np.float64)
    unit = int(most_varying(values)[0])
    known = np.nan_to_num(values[:, unit])  # edited weights may give anything
    high, low = int(np.argmax(known)), int(np.argmin(known))
    moves = (
        f"unit {unit} changes most, from {known[low]:.2g} after {token_words(trace.tokens[low])} to {known[high]:.2g} "
        f"after {token_words(trace.tokens[high])}."
    )
    if not facts.keep:
        return f"this cell has no gates, so that every step makes its {memory.lecture} {facts.memory} anew; {moves}"
    kept = float(np.nan_to_num(trace[facts.keep][:, layer].astype(np.float64)).mean())
    keeper = facts.quantity(facts.keep)
    return f"{keeper.lecture} {facts.keep} keeps {percent(kept)} of the memory from token to token; {moves}"


def saturation_summary(trace: Trace, layer: int, saturation: Mapping[str, Saturation]) -> str:
    """How many units mostly hold on to what they know, and how many mostly drop it."""
    keep = trace.facts.keep
    letter = keep or trace.facts.valves[0]
    gate, one = trace.facts.quantity(letter), saturation[letter]
    mostly_open = int((one.above[layer] >= _HALF).sum())
    mostly_shut = int((one.below[layer] >= _HALF).sum())
    between = trace.units - mostly_open - mostly_shut
    return (
        f"of {counted(trace.units, 'unit')}, {mostly_open} have {gate.lecture} {letter} open more than half "
        f"of the time (1 {gate.opens}), {mostly_shut} have it shut (0 {gate.shuts}), and {between} set it anew for "
        "each token."
    )
