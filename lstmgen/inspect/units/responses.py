"""One unit over a text: where it peaks, and what each token does to it. T tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, IntArray

_APART = 12  # tokens between two peaks: nearer ones are one place
_SELDOM = 3  # times a token has to come for a mean


@dataclass(frozen=True)
class Response:
    """highest, lowest: positions, the most extreme first. means: (id, mean value, times), the highest mean first."""

    mean: float
    deviation: float
    highest: list[int]
    lowest: list[int]
    means: list[tuple[int, float, int]]


def response_of(values: Float32Array, ids: IntArray, places: int) -> Response:
    """Of a unit (T,) over the tokens `ids`: so many places of either kind, and the mean after each kind of token."""
    known = np.nan_to_num(values.astype(np.float64))
    counts = np.bincount(ids)
    sums = np.bincount(ids, known)
    often = np.flatnonzero(counts >= min(_SELDOM, counts.max()))
    means = [(int(k), float(sums[k] / counts[k]), int(counts[k])) for k in often]
    return Response(
        mean=float(known.mean()),
        deviation=float(known.std()),
        highest=peaks(known, places),
        lowest=peaks(-known, places),
        means=sorted(means, key=lambda entry: -entry[1]),
    )


def peaks(values: Float64Array, places: int) -> list[int]:
    """Positions of the largest values, each at least 12 tokens from those before it."""
    positions: list[int] = []
    for place in np.argsort(-values, kind="stable").tolist():
        if len(positions) == places:
            break
        if all(abs(place - other) >= _APART for other in positions):
            positions.append(place)
    return positions
