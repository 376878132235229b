"""Ranks, and what is made of them: AUROC and rank correlation, at every circular shift of a text at once.

T positions of a text, U units side by side. Ties share the mean of their ranks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lstmgen.arrays import AnyArray, Float64Array


def ranks(values: AnyArray) -> Float64Array:
    """Ranks from 1 along the last axis, (..., T); equal values share the mean of theirs. What is no number counts 0."""
    known = np.nan_to_num(values, nan=0.0)
    order = np.argsort(known, axis=-1, kind="stable")
    ordered = np.take_along_axis(known, order, axis=-1)
    size = known.shape[-1]
    begins = np.ones(known.shape, np.bool_)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    ends = np.ones_like(begins)
    ends[..., :-1] = begins[..., 1:]
    places = np.arange(size)
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, places, size)[..., ::-1], axis=-1)[..., ::-1]
    ranked = np.empty(known.shape, np.float64)
    np.put_along_axis(ranked, order, (first + last) / 2.0 + 1.0, axis=-1)
    return ranked


def scores(ranked: Float64Array, wanted: Float64Array, *, numeric: bool) -> Float64Array:
    """How well ranked values (..., T) follow a property `wanted` (T,): AUROC of a 0/1 one, else rank correlation.

    AUROC is the chance that a position with 1 has the larger value (Mann & Whitney 1947), 0.5 for a constant unit;
    rank correlation is Spearman's, 0 for a constant one.
    """
    return _scored(ranked @ _weights(wanted, numeric), ranked, wanted, numeric)


def scores_at_shifts(
    transformed: npt.NDArray[np.complex128], ranked: Float64Array, wanted: Float64Array, *, numeric: bool
) -> Float64Array:
    """The same with the property moved along the text by 0 to T - 1 positions, its end going to the front: (U, T).

    transformed: np.fft.rfft of `ranked` (U, T). Exact: the sums of AUROC are rounded to the halves that they are.
    """
    size = ranked.shape[-1]
    sums = np.fft.irfft(transformed * np.conj(np.fft.rfft(_weights(wanted, numeric))), n=size, axis=-1)
    sums = sums if numeric else np.round(2.0 * sums) / 2.0
    return _scored(sums, ranked, wanted, numeric, shifts=True)


def strength(score: Float64Array, *, numeric: bool) -> Float64Array:
    """Without its direction: max(a, 1 - a) of an AUROC, the size of a correlation."""
    return np.abs(score) if numeric else np.maximum(score, 1.0 - score)


def _weights(wanted: Float64Array, numeric: bool) -> Float64Array:
    return ranks(wanted) if numeric else np.asarray(wanted, np.float64)


def _scored(
    sums: Float64Array, ranked: Float64Array, wanted: Float64Array, numeric: bool, shifts: bool = False
) -> Float64Array:
    size = ranked.shape[-1]
    if not numeric:
        ones = float(wanted.sum())
        return np.asarray((sums - ones * (ones + 1.0) / 2.0) / (ones * (size - ones)))
    spread = np.std(ranked, axis=-1) * np.std(ranks(wanted))
    spread = spread[:, None] if shifts else spread
    centred = sums / size - ((size + 1.0) / 2.0) ** 2
    return np.asarray(np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0.0))
