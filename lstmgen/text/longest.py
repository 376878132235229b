"""The longest span that two texts have in common, in a time that does not grow with how much they repeat themselves.

Every place of both texts has the number of the span of a length that begins there (as in `spans`). Spans of up to
twice that length are two of them, overlapping, so each further length that is tried is one look at every place: the
length is doubled while spans are found, then halved in between. Of two texts of n and m tokens, O((n + m) log m).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstmgen.arrays import AnyArray, Int32Array, Int64Array
from lstmgen.text.lookup import NOT_FOUND, KeyIndex
from lstmgen.text.spans import (
    SEARCH_BLOCK,
    Check,
    ids_per_number,
    long_enough,
    no_check,
    number_pairs,
    overlapping_blocks,
    pack_ids,
)


class CommonSpan(NamedTuple):
    """Tokens of the longest span in common, and where in the query the first one of that length begins."""

    length: int
    place: int


class _Level(NamedTuple):
    """Of spans of one length: the numbers at each place of the text and of the query, those in common alone."""

    length: int
    many: int  # different ones
    text: Int32Array
    query: Int32Array


def longest_common_span(
    text: AnyArray, query: AnyArray, groups: Int64Array, min_groups: int = 1, check: Check = no_check
) -> CommonSpan:
    """The longest span that at least `many` groups of the query's tokens have in common with the text.

    groups (n,): which group each token of the query belongs to; a span belongs to that of its first token. Length 0
    where there is none. `check` is called every some thousand tokens; what it raises ends the search.
    """
    level, high, wide = None, None, min(ids_per_number(query), len(text), len(query))
    length = wide
    while length > 0:
        tried = None
        if long_enough(text, query, length):
            tried = _packed(text, query, length, check) if level is None else _longer(level, length, check)
        if tried is not None and len(np.unique(groups[_common(tried)])) >= min_groups:
            level = tried
        else:
            high = length
        low = 0 if level is None else level.length
        if high is not None and high - low <= 1:
            break
        length = 2 * low if high is None else (low + high) // 2
    return CommonSpan(0, 0) if level is None else CommonSpan(level.length, int(_common(level)[0]))


def _common(level: _Level) -> npt.NDArray[np.intp]:
    """Where spans that stand in the text begin in the query."""
    return np.flatnonzero(level.query >= 0)


def _packed(text: AnyArray, query: AnyArray, length: int, check: Check) -> _Level:
    """Of spans so short that one number holds their tokens."""
    keys, own = np.unique(pack_ids(query, length), return_inverse=True)
    table, numbers = KeyIndex(keys), np.empty(len(text) - length + 1, np.int32)
    for a, block in overlapping_blocks(text, length, check):
        numbers[a : a + len(block) - length + 1] = table.find(pack_ids(block, length))
    return _level(length, len(keys), numbers, own.astype(np.int32))


def _longer(level: _Level, length: int, check: Check) -> _Level:
    """Of spans up to twice as long: two of those of a level."""
    shift = length - level.length
    first, second = level.query[:-shift], level.query[shift:]
    both = np.flatnonzero((first | second) >= 0)
    keys, numbers_of_both = np.unique(first[both].astype(np.int64) * level.many + second[both], return_inverse=True)
    own = np.full(len(first), NOT_FOUND, np.int32)
    own[both] = numbers_of_both
    table, numbers = KeyIndex(keys), np.empty(len(level.text) - shift, np.int32)
    for a in range(0, len(numbers), SEARCH_BLOCK):
        check()
        here = level.text[a : min(a + SEARCH_BLOCK, len(numbers))]
        numbers[a : a + SEARCH_BLOCK] = number_pairs(
            here, level.text[a + shift : a + shift + len(here)], level.many, table
        )
    return _level(length, len(keys), numbers, own)


def _level(length: int, many: int, text: Int32Array, query: Int32Array) -> _Level:
    """Without the numbers of spans that only the query has."""
    seen = np.zeros(many + 1, np.bool_)
    for a in range(0, len(text), SEARCH_BLOCK):
        seen[text[a : a + SEARCH_BLOCK]] = True
    seen[NOT_FOUND] = False
    return _Level(length, many, text, np.where(seen[query], query, np.int32(NOT_FOUND)))
