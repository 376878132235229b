"""Everything about a text and a model at once: its trace, what was expected, and where it is worth looking.

T tokens, L layers, H units; K of the units are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.cells.arithmetic import derived
from lstmgen.inspect.common.expected import Expected, expected
from lstmgen.inspect.common.measures import most_varying
from lstmgen.inspect.report.highlights import Highlight, find_highlights
from lstmgen.inspection.trace import Trace

_UNITS = 128  # of a layer; more would neither fit a page nor be told apart
_NUMBERS = 1 << 21  # in all, so that the page stays below 5 MB


@dataclass(frozen=True)
class Report:
    """What the page shows.

    begins   the positions (besides the first) at which everything starts anew from zero states
    before   the states as the step found them, (T, L, H)
    means    of each layer, by letter, over all units (T,): gates as they are, of what has a sign the size
    shown    of each layer the units shown (K,), the most varying in memory first
    highlights   places worth a look, in the order in which to look
    """

    trace: Trace
    expected: Expected
    begins: list[int]
    before: dict[str, Float32Array]
    means: list[dict[str, Float64Array]]
    shown: list[list[int]]
    highlights: list[Highlight]


def make_report(trace: Trace, *, document_end: int | None = None, units: int = _UNITS) -> Report:
    """document_end: the id after which everything starts anew, where one is learned."""
    begins = [] if document_end is None else np.flatnonzero(trace.ids == document_end).tolist()
    before = states_before(trace, begins)
    said = expected(trace)
    highlights = find_highlights(trace, before, said, begins)
    room = max(1, _NUMBERS // (len(trace) * trace.layers * (len(trace.values) + 1)))  # the cell state counts twice
    wanted = [[place.unit for place in highlights if place.layer == layer] for layer in range(trace.layers)]
    return Report(
        trace=trace,
        expected=said,
        begins=begins,
        before=before,
        means=[_means(trace, before, layer) for layer in range(trace.layers)],
        shown=[choose_units(trace, layer, min(units, room), wanted[layer]) for layer in range(trace.layers)],
        highlights=highlights,
    )


def states_before(trace: Trace, begins: list[int]) -> dict[str, Float32Array]:
    """The states that each step started from, (T, L, H): of the step before, or zero where it begins."""
    states = {}
    for letter in trace.facts.states:
        states[letter] = np.concatenate([trace.initial[letter][None], trace[letter][:-1]])
        states[letter][begins] = 0
    return states


def choose_units(trace: Trace, layer: int, count: int, wanted: list[int]) -> list[int]:
    """The `count` most varying units, in that order; those that are wanted push out the least varying."""
    order = most_varying(trace[trace.facts.memory][:, layer]).tolist()
    must = set(list(dict.fromkeys(wanted))[:count])
    rest = [unit for unit in order if unit not in must][: max(0, count - len(must))]
    return [unit for unit in order if unit in must or unit in set(rest)]


@np.errstate(invalid="ignore", over="ignore")
def _means(trace: Trace, before: dict[str, Float32Array], layer: int) -> dict[str, Float64Array]:
    values = {letter: array[:, layer].astype(np.float64) for letter, array in trace.values.items()}
    values |= {f"{state}'": array[:, layer].astype(np.float64) for state, array in before.items()}
    values = {one.letter: derived(one.letter, values) for one in trace.facts.legend}
    return {letter: np.abs(array).mean(axis=1) for letter, array in values.items()}
