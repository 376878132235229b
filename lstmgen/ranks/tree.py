"""Sums in the order of a fixed binary tree: 0 + 1, 2 + 3, then those two sums, and so on.

A sum of float32 numbers depends on its order. With this one it does not matter which of the numbers are added here and
which elsewhere, as long as every process has 2^k neighbours of them: a + b is b + a to the last bit.
"""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import Float32Array, UInt16Array
from lstmgen.kernels.halves import put_halves, take_halves


def in_halves(array: Float32Array) -> UInt16Array:
    """Numbers as bfloat16."""
    halves = np.empty(len(array), np.uint16)
    put_halves(array, halves)
    return halves


def widen(halves: UInt16Array, array: Float32Array) -> None:
    """Put bfloat16 numbers into an array of as many."""
    take_halves(halves, array)


class TreeSum:
    """Takes arrays (n,) one after the other, a power of two in all, and holds a copy only of what still waits.

    halved: every number is rounded to bfloat16 on its way up, as it is between processes.
    """

    def __init__(self, halved: bool = False) -> None:
        self._waiting: dict[int, Float32Array] = {}  # sums of 2^level arrays
        self._halved = halved

    def add(self, array: Float32Array) -> None:
        """The next one; it may be written over afterwards."""
        level, total = 0, array
        while level in self._waiting:
            left = self._waiting.pop(level)
            left += self._on_its_way(total)
            level, total = level + 1, left
        self._waiting[level] = self._on_its_way(total.copy() if total is array else total)

    def _on_its_way(self, array: Float32Array) -> Float32Array:
        if self._halved:
            widen(in_halves(array), array)
        return array

    def total(self) -> Float32Array:
        """The sum of all."""
        (whole,) = self._waiting.values()
        return whole


def tree_sum(numbers: list[float]) -> float:
    """The same of plain numbers."""
    while len(numbers) > 1:
        numbers = [a + b for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
    return numbers[0]
