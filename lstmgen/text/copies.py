"""How much of a text is copied from another: the longest span, the share of new short sequences, whole lines.

Human text copies too, the more the longer it is; so the same figures are made of held-out text, cut as the new one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.text.collect import smallest
from lstmgen.text.corpus import Corpus
from lstmgen.text.longest import longest
from lstmgen.text.spans import Check, no_check, occurring
from lstmgen.text.tokens import Vocabulary

_SEQUENCE = {"char": 10, "word": 4}  # tokens of the sequences that are counted as new or not
SEARCHED = 5_000_000  # tokens of the training text, its last: one to four seconds
_ASKED = 100_000  # tokens of the validation part, its first, whose sequences are counted as new or not
_GROUPS = 25  # held-out pieces as long as what was written, at most
_LINES = 4_096  # of the training text, looked at between two checks


@dataclass(frozen=True)
class Figures:
    """Of some texts, `tokens` in all: tokens of the longest span copied, share of sequences that are new, whole lines.

    new is None where no text is as long as such a sequence; lines is None where lines are no documents.
    """

    tokens: int
    longest: int
    new: float | None
    lines: int | None


@dataclass(frozen=True)
class Copies:
    """What was written beside as much held-out text, both against the last `searched` tokens of the training text.

    sequence: tokens of a sequence; texts: how many were written; example: the longest span copied. held_out is
    the median over `pieces` pieces of the held-out text (its share of new sequences that of all), None without such a
    text; its tokens are a piece's. new_lines: different lines written that are new; None where that was not counted.
    seconds: the time that allowed no more to be searched, None where it sufficed.
    """

    sequence: int
    searched: int
    whole: bool
    texts: int
    written: Figures
    held_out: Figures | None
    pieces: int
    example: str
    new_lines: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Material:
    """The text learned from and that held back, as ids of a vocabulary; documents begin at `starts`.

    What a model does not write (unknown words, and ids that the vocabulary has not) is equal to nothing.
    """

    learned: AnyArray
    learned_starts: Int64Array
    held_out: AnyArray
    held_out_starts: Int64Array
    vocabulary: Vocabulary
    lines: bool

    def searched(self, limit: int | None = None) -> AnyArray:
        """The text learned from, or its last `limit` tokens, with a number of its own between documents."""
        begin = max(0, len(self.learned) - (len(self.learned) if limit is None else limit))
        inside = self.learned_starts[self.learned_starts > begin] - begin
        return np.insert(self._marked(self.learned[begin:], self.kinds), inside, self.kinds)

    def asked(self, texts: Sequence[AnyArray]) -> AnyArray:
        """Texts one after the other, each followed by a number that the text learned from has not."""
        after = np.full(1, self._apart, self._kind)
        return np.concatenate([part for text in texts for part in (self._marked(text, self._apart), after)])

    @property
    def kinds(self) -> int:
        """Ids below are tokens; this one stands between documents."""
        return len(self.vocabulary)

    @property
    def _apart(self) -> int:
        return self.kinds + 1

    @property
    def _kind(self) -> type[np.unsignedinteger[Any]]:
        return smallest(self.kinds + 2)

    def _marked(self, ids: AnyArray, mark: int) -> AnyArray:
        strange = (ids < 0) | (ids >= self.kinds)
        if self.vocabulary.unknown is not None:
            strange |= ids == self.vocabulary.unknown
        return np.where(strange, self._kind(mark), ids.astype(self._kind))

    def pieces(self, lengths: Sequence[int]) -> list[list[AnyArray]]:
        """Held-out texts like those of `lengths` tokens: as many lines, or spans as long; one short piece at least."""
        if not len(self.held_out) or not sum(lengths):
            return []
        if self.lines:
            edges = [*self.held_out_starts.tolist(), len(self.held_out)]
            lines = [self.held_out[a : b - 1] for a, b in pairwise(edges)]  # without the line's end
            return [lines[k : k + len(lengths)] for k in _spread(len(lines), len(lengths))]
        cuts = np.cumsum(lengths)[:-1]
        whole = sum(lengths)
        return [np.split(self.held_out[k : k + whole], cuts) for k in _spread(len(self.held_out), whole)]

    def whole_lines(self, texts: Sequence[AnyArray], limit: int, check: Check = no_check) -> list[bool]:
        """Whether each of these is a line of the last `limit` tokens of the text learned from."""
        begin, kind = max(0, len(self.learned) - limit), self.learned.dtype
        wanted = [text.astype(kind).tobytes() for text in texts]
        data, size, found = self.learned[begin:].tobytes(), kind.itemsize, set[bytes]()
        edges = self.learned_starts[self.learned_starts >= begin] - begin
        for k, (a, b) in enumerate(pairwise([*edges.tolist(), len(self.learned) - begin])):
            if k % _LINES == 0:
                check()
            found.add(data[a * size : (b - 1) * size])
        return [line in found for line in wanted]


def novelty(corpus: Corpus) -> float:
    """Share of the validation part's short sequences that the training part has not; 1 where there are none.

    Of a long validation part the beginning is taken. Sequences may reach over documents.
    """
    length, held_back = _SEQUENCE[corpus.level], corpus.validation[:_ASKED]
    known = occurring(corpus.training, held_back, length)
    return 1.0 - float(known.mean()) if len(known) else 1.0


def _spread(there: int, wanted: int) -> list[int]:
    """Where pieces of `wanted` begin, none over another, at most GROUPS of them and over all that is there."""
    many = min(_GROUPS, there // wanted)
    return [k * (there - wanted) // (many - 1) for k in range(many)] if many > 1 else [0]


def copies_of(material: Material, texts: Sequence[AnyArray], limit: int = SEARCHED, check: Check = no_check) -> Copies:
    """What of these new texts (ids each) is copied, beside as much held-out text.

    `check` is called many times a second; what it raises ends the search.
    """
    text, sequence = material.searched(limit), _SEQUENCE[material.vocabulary.level]
    pieces = material.pieces([len(ids) for ids in texts])
    written, place = _figures(material, text, [texts], limit, check)
    held_out = _figures(material, text, pieces, limit, check)[0] if pieces else None
    asked = material.asked(texts) if texts else text[:0]
    example = material.vocabulary.decode(asked[place : place + written.longest])
    searched = min(limit, len(material.learned))
    return Copies(
        sequence, searched, searched == len(material.learned), len(texts), written, held_out, len(pieces), example
    )


def _figures(
    material: Material, text: AnyArray, pieces: Sequence[Sequence[AnyArray]], limit: int, check: Check
) -> tuple[Figures, int]:
    """The medians over some pieces, each of several texts; and where the first longest span begins in the query."""
    flat, sequence = [ids for piece in pieces for ids in piece], _SEQUENCE[material.vocabulary.level]
    if not flat:
        return Figures(0, 0, None, 0 if material.lines else None), 0
    query = material.asked(flat)
    groups = np.repeat(np.repeat(np.arange(len(pieces)), [*map(len, pieces)]), [len(ids) + 1 for ids in flat])
    half = (len(pieces) + 1) // 2
    found = longest(text, query, groups, half, check)
    many = sum(max(0, len(ids) - sequence + 1) for ids in flat)
    old = int(occurring(text, query, sequence, check).sum())
    lines = None
    if material.lines:
        whole = iter(material.whole_lines(flat, limit, check))
        counts = sorted(sum(next(whole) for _ in piece) for piece in pieces)
        lines = counts[-half]
    tokens = sum(map(len, flat)) // len(pieces)
    return Figures(tokens, found.length, 1.0 - old / many if many else None, lines), found.place
