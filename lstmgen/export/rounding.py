"""Weights in fewer bytes: float16, or 8 bits with a scale for each row; and the numbers that are left of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array

_LIMIT = 127  # of 8 bits with a sign


@dataclass(frozen=True)
class RoundedArray:
    """An array as it is written.

    numbers: little-endian float32, float16 or int8, in the array's shape; scales (rows,) float32: the value of a
    number of 1 in each row (all axes but the last, in order), None where numbers are values.
    """

    numbers: AnyArray
    scales: Float32Array | None = None

    def values(self) -> Float32Array:
        """What a reader makes of it."""
        values: Float32Array = self.numbers.astype(np.float32)
        if self.scales is not None:
            values *= self.scales.reshape(*values.shape[:-1], 1)
        return values


def _float32(array: Float32Array) -> RoundedArray:
    return RoundedArray(array.astype("<f4"))


def _float16(array: Float32Array) -> RoundedArray:
    """Nearest; beyond float16's largest, that."""
    largest = float(np.finfo(np.float16).max)
    return RoundedArray(np.clip(array, -largest, largest).astype("<f2"))


def _int8(array: Float32Array) -> RoundedArray:
    """A vector stays as it is: there are few of them, and much depends on a bias."""
    if array.ndim < 2:
        return _float32(array)
    rows = array.reshape(-1, array.shape[-1])
    scales = (np.abs(rows).max(axis=1, initial=0.0) / _LIMIT).astype("<f4")
    steps = np.where(scales > 0, scales, np.float32(1))[:, None]
    numbers = np.clip(np.rint(rows / steps), -_LIMIT, _LIMIT).astype("<i1")
    return RoundedArray(numbers.reshape(array.shape), scales)


ROUNDINGS: dict[str, Callable[[Float32Array], RoundedArray]] = {
    "float32": _float32,
    "float16": _float16,
    "int8": _int8,
}


def rounded_arrays(arrays: Mapping[str, Float32Array], weights: str) -> dict[str, RoundedArray]:
    """Every array as it is written with this kind of weights."""
    return {name: ROUNDINGS[weights](array) for name, array in arrays.items()}


def arrays_read_back(arrays: Mapping[str, Float32Array], weights: str) -> dict[str, Float32Array]:
    """Every array as a reader of what was written has it."""
    return {name: array.values() for name, array in rounded_arrays(arrays, weights).items()}
