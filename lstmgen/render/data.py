"""A trace for other programs: JSON for any language, .npz for numpy."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from lstmgen.inspection import Measures, Trace, measure
from lstmgen.legend import traced


def trace_json(trace: Trace, facts: Mapping[str, Any] | None = None) -> str:
    """One JSON object, in ASCII: everything of the trace, its measures layer by layer, and the legend.

    facts: what else to say, first. Numbers are the shortest that read back as the same float32; null is no number.
    """
    found: dict[str, Any] = {**(facts or {}), "cell": trace.cell, "tokens": trace.tokens}
    found |= {name: _plain(array) for name, array in trace.arrays()}
    found["measures"] = [
        {letter: _record(measures) for letter, measures in measure(trace, layer).items()}
        for layer in range(trace.layers)
    ]
    found["legend"] = {
        entry.letter: {
            "lecture": entry.lecture,
            "textbook": entry.textbook,
            "equation": entry.equation,
            "sense": entry.sense,
        }
        for entry in traced(trace.cell)
    }
    return json.dumps(found, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def write_trace(trace: Trace, file: BinaryIO) -> None:
    """The arrays of the trace under their names, and `tokens` as texts (numpy drops a NUL at a token's end)."""
    arrays: dict[str, Any] = dict(trace.arrays())
    np.savez(file, tokens=np.array(trace.tokens, dtype=np.str_), **arrays)


def _record(measures: Measures) -> dict[str, Any]:
    values = ((field.name, getattr(measures, field.name)) for field in fields(measures))
    return {name: _plain(np.asarray(value)) for name, value in values}


def _plain(array: npt.NDArray[Any]) -> Any:
    """Nested lists of what JSON knows."""
    if array.ndim > 1:
        return [_plain(part) for part in array]
    if array.dtype.kind != "f":
        return array.tolist()
    shortest = array.astype(np.str_).astype(np.float64) if array.dtype == np.float32 else array
    if np.isfinite(shortest).all():
        return shortest.tolist()
    if array.ndim == 0:
        return None
    return [value if math.isfinite(value) else None for value in shortest.tolist()]
