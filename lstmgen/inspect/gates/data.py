"""Traces, means by word and saturation for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.inspect.common.data import Table, legend_of
from lstmgen.inspect.common.measures import measure
from lstmgen.inspect.gates.measure import Saturation
from lstmgen.inspect.gates.wordwise import Wordwise
from lstmgen.inspection.trace import Trace


def trace_facts(trace: Trace) -> dict[str, Any]:
    """Everything of the trace, its measures layer by layer, and the legend."""
    return {
        "cell": trace.cell,
        "tokens": trace.tokens,
        **dict(trace.arrays()),
        "measures": [measure(trace, layer) for layer in range(trace.layers)],
        "legend": legend_of(trace.facts.traced),
    }


def trace_arrays(trace: Trace) -> Iterator[tuple[str, AnyArray]]:
    """The arrays of the trace under their names, and `tokens` as texts."""
    yield "tokens", np.array(trace.tokens, dtype=np.str_)
    yield from trace.arrays()


def trace_table(trace: Trace) -> Table:
    """A row for each token, layer and unit."""
    letters = list(trace.values)

    def rows() -> Iterator[list[Any]]:
        for t, token in enumerate(trace.tokens):
            for layer in range(trace.layers):
                for unit in range(trace.units):
                    yield [t, token, layer, unit, *(trace[letter][t, layer, unit] for letter in letters)]

    return Table(["position", "token", "layer", "unit", *letters], rows())


def words_facts(trace: Trace, wordwise: Wordwise) -> dict[str, Any]:
    """Means by word, the tokens of each, the measures of the tokens, and the legend."""
    facts = trace_facts(trace)
    kept = {key: facts[key] for key in ("cell", "measures", "legend")}
    return {
        **kept,
        "characters": trace.tokens,
        **{k: v.tolist() if k == "tokens" else v for k, v in words_arrays(wordwise)},
    }


def words_arrays(wordwise: Wordwise) -> Iterator[tuple[str, AnyArray]]:
    """tokens: the words; first, stop: where each begins and ends among the characters; f ... h: means (W, L, H)."""
    yield "tokens", np.array(wordwise.means.tokens, dtype=np.str_)
    yield "first", wordwise.first
    yield "stop", wordwise.stop
    yield from wordwise.means.values.items()


def saturation_facts(trace: Trace, saturation: Mapping[str, Saturation]) -> dict[str, Any]:
    """Shares by gate, layer and unit."""
    return {"cell": trace.cell, "tokens": len(trace), "saturation": dict(saturation)}


def saturation_table(saturation: Mapping[str, Saturation]) -> Table:
    """A row for each gate, layer and unit."""

    def rows() -> Iterator[list[Any]]:
        for letter, one in saturation.items():
            for (layer, unit), below in np.ndenumerate(one.below):
                yield [letter, layer, unit, below, one.above[layer, unit]]

    return Table(["gate", "layer", "unit", "below", "above"], rows())


def saturation_arrays(saturation: Mapping[str, Saturation]) -> Iterator[tuple[str, AnyArray]]:
    """f_below, f_above ... (L, H)."""
    for letter, one in saturation.items():
        yield f"{letter}_below", one.below
        yield f"{letter}_above", one.above
