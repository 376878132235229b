"""More about one unit and one property: F1 at a threshold, and bits shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Float32Array, Float64Array, Int64Array
from lstmgen.inspect.units.properties import Property
from lstmgen.inspect.units.ranks import ranks

_BINS, _NUMERIC_BINS = 16, 8


@dataclass(frozen=True)
class Detail:
    """f1: on the second half, at the threshold that is best on the first (None for a numeric property).

    bits: mutual information of unit and property over the whole text.
    """

    f1: float | None
    threshold: float | None
    bits: float


def detail_of(values: Float32Array, wanted: Property, direction: int) -> Detail:
    """Of a unit (T,) that is high (1) or low (-1) with the property."""
    bits = shared_bits(values, wanted.levels, numeric=wanted.numeric)
    if wanted.numeric:
        return Detail(None, None, bits)
    half = len(values) // 2
    sided = direction * values.astype(np.float64)
    threshold = best_threshold(sided[:half], wanted.levels[:half])
    return Detail(f1_of(sided[half:] >= threshold, wanted.levels[half:] > 0), direction * threshold, bits)


def best_threshold(sided: Float64Array, levels: Float64Array) -> float:
    """What values have to reach so that saying 1 there gives the largest F1; levels are 0 or 1."""
    order = np.argsort(-sided, kind="stable")
    ordered, hits = sided[order], np.cumsum(levels[order])
    last = np.append(ordered[1:] != ordered[:-1], True)  # equal values pass together
    f1 = np.where(last, 2.0 * hits / (np.arange(1, len(hits) + 1) + hits[-1]), -1.0)
    return float(ordered[int(np.argmax(f1))])


def f1_of(said: BoolArray, true: BoolArray) -> float:
    """Harmonic mean of precision and recall."""
    both = int((said & true).sum())
    return 2.0 * both / max(1, int(said.sum()) + int(true.sum()))


def shared_bits(values: AnyArray, levels: Float64Array, *, numeric: bool) -> float:
    """Mutual information in bits: the unit in 16 bins of equal size, a numeric property in 8 (else its two values).

    Less what chance gives tables of so many cells (Miller 1955), and never below 0.
    """
    rows, columns = _binned(values, _BINS), _binned(levels, _NUMERIC_BINS) if numeric else levels.astype(np.int64)
    table = np.zeros((_BINS, _NUMERIC_BINS))
    np.add.at(table, (rows, columns), 1.0)
    total, across, down = table.sum(), table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    there = table > 0
    information = (table[there] * np.log2(table[there] * total / (across * down)[there])).sum() / total
    chance = ((across > 0).sum() - 1) * ((down > 0).sum() - 1) / (2.0 * total * np.log(2.0))
    return max(0.0, float(information - chance))


def _binned(values: AnyArray, bins: int) -> Int64Array:
    """Bins by rank; equal values share one."""
    return ((ranks(values) - 0.5) * bins / len(values)).astype(np.int64).clip(0, bins - 1)
