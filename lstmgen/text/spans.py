"""Spans that one text has in common with another, exactly and without much memory.

Which spans of a short text stand in a long one: both get the same numbers. A few tokens are packed into one number;
two spans of a length, side by side or overlapping, are a longer one, known by the numbers of the two (Karp, Miller &
Rosenberg 1972). Only spans of the short text have a number, so the long one is read in blocks and nothing of it kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[Any]
Places = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]

BLOCK = 1 << 16  # tokens of the long text at a time: their numbers stay in a core's cache
SIEVE = 20  # bits
FIRST_TRIED = 8  # tokens: spans as long are few enough that only what is round them need be read again
MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well spread: 2^64 over the golden ratio (Knuth)
NONE = -1  # the number of a span that the short text has not


class _Step(NamedTuple):
    """From spans of a length to longer ones: two of them, `shift` tokens apart."""

    shift: int
    many: int  # different spans of the shorter length
    table: Places  # sorted keys: number of the first x many + number of the second


class _Numbers:
    """A number for every different span of so many tokens of a text (n,) of unsigned ids."""

    def __init__(self, query: Ids, length: int) -> None:
        self.width = min(8 // query.dtype.itemsize, length)
        self.length = length
        self._table, found = np.unique(_packed(query, self.width), return_inverse=True)
        self._sieve = np.zeros(1 << SIEVE, np.bool_)
        self._sieve[_mixed(self._table)] = True
        self._steps: list[_Step] = []
        many, reached = len(self._table), self.width
        while reached < length:
            shift = min(reached, length - reached)
            keys = found[:-shift].astype(np.int64) * many + found[shift:]
            table, found = np.unique(keys, return_inverse=True)
            self._steps.append(_Step(shift, many, table))
            many, reached = len(table), reached + shift
        self.many, self.own = many, found

    def of(self, text: Ids) -> Places:
        """The number of the span that begins at each place of a text, NONE where the query has no such span."""
        keys = _packed(text, self.width)
        near = np.flatnonzero(self._sieve[_mixed(keys)])
        numbers = np.full(len(keys), NONE, np.int64)
        numbers[near] = _looked_up(self._table, keys[near])
        for shift, many, table in self._steps:
            first, second = numbers[:-shift], numbers[shift:]
            both = np.flatnonzero((first >= 0) & (second >= 0))
            numbers = np.full(len(first), NONE, np.int64)
            numbers[both] = _looked_up(table, first[both] * many + second[both])
        return numbers


def _packed(ids: Ids, width: int) -> Keys:
    """`width` ids from each place on as one number."""
    bits, many = 8 * ids.dtype.itemsize, len(ids) - width + 1
    found = ids[:many].astype(np.uint64)
    for k in range(1, width):
        found |= ids[k : k + many].astype(np.uint64) << np.uint64(bits * k)
    return found


def _mixed(keys: Keys) -> Keys:
    """A number below 2^SIEVE for each key."""
    return (keys * MIX) >> np.uint64(64 - SIEVE)


def _looked_up(table: Any, keys: Any) -> Places:
    """Each key's place in a sorted table, NONE where it is not there."""
    near = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return np.where(table[near] == keys, near, NONE)


def _blocks(text: Ids, length: int) -> Iterator[tuple[int, Ids]]:
    """Pieces of BLOCK places, with the tokens after them that a span of this length may reach."""
    for a in range(0, len(text) - length + 1, BLOCK):
        yield a, text[a : a + BLOCK + length - 1]


def _fits(text: Ids, query: Ids, length: int) -> bool:
    if text.dtype != query.dtype or text.dtype.kind != "u":
        raise ValueError("both texts must be unsigned ids of one type")
    return 0 < length <= min(len(text), len(query))


def occurring(text: Ids, query: Ids, length: int) -> Truths:
    """Which of the query's spans of `length` tokens stand in the text: (n - length + 1,), by where they begin."""
    return _common(text, query, length)[0]


def longest(text: Ids, query: Ids, groups: Places, apart: int, many: int = 1) -> int:
    """Length of the longest span that at least `many` groups of the query's tokens have in common with the text.

    groups (n,): which group each token of the query belongs to; a span belongs to that of its first token. apart: an
    id that the query has not. 0 where there is none.
    """
    low, high, doubling = 0, FIRST_TRIED, True
    length = high
    while doubling or high - low > 1:
        occurs, kept = _common(text, query, length, apart)
        if len(np.unique(groups[np.flatnonzero(occurs)])) >= many:
            low, text = length, kept  # longer ones are round those that were found
            high = 2 * length if doubling else high
        else:
            high, doubling = length, False
        length = high if doubling else (low + high) // 2
    return low


def _common(text: Ids, query: Ids, length: int, apart: int | None = None) -> tuple[Truths, Ids]:
    """What `occurring` gives; with `apart`, also the parts of the text that have such spans, with that id between."""
    kept = [text[:0]]
    if not _fits(text, query, length):
        return np.zeros(max(0, len(query) - length + 1), np.bool_), kept[0]
    numbers, end = _Numbers(query, length), 0
    seen = np.zeros(numbers.many + 1, np.bool_)  # NONE is the last place
    for a, block in _blocks(text, length):
        found = numbers.of(block)
        seen[found] = True
        if apart is None:
            if seen[:-1].all():
                break
            continue
        covered = np.zeros(len(block) + 1, np.int64)
        begins = np.flatnonzero(found >= 0)
        covered[begins] += 1
        covered[begins + length] -= 1
        places = a + np.flatnonzero(np.cumsum(covered) > 0)
        places = places[places >= end]  # a part may reach into the block after its own
        if len(places):
            kept.append(np.insert(text[places], np.flatnonzero(np.diff(places, prepend=end - 1) > 1), apart))
            end = int(places[-1]) + 1
    return np.asarray(seen[numbers.own]), np.concatenate(kept)


class Spans:
    """All spans of one length of a text, to be asked for one by one: four bytes a token beside the text.

    They are known by a hash; whatever has the hash of one is looked for in the text itself, so the answer is exact.
    """

    def __init__(self, text: Ids, length: int) -> None:
        self.length = length
        self._text, self._kind = text.tobytes(), text.dtype
        kinds = int(text.max()) + 1 if len(text) else 1
        drawn = np.random.Generator(np.random.PCG64(0)).integers(1 << 63, size=kinds + 1, dtype=np.uint64)
        self._values = drawn  # of every id; the last one of those that the text has not
        self._powers = _powers(int(MIX), BLOCK + length)
        back = _powers(pow(int(MIX), -1, 1 << 64), BLOCK)
        hashes = [np.zeros(0, np.uint32)]
        for _, block in _blocks(text, length):
            sums = np.zeros(len(block) + 1, np.uint64)
            np.cumsum(drawn[block] * self._powers[: len(block)], out=sums[1:])
            found = (sums[length:] - sums[:-length]) * back[: len(block) - length + 1]
            hashes.append((found >> np.uint64(32)).astype(np.uint32))
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


def _powers(base: int, many: int) -> Keys:
    """base^0, base^1 ... modulo 2^64."""
    found = np.full(many, base, np.uint64)
    found[0] = 1
    return np.cumprod(found, dtype=np.uint64)
