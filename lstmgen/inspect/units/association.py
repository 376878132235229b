"""How strongly units follow a property: on the halves of a text, at its shifts, and against another predictor.

T tokens, U units. A score is the AUROC of a property of two values, the rank correlation of any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Float32Array, Float64Array, Int64Array
from lstmgen.inspect.units.properties import Property
from lstmgen.inspect.units.ranks import ranks, scores, scores_at_shifts, strength

_NEAREST = 100  # tokens: a property moved by less is much the same as before
_AT_ONCE = 64  # units whose shifts are computed together
_BLOCKS = 20  # that are left out in turn, for the error of a difference


def scores_of_halves(values: Float32Array, wanted: Sequence[Property], half: int) -> list[dict[str, Float64Array]]:
    """Scores (U,) of values (U, T) by the property's name: up to `half`, and from there on."""
    spans = (slice(0, half), slice(half, None))
    halves: list[dict[str, list[Float64Array]]] = [{one.name: [] for one in wanted} for _ in spans]
    for a in range(0, len(values), _AT_ONCE):
        for span, parts in zip(spans, halves, strict=True):
            ranked = ranks(values[a : a + _AT_ONCE, span])
            for one in wanted:
                parts[one.name].append(scores(ranked, one.levels[span], numeric=one.numeric))
    return [{name: np.concatenate(parts) for name, parts in of.items()} for of in halves]


def far_shifts(size: int) -> Int64Array:
    """All shifts of a text of `size` tokens that take a property away from where it was, by either way round."""
    nearest = min(max(_NEAREST, size // 20), size // 4)
    return np.arange(nearest, size - nearest + 1)


def scores_when_shifted(
    values: Float32Array, wanted: Sequence[Property]
) -> tuple[dict[str, Float64Array], dict[str, Float64Array]]:
    """By the property's name: scores (U,) where it stands, and the strongest of any unit at each far shift (S,)."""
    shifts = far_shifts(values.shape[1])
    whole: dict[str, list[Float64Array]] = {one.name: [] for one in wanted}
    best = {one.name: np.zeros(len(shifts)) for one in wanted}
    for a in range(0, len(values), _AT_ONCE):
        ranked = ranks(values[a : a + _AT_ONCE])
        transformed = np.fft.rfft(ranked, axis=-1)
        for one in wanted:
            at_shifts = scores_at_shifts(transformed, ranked, one.levels, numeric=one.numeric)
            whole[one.name].append(at_shifts[:, 0])
            strongest = strength(at_shifts[:, shifts], numeric=one.numeric).max(axis=0)
            np.maximum(best[one.name], strongest, out=best[one.name])
    return {name: np.concatenate(parts) for name, parts in whole.items()}, best


def rank_units(first: Float64Array, *, numeric: bool) -> tuple[Int64Array, int]:
    """Units with the strongest score first, and the direction of the first of them: 1 high with the property, or -1."""
    order = np.argsort(-strength(first, numeric=numeric), kind="stable").astype(np.int64)
    return order, direction_of(float(first[order[0]]), numeric=numeric)


def direction_of(score: float, *, numeric: bool) -> int:
    """1 where a unit is high with the property, -1 where it is low."""
    return -1 if score < (0.0 if numeric else 0.5) else 1


def oriented(score: float, direction: int, *, numeric: bool) -> float:
    """A score read in a direction: an AUROC below 0.5, or a correlation below 0, goes the other way."""
    if direction > 0:
        return score
    return -score if numeric else 1.0 - score


def mean_by_token(levels: Float64Array, seen: AnyArray, asked: AnyArray, vocabulary: int) -> Float64Array:
    """The property's mean for each token as `seen` with `levels`, for the tokens `asked`.

    One more observation of the overall mean stands for what was seen seldom or never.
    """
    counts, sums = np.bincount(seen, minlength=vocabulary), np.bincount(seen, levels, minlength=vocabulary)
    return np.asarray(((sums + levels.mean()) / (counts + 1.0))[asked])


def margin_over(
    ours: Float64Array, theirs: Float64Array, target: Float64Array, *, numeric: bool
) -> tuple[float, float]:
    """The score of one predictor (T,) less another's, and its standard error (jackknife over 20 blocks)."""

    def difference(kept: BoolArray) -> float:
        one, other = scores(ranks(np.stack([ours[kept], theirs[kept]])), target[kept], numeric=numeric)
        return float(one - other)

    blocks = np.arange(len(target)) * _BLOCKS // len(target)
    usable = [block for block in range(_BLOCKS) if len(np.unique(target[blocks != block])) > 1]
    parts = np.array([difference(blocks != block) for block in usable])
    whole = difference(np.ones(len(target), np.bool_))
    if len(parts) < 2:
        return whole, float("inf")
    return whole, float(np.sqrt((len(parts) - 1) / len(parts) * np.square(parts - parts.mean()).sum()))
