"""What counting alone can do: n-grams with interpolated modified Kneser-Ney smoothing (Chen & Goodman 1998).

The mark to beat for a network on the same text. An n-gram's number is its place among all distinct n-grams, sorted;
one of n tokens is found as (number of its first n - 1 tokens, last token), so any vocabulary will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmgen.arrays import Float64Array, IntArray
from lstmgen.lazy import cached_property

Places = npt.NDArray[np.signedinteger[Any]]

_Pause = Callable[[], object]  # called between orders, for whoever may want to leave by an exception

_NONE = -1  # the number of an n-gram that never occurred
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)  # discounts where there is too little text to estimate them


@dataclass(frozen=True)
class _Smoothed:
    """One order's counts made into what interpolation needs.

    seen (G,): each n-gram's discounted share of its context; left (C,): what a context leaves to the order below.
    """

    seen: Float64Array
    left: Float64Array

    @classmethod
    def of(cls, counts: Places, contexts: Places, many: int) -> _Smoothed:
        """From the count of each n-gram and the number (below `many`) of its context."""
        discounts = estimate_discounts(counts)
        discount = np.take(np.array((0.0, *discounts)), np.minimum(counts, 3))
        totals = np.bincount(contexts, counts, many)
        some = np.maximum(totals, 1.0)
        left = np.where(totals > 0, np.bincount(contexts, discount, many) / some, 1.0)
        return cls((counts - discount) / some[contexts], left)


def estimate_discounts(counts: Places) -> tuple[float, float, float]:
    """D1, D2 and D3+ from how many n-grams occur once, twice, three and four times."""
    once, twice, thrice, four = (float((counts == times).sum()) for times in (1, 2, 3, 4))
    if not once or not twice or not thrice:
        return FALLBACK_DISCOUNTS
    share = once / (once + 2.0 * twice)
    found = (share, 2.0 - 3.0 * share * thrice / twice, 3.0 - 4.0 * share * four / thrice)
    right = all(0.0 < discount <= most for discount, most in zip(found, (1.0, 2.0, 3.0), strict=True))
    return found if right else FALLBACK_DISCOUNTS


@dataclass(frozen=True, eq=False)
class _Order:
    """All distinct n-grams of one length: keys (G,) sorted, how often each occurs, and after how many tokens."""

    keys: Places  # number of the context x V + last token
    counts: Places
    contexts: int  # C: numbers below; the last is the beginning of a text
    vocabulary: int
    preceded: Places  # distinct tokens before it: what counts where a longer context was of no help

    @cached_property
    def top(self) -> _Smoothed:
        """As the longest n-grams of a model."""
        return _Smoothed.of(self.counts, self.keys // self.vocabulary, self.contexts)

    @cached_property
    def below(self) -> _Smoothed:
        """As shorter ones, to fall back on."""
        return _Smoothed.of(self.preceded, self.keys // self.vocabulary, self.contexts)

    def find(self, contexts: Places, tokens: IntArray) -> Places:
        """Number of each n-gram, NONE where it, or its context, never occurred."""
        if not len(self.keys):
            return np.full(len(contexts), _NONE)
        keys = contexts * self.vocabulary + tokens
        near = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((contexts >= 0) & (self.keys[near] == keys), near, _NONE)


@dataclass(frozen=True, eq=False)
class NGram:
    """A model of so many orders over a vocabulary of V tokens; probabilities of all tokens sum to 1 in any context."""

    orders: tuple[_Order, ...]
    vocabulary: int

    @classmethod
    def build(
        cls, ids: IntArray, V: int, order: int, starts: Places | None = None, check: _Pause = lambda: None
    ) -> NGram:
        """Count a text (n,) of ids below V.

        starts: first tokens of its documents, when there are enough of them to learn how documents begin; otherwise the
        beginning of a text is like any context that was never seen.
        """
        if order < 1 or V < 1:
            raise ValueError("an n-gram model needs at least one order and one token")
        tokens: Places = np.asarray(ids, _kind(max(len(ids), V)))
        first = _firsts(starts)
        numbers = tokens  # of the n-gram that ends at each place, order by order
        found = [(np.arange(V), np.bincount(tokens, minlength=V), 1)]
        preceded: list[Places] = []
        for _ in range(1, order):
            check()
            many = len(found[-1][0])
            contexts = _contexts(numbers, first, _NONE if starts is None else many)
            there = contexts >= 0
            keys, place, counts = _distinct(_pairs(contexts[there], V, tokens[there]))
            ends = np.empty(len(keys), np.int64)  # each n-gram's number without its first token
            ends[place] = numbers[there]
            preceded.append(np.bincount(ends, minlength=many))
            numbers = np.full_like(tokens, _NONE)
            numbers[there] = place
            found.append((keys, counts, many + 1))
        preceded.append(found[-1][1])  # nothing longer is there
        made = tuple(_Order(*parts[:3], V, before) for parts, before in zip(found, preceded, strict=True))
        return cls(made, V)

    def __len__(self) -> int:
        return len(self.orders)

    def nats(self, ids: IntArray, starts: Places | None = None, check: _Pause = lambda: None) -> Float64Array:
        """Surprise -ln p of every token of a text (n,), read from its beginning; documents begin at `starts`."""
        tokens, first = np.asarray(ids, dtype=np.int64), _firsts(starts)
        shares = np.full(len(tokens), 1.0 / self.vocabulary)
        for order, contexts, numbers in self._read(tokens, first):
            check()
            level = order.top if order is self.orders[-1] else order.below
            shares = _interpolated(level, contexts, numbers, shares)
        found: Float64Array = -np.log(shares)
        return found

    def nats_by_order(self, ids: IntArray, starts: Places | None = None) -> Float64Array:
        """The same for every order: (orders, n). Row k - 1 is the model that `build` makes for order k."""
        tokens, first = np.asarray(ids, dtype=np.int64), _firsts(starts)
        found, below = np.empty((len(self), len(tokens))), np.full(len(tokens), 1.0 / self.vocabulary)
        for k, (order, contexts, numbers) in enumerate(self._read(tokens, first)):
            found[k] = -np.log(_interpolated(order.top, contexts, numbers, below))
            below = _interpolated(order.below, contexts, numbers, below)
        return found

    def distribution(self, context: IntArray) -> Float64Array:
        """Probability of every token (V,) after `context`: all that was read or, of more, the last tokens of it."""
        reach = max(0, len(context) - len(self) + 1)
        tokens = np.append(np.asarray(context, dtype=np.int64)[reach:], 0)  # the 0 only has the place of what comes
        found = np.full(self.vocabulary, 1.0 / self.vocabulary)
        for order, contexts, _ in self._read(tokens, np.zeros(0, np.int64)):
            level = order.top if order is self.orders[-1] else order.below
            if contexts[-1] >= 0:
                begin, end = np.searchsorted(order.keys, (contexts[-1] + np.arange(2)) * self.vocabulary)
                found *= level.left[contexts[-1]]
                found[order.keys[begin:end] % self.vocabulary] += level.seen[begin:end]
        return found

    def _read(self, tokens: Places, first: Places) -> Iterator[tuple[_Order, Places, Places]]:
        """Each order with the number of every token's context there, and of the n-gram that the token makes of it."""
        numbers = tokens
        for k, order in enumerate(self.orders):
            contexts = _contexts(numbers, first, order.contexts - 1) if k else np.zeros(len(tokens), np.int64)
            numbers = order.find(contexts, tokens) if k else tokens
            yield order, contexts, numbers


def _pairs(contexts: Places, V: int, tokens: Places) -> Places:
    """A number for each context and token together."""
    found = contexts.astype(np.int64)
    found *= V
    found += tokens
    return found


def _kind(many: int) -> type[Any]:
    """For numbers below so many, since most of the memory is theirs."""
    return np.int32 if many < 1 << 31 else np.int64


def _distinct(keys: Places) -> tuple[Places, Places, Places]:
    """Distinct keys (G,) sorted, the place of each key (n,) among them, and how often each occurs.

    What np.unique gives, in half of its memory; `keys` is left sorted.
    """
    order = np.argsort(keys)
    keys[:] = keys[order]
    first = np.flatnonzero(np.concatenate((keys[:1] == keys[:1], keys[1:] != keys[:-1])))
    counts = np.diff(first, append=len(keys))
    place: Places = np.empty(len(keys), _kind(len(keys)))
    place[order] = np.repeat(np.arange(len(first), dtype=place.dtype), counts)
    return keys[first], place, counts


def _firsts(starts: Places | None) -> Places:
    return np.zeros(0, np.int64) if starts is None else np.asarray(starts, np.int64)


def _contexts(numbers: Places, first: Places, beginning: int) -> Places:
    """What stands before each token: the n-gram that ends there, or the beginning of a text, as at the first."""
    contexts = np.empty_like(numbers)
    contexts[:1], contexts[1:] = beginning, numbers[:-1]
    contexts[first] = beginning
    return contexts


def _interpolated(level: _Smoothed, contexts: Places, numbers: Places, below: Float64Array) -> Float64Array:
    seen = np.append(level.seen, 0.0)  # NONE is the last place
    return seen[numbers] + np.where(contexts >= 0, level.left[contexts], 1.0) * below
