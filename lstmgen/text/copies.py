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
from lstmgen.text.collect import smallest_id_type
from lstmgen.text.corpus import Corpus
from lstmgen.text.longest import longest_common_span
from lstmgen.text.spans import Check, find_occurring, no_check
from lstmgen.text.tokens import Vocabulary

_SEQUENCE = {"char": 10, "word": 4, "token": 4}  # tokens of the sequences that are counted as new or not
SEARCH_LIMIT = 5_000_000  # tokens of the training text, its last: one to four seconds
_ASKED = 100_000  # tokens of the validation part, its first, whose sequences are counted as new or not
_GROUPS = 25  # held-out pieces as long as what was written, at most
_LINES = 4_096  # of the training text, looked at between two checks


@dataclass(frozen=True)
class CopyStatistics:
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
    written: CopyStatistics
    held_out: CopyStatistics | None
    pieces: int
    example: str
    new_lines: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class CopyReference:
    """The text learned from and that held back, as ids of a vocabulary; documents begin at `starts`.

    What a model does not write (unknown words, and ids that the vocabulary has not) is equal to nothing.
    """

    training: AnyArray
    training_starts: Int64Array
    validation: AnyArray
    validation_starts: Int64Array
    vocabulary: Vocabulary
    lines: bool

    def reference_ids(self, limit: int | None = None) -> AnyArray:
        """The text learned from, or its last `limit` tokens, with a number of its own between documents."""
        begin = max(0, len(self.training) - (len(self.training) if limit is None else limit))
        inside = self.training_starts[self.training_starts > begin] - begin
        return np.insert(self._marked(self.training[begin:], self.separator), inside, self.separator)

    def query_ids(self, texts: Sequence[AnyArray]) -> AnyArray:
        """Texts one after the other, each followed by a number that the text learned from has not."""
        after = np.full(1, self._apart, self._kind)
        return np.concatenate([part for text in texts for part in (self._marked(text, self._apart), after)])

    @property
    def separator(self) -> int:
        """Ids below are tokens; this one stands between documents."""
        return len(self.vocabulary)

    @property
    def _apart(self) -> int:
        return self.separator + 1

    @property
    def _kind(self) -> type[np.unsignedinteger[Any]]:
        return smallest_id_type(self.separator + 2)

    def _marked(self, ids: AnyArray, mark: int) -> AnyArray:
        strange = (ids < 0) | (ids >= self.separator)
        if self.vocabulary.unknown is not None:
            strange |= ids == self.vocabulary.unknown
        return np.where(strange, self._kind(mark), ids.astype(self._kind))

    def validation_pieces(self, lengths: Sequence[int]) -> list[list[AnyArray]]:
        """Held-out texts like those of `lengths` tokens: as many lines, or spans as long; one short piece at least."""
        if not len(self.validation) or not sum(lengths):
            return []
        if self.lines:
            edges = [*self.validation_starts.tolist(), len(self.validation)]
            lines = [self.validation[a : b - 1] for a, b in pairwise(edges)]  # without the line's end
            return [lines[k : k + len(lengths)] for k in _spread(len(lines), len(lengths))]
        cuts = np.cumsum(lengths)[:-1]
        whole = sum(lengths)
        return [np.split(self.validation[k : k + whole], cuts) for k in _spread(len(self.validation), whole)]

    def are_training_lines(self, texts: Sequence[AnyArray], limit: int, check: Check = no_check) -> list[bool]:
        """Whether each of these is a line of the last `limit` tokens of the text learned from."""
        begin, kind = max(0, len(self.training) - limit), self.training.dtype
        wanted = [text.astype(kind).tobytes() for text in texts]
        data, size, lines = self.training[begin:].tobytes(), kind.itemsize, set[bytes]()
        edges = self.training_starts[self.training_starts >= begin] - begin
        for k, (a, b) in enumerate(pairwise([*edges.tolist(), len(self.training) - begin])):
            if k % _LINES == 0:
                check()
            lines.add(data[a * size : (b - 1) * size])
        return [line in lines for line in wanted]


def unseen_sequence_share(corpus: Corpus) -> float:
    """Share of the validation part's short sequences that the training part has not; 1 where there are none.

    Of a long validation part the beginning is taken. Sequences may reach over documents.
    """
    length, held_back = _SEQUENCE[corpus.level], corpus.validation[:_ASKED]
    known = find_occurring(corpus.training, held_back, length)
    return 1.0 - float(known.mean()) if len(known) else 1.0


def _spread(there: int, wanted: int) -> list[int]:
    """Where pieces of `wanted` begin, none over another, at most GROUPS of them and over all that is there."""
    many = min(_GROUPS, there // wanted)
    return [k * (there - wanted) // (many - 1) for k in range(many)] if many > 1 else [0]


def measure_copies(
    reference: CopyReference, texts: Sequence[AnyArray], limit: int = SEARCH_LIMIT, check: Check = no_check
) -> Copies:
    """What of these new texts (ids each) is copied, beside as much held-out text.

    `check` is called many times a second; what it raises ends the search.
    """
    text, sequence = reference.reference_ids(limit), _SEQUENCE[reference.vocabulary.level]
    pieces = reference.validation_pieces([len(ids) for ids in texts])
    written, place = _figures(reference, text, [texts], limit, check)
    held_out = _figures(reference, text, pieces, limit, check)[0] if pieces else None
    asked = reference.query_ids(texts) if texts else text[:0]
    example = reference.vocabulary.decode(asked[place : place + written.longest])
    searched = min(limit, len(reference.training))
    return Copies(
        sequence, searched, searched == len(reference.training), len(texts), written, held_out, len(pieces), example
    )


def _figures(
    reference: CopyReference, text: AnyArray, pieces: Sequence[Sequence[AnyArray]], limit: int, check: Check
) -> tuple[CopyStatistics, int]:
    """The medians over some pieces, each of several texts; and where the first longest span begins in the query."""
    flat, sequence = [ids for piece in pieces for ids in piece], _SEQUENCE[reference.vocabulary.level]
    if not flat:
        return CopyStatistics(0, 0, None, 0 if reference.lines else None), 0
    query = reference.query_ids(flat)
    groups = np.repeat(np.repeat(np.arange(len(pieces)), [*map(len, pieces)]), [len(ids) + 1 for ids in flat])
    half = (len(pieces) + 1) // 2
    longest = longest_common_span(text, query, groups, half, check)
    many = sum(max(0, len(ids) - sequence + 1) for ids in flat)
    old = int(find_occurring(text, query, sequence, check).sum())
    lines = None
    if reference.lines:
        whole = iter(reference.are_training_lines(flat, limit, check))
        counts = sorted(sum(next(whole) for _ in piece) for piece in pieces)
        lines = counts[-half]
    tokens = sum(map(len, flat)) // len(pieces)
    return CopyStatistics(tokens, longest.length, 1.0 - old / many if many else None, lines), longest.place
