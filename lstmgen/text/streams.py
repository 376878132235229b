"""Windows over the training part, row by row with carried state, and windows that score a text once.

In a window x and y are (T, B): y the token to predict, x the token before it, or -1 where the row starts anew
("nothing read yet"). Targets of -1 are not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Int32Array, Int64Array
from lstmgen.text.spool import release_pages

_Window = tuple[Int32Array, Int32Array]
_Natural = Callable[[Int64Array], BoolArray]

_RESTART = 0.3
"""How often a row starts anew, a window: from a zero input and zero states only a habit of it learns how texts begin.
With one in a hundred hardly any sample begins with a capital letter; one in three costs nothing that shows."""

_NONE = np.zeros(0, np.int64)
_NOT_DRAWN = -1  # the cursor's seed before the first window
_SEEDS = 1 << 62
_RELEASED_EVERY = 16  # windows; so little of a mapped text stays in memory


class Streams:
    """An endless supply of windows; every token is a target about once an epoch.

    An epoch is the text, its documents shuffled, its first token turned by a random rotation, read by B rows that
    begin at equal distances. Where a row comes to a document, or to the next epoch, it starts anew. In texts of few
    documents rows also start anew at random, with probability `restart` a window, so that writing from nothing is
    learned; with `beginnings` (which of given places a text may begin at) only there, and a row that has to start at
    another place is not scored for its first token (which without the rotation would be the same ones in every epoch).
    Documents that `stand_alone` are only begun where they begin.
    """

    def __init__(
        self,
        ids: AnyArray,
        starts: Int64Array,
        batch_size: int,
        seq_length: int,
        rng: np.random.Generator,
        restart: float = _RESTART,
        beginnings: _Natural | None = None,
        stand_alone: bool = False,
    ) -> None:
        if not len(ids) or batch_size < 1 or seq_length < 1:
            raise ValueError("streams need at least one token, one row and one step")
        self._ids, self._starts, self._rng = ids, np.asarray(starts, np.int64), rng
        self._lengths = np.diff(np.append(self._starts, len(ids)))
        self.batch_size, self.seq_length = batch_size, seq_length
        # A tiny text is read by all rows at once, each beginning elsewhere, so that a row still has a past.
        self._reach = max(-(-len(ids) // batch_size), min(len(ids), seq_length))
        # Short documents start anew more often than random restarts would, and never in the middle.
        short = stand_alone or (len(self._starts) > 1 and len(self._starts) * seq_length > len(ids) * restart)
        self._restart = 0.0 if short else restart
        self._beginnings = _nowhere if short else beginnings
        self._position, self._served, self._seed = 0, 0, _NOT_DRAWN
        self._windows = 0

    def independent(self, rng: np.random.Generator) -> Streams:
        """The same text from the start of an epoch that `rng` lays out; neither moves the other."""
        other = copy(self)
        other._rng = rng
        other._position, other._served, other._seed, other._windows = 0, 0, _NOT_DRAWN, 0
        return other

    @property
    def tokens_per_epoch(self) -> int:
        """Tokens of the text."""
        return len(self._ids)

    @property
    def epoch(self) -> int:
        """How many times as many tokens as the text has were served."""
        return self._served // len(self._ids)

    def cursor(self) -> dict[str, int]:
        """The place in the text; with the generator's state, enough to go on exactly."""
        return {"position": self._position, "served": self._served, "seed": self._seed}

    def restore(self, cursor: Mapping[str, Any]) -> None:
        """Return to a place that `cursor` gave; the generator's state is the caller's to return.

        ValueError for a place that these streams never come to.
        """
        self._check(cursor)
        self._position, self._served = cursor["position"], cursor["served"]
        if cursor["seed"] != self._seed:
            self._seed = cursor["seed"]
            if self._seed != _NOT_DRAWN:
                self._arrange()

    def _check(self, cursor: Mapping[str, Any]) -> None:
        if cursor.keys() != self.cursor().keys() or any(type(value) is not int for value in cursor.values()):
            raise ValueError("its place in the text is told otherwise")
        position, served, seed = cursor["position"], cursor["served"], cursor["seed"]
        drawn = 0 <= seed < _SEEDS and 0 <= position <= self._reach
        if not (drawn or (seed == _NOT_DRAWN and position == 0)) or not 0 <= served < _SEEDS:
            raise ValueError(f"the text has no place {position:,} to go on from")

    def next_window(self) -> _Window:
        """The next window: x and y, int32 (T, B)."""
        x, y = (
            np.empty((self.seq_length, self.batch_size), np.int32),
            np.empty((self.seq_length, self.batch_size), np.int32),
        )
        chosen = np.flatnonzero(self._rng.random(self.batch_size) < self._restart) if self._restart else _NONE
        done = 0
        while done < self.seq_length:
            if self._seed == _NOT_DRAWN or self._position == self._reach:
                self._seed, self._position = int(self._rng.integers(_SEEDS)), 0
                self._arrange()
            steps = min(self.seq_length - done, self._reach - self._position)
            self._fill(x[done : done + steps], y[done : done + steps], chosen)
            chosen = chosen[:0]
            self._position += steps
            done += steps
        self._served += self.seq_length * self.batch_size
        self._windows += 1
        if self._windows % _RELEASED_EVERY == 0:
            release_pages(self._ids)
        return x, y

    def _arrange(self) -> None:
        """Lay the epoch out as its seed says: the order of the documents, and where each row begins."""
        rng, tokens = np.random.Generator(np.random.PCG64(self._seed)), len(self._ids)
        self._order = rng.permutation(len(self._starts))
        self._edges = np.zeros(len(self._starts), np.int64)
        np.cumsum(self._lengths[self._order[:-1]], out=self._edges[1:])
        rotation = int(rng.integers(tokens)) if self.batch_size > 1 else 0
        self._first = rotation + np.arange(self.batch_size) * tokens // self.batch_size

    def _places(self, steps: int) -> tuple[Int64Array, BoolArray]:
        """Which tokens come next, (steps, B), and whether each is the first of its document."""
        places = self._first + (self._position + np.arange(steps))[:, None]
        places %= len(self._ids)
        if len(self._starts) == 1:
            return places, places == 0
        document = np.searchsorted(self._edges, places, side="right") - 1
        inside = places - self._edges[document]
        return self._starts[self._order[document]] + inside, inside == 0

    def _fill(self, x: AnyArray, y: AnyArray, chosen: Int64Array) -> None:
        places, anew = self._places(len(x))
        y[:] = self._ids.take(places)
        x[:] = self._ids.take(places - 1, mode="wrap")
        x[anew] = -1
        if self._position == 0:
            x[0] = -1
            if self._beginnings is not None and self._reach > 1:
                y[0, ~(anew[0] | self._beginnings(places[0]))] = -1
        if self._beginnings is None:
            x[0, chosen] = -1
        elif len(chosen):
            natural = self._beginnings(places[:, chosen])
            found = natural.any(axis=0)
            x[natural.argmax(axis=0)[found], chosen[found]] = -1


def _nowhere(places: Int64Array) -> BoolArray:
    return np.zeros(places.shape, np.bool_)


def validation_windows(
    ids: AnyArray, starts: Int64Array, batch_size: int = 16, seq_length: int = 256
) -> Iterator[_Window]:
    """Windows in which every token is a target exactly once, in rows that are equal parts of the text."""
    batch_size = max(1, min(batch_size, len(ids)))
    return row_windows(ids, starts, np.arange(batch_size) * len(ids) // batch_size, seq_length)


def row_windows(ids: AnyArray, starts: Int64Array, first: Int64Array, seq_length: int) -> Iterator[_Window]:
    """Windows in which every token is a target exactly once, in rows that begin at `first` (B,), in rising order.

    A row ends where the next begins; shorter ones are filled up with targets of -1. Each begins with x = -1, as does
    every document. The last window is as long as what is left.
    """
    end = np.append(first[1:], len(ids))
    reach = int((end - first).max())
    beginnings = np.union1d(np.asarray(starts, np.int64), first)
    for position in range(0, reach, seq_length):
        places = first + np.arange(position, min(position + seq_length, reach))[:, None]
        y = ids.take(places, mode="clip").astype(np.int32)
        x = ids.take(places - 1, mode="clip").astype(np.int32)
        near = np.searchsorted(beginnings, places)
        beyond = places >= end
        x[(beginnings.take(near, mode="clip") == places) | beyond] = -1
        y[beyond] = -1
        yield x, y
