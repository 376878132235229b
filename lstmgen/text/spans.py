"""Spans that one text has in common with another, exactly and without much memory.

Which spans of a short text stand in a long one: both get the same numbers. A few tokens are packed into one number;
two spans of a length, side by side or overlapping, are a longer one, known by the numbers of the two (Karp, Miller &
Rosenberg 1972). Only spans of the short text have a number, so the long one is read in blocks and nothing of it kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Int32Array, UInt64Array
from lstmgen.text.lookup import HASH_MULTIPLIER, NOT_FOUND, KeyIndex

Check = Callable[[], object]

SEARCH_BLOCK = 1 << 16  # tokens of the long text at a time: their numbers stay in a core's cache


def no_check() -> None:
    """What is asked between two blocks where nothing may end the work."""


class _Step(NamedTuple):
    """From spans of a length to longer ones: two of them, `shift` tokens apart."""

    shift: int
    many: int  # different spans of the shorter length
    table: KeyIndex  # keys: number of the first x many + number of the second


class _Spans:
    """A number for every different span of so many tokens of a text (n,) of unsigned ids."""

    def __init__(self, query: AnyArray, length: int) -> None:
        self.width = min(ids_per_number(query), length)
        table, numbers = np.unique(pack_ids(query, self.width), return_inverse=True)
        self._table = KeyIndex(table)
        self._steps: list[_Step] = []
        many, reached = len(table), self.width
        while reached < length:
            shift = min(reached, length - reached)
            keys = numbers[:-shift].astype(np.int64) * many + numbers[shift:]
            table, numbers = np.unique(keys, return_inverse=True)
            self._steps.append(_Step(shift, many, KeyIndex(table)))
            many, reached = len(table), reached + shift
        self.many, self.own = many, numbers

    def of(self, text: AnyArray) -> Int32Array:
        """The number of the span that begins at each place of a text, NOT_FOUND where the query has no such span."""
        numbers = self._table.find(pack_ids(text, self.width))
        for shift, many, table in self._steps:
            numbers = number_pairs(numbers[:-shift], numbers[shift:], many, table)
        return numbers


def number_pairs(first: Int32Array, second: Int32Array, many: int, table: KeyIndex) -> Int32Array:
    """The table's numbers of pairs of numbers below `many`, NOT_FOUND where either is or the table has no such pair."""
    both = np.flatnonzero((first | second) >= 0)  # NOT_FOUND is negative
    numbers = np.full(len(first), NOT_FOUND, np.int32)
    numbers[both] = table.find(first[both].astype(np.int64) * many + second[both])
    return numbers


def ids_per_number(ids: AnyArray) -> int:
    """How many ids can be packed into one number."""
    return 8 // ids.dtype.itemsize


def pack_ids(ids: AnyArray, width: int) -> UInt64Array:
    """`width` ids from each place on as one number."""
    bits, many = 8 * ids.dtype.itemsize, len(ids) - width + 1
    packed = ids[:many].astype(np.uint64)
    for k in range(1, width):
        packed |= ids[k : k + many].astype(np.uint64) << np.uint64(bits * k)
    return packed


def overlapping_blocks(text: AnyArray, length: int, check: Check = no_check) -> Iterator[tuple[int, AnyArray]]:
    """Pieces of BLOCK places, with the tokens after them that a span of this length may reach."""
    for a in range(0, len(text) - length + 1, SEARCH_BLOCK):
        check()
        yield a, text[a : a + SEARCH_BLOCK + length - 1]


def long_enough(text: AnyArray, query: AnyArray, length: int) -> bool:
    """Whether both texts are as long; ValueError where they are not of one kind."""
    if text.dtype != query.dtype or text.dtype.kind != "u":
        raise ValueError("both texts must be unsigned ids of one type")
    return 0 < length <= min(len(text), len(query))


def find_occurring(text: AnyArray, query: AnyArray, length: int, check: Check = no_check) -> BoolArray:
    """Which of the query's spans of `length` tokens stand in the text: (n - length + 1,), by where they begin.

    `check` is called every some thousand tokens; what it raises ends the search.
    """
    if not long_enough(text, query, length):
        return np.zeros(max(0, len(query) - length + 1), np.bool_)
    spans = _Spans(query, length)
    seen = np.zeros(spans.many + 1, np.bool_)  # NOT_FOUND is the last place
    for _, block in overlapping_blocks(text, length, check):
        seen[spans.of(block)] = True
        if seen[:-1].all():
            break
    return np.asarray(seen[spans.own])


class SpanSet:
    """All spans of one length of a text, to be asked for one by one: four bytes a token beside the text.

    They are known by a hash; whatever has the hash of one is looked for in the text itself, so the answer is exact.
    """

    def __init__(self, text: AnyArray, length: int) -> None:
        self.length = length
        self._text, self._kind = text.tobytes(), text.dtype
        kinds = int(text.max()) + 1 if len(text) else 1
        drawn = np.random.Generator(np.random.PCG64(0)).integers(1 << 63, size=kinds + 1, dtype=np.uint64)
        self._values = drawn  # of every id; the last one of those that the text has not
        self._powers = _powers(int(HASH_MULTIPLIER), SEARCH_BLOCK + length)
        back = _powers(pow(int(HASH_MULTIPLIER), -1, 1 << 64), SEARCH_BLOCK)
        hashes = [np.zeros(0, np.uint32)]
        for _, block in overlapping_blocks(text, length):
            sums = np.zeros(len(block) + 1, np.uint64)
            np.cumsum(drawn[block] * self._powers[: len(block)], out=sums[1:])
            values = (sums[length:] - sums[:-length]) * back[: len(block) - length + 1]
            hashes.append((values >> np.uint64(32)).astype(np.uint32))
        self._hashes = np.concatenate(hashes)
        self._hashes.sort()

    def __contains__(self, span: Any) -> bool:
        """Whether the text has this span, a list of `length` ids."""
        ids = np.asarray(span, np.int64)
        values = self._values[np.minimum(ids, len(self._values) - 1)]
        number = np.uint32((values * self._powers[: self.length]).sum(dtype=np.uint64) >> np.uint64(32))
        near = np.searchsorted(self._hashes, number)
        if near == len(self._hashes) or self._hashes[near] != number:
            return False
        return int(ids.max()) <= np.iinfo(self._kind).max and self._has(ids.astype(self._kind).tobytes())

    def _has(self, span: bytes) -> bool:
        place = self._text.find(span)
        while place % self._kind.itemsize and place >= 0:  # it began inside of a token
            place = self._text.find(span, place + 1)
        return place >= 0


def _powers(base: int, many: int) -> UInt64Array:
    """base^0, base^1 ... modulo 2^64."""
    powers = np.full(many, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)
