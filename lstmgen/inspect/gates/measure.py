"""How much of the time each gate of each unit is shut or open.

Karpathy, Johnson & Fei-Fei, "Visualizing and Understanding Recurrent Networks" (2015), section 4.2: a gate is
left-saturated below 0.1 and right-saturated above 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.measures import HIGH, LOW
from lstmgen.inspection.trace import Trace


@dataclass(frozen=True)
class Saturation:
    """Shares of the tokens (L, H) at which a gate is below 0.1, and above 0.9. They add to at most 1."""

    below: Float64Array
    above: Float64Array


def saturation_of(trace: Trace) -> dict[str, Saturation]:
    """Of every gate, by its letter; none for a cell without gates."""
    return {
        entry.letter: Saturation(
            np.mean(trace[entry.letter] < LOW, axis=0), np.mean(trace[entry.letter] > HIGH, axis=0)
        )
        for entry in trace.facts.traced
        if entry.is_gate
    }
