"""A text as a model reads it, token by token, with what each token spells: the ground on which models are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Float64Array, Int32Array, Int64Array
from lstmgen.errors import TextError
from lstmgen.text import Vocabulary, words
from lstmgen.text.bits import nats_per_letter
from lstmgen.text.levels import LEVEL_RULES
from lstmgen.text.user_spelling import spell_as_learned


@dataclass(frozen=True, eq=False)
class Passage:
    """T tokens in one or more documents, each read from nothing.

    ids (T,) int32, -1 for what a model without unknown words does not know; pieces: the exact text of each token, with
    the space understood before it; starts: first tokens of the documents; spelling (T,): nats that an unknown word
    costs beyond its id, 0 for all others; unseen: what the model never saw; charges (T,): nats of what has no id, 0 for
    all others; notes: on how the text was read.
    What has no id is charged by convention, since no probability is given to it: ln(kinds of letter + 1) for each
    letter, as the letters of an unknown word are, and of a word also for its end.
    """

    ids: Int32Array
    pieces: list[str]
    starts: Int64Array
    spelling: Float64Array
    unseen: list[str]
    charges: Float64Array
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> BoolArray:
        """Which tokens have an id (T,)."""
        return self.ids >= 0

    def known_only(self) -> Passage:
        """What of it the model reads: without the tokens that have no id."""
        known = self.known
        if known.all():
            return self
        kept = np.flatnonzero(known)
        begins = np.unique(np.searchsorted(kept, self.starts))
        return replace(
            self,
            ids=self.ids[kept],
            pieces=[self.pieces[k] for k in kept.tolist()],
            starts=begins[begins < len(kept)].astype(np.int64),
            spelling=self.spelling[kept],
            charges=self.charges[kept],
        )

    def with_charges(self, nats: Float64Array) -> Float64Array:
        """Nats of every token (T,), from those of the tokens that are read."""
        whole = self.charges.copy()
        whole[self.known] = nats
        return whole

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> Int64Array:
        """Characters of each token (T,)."""
        return np.fromiter(map(len, self.pieces), np.int64, len(self.pieces))

    @property
    def text(self) -> str:
        """All that is read."""
        return "".join(self.pieces)

    @property
    def documents(self) -> list[str]:
        """The text of each document."""
        ends = [*self.starts[1:].tolist(), len(self)]
        return ["".join(self.pieces[a:b]) for a, b in zip(self.starts.tolist(), ends, strict=True)]


def read_passage(vocabulary: Vocabulary, documents: Iterable[str], *, lines: bool = False) -> Passage:
    """Whole documents as a model of this vocabulary reads them, each with its end where ends are learned.

    lines: every line is a document. Raises TextError where nothing is left.
    """
    tokens, starts, notes = list[str](), list[int](), dict[str, None]()
    for document in documents:
        starts.append(len(tokens))
        spelled = spell_as_learned(document, vocabulary)
        notes |= dict.fromkeys(spelled.notes(vocabulary))
        tokens += vocabulary.tokenize(spelled.text)
        tokens += [] if vocabulary.end is None else [vocabulary.tokens[vocabulary.end]]
    return replace(make_passage(vocabulary, tokens, starts, lines=lines), notes=tuple(notes))


def make_passage(
    vocabulary: Vocabulary,
    tokens: Sequence[str],
    starts: Sequence[int] | AnyArray,
    *,
    lines: bool = False,
    before: str = words.JOIN,
) -> Passage:
    """The same from tokens of the vocabulary's level; documents begin at `starts`.

    before: the token that stood before the first, where the passage is cut out of a text of words.
    """
    first = np.zeros(len(tokens), np.bool_)
    first[:1] = True
    first[[start for start in starts if start < len(tokens)]] = True
    if lines:
        first[1:] |= np.array([token == "\n" for token in tokens[:-1]], np.bool_)
    ids = vocabulary.ids_of(tokens)
    known = ids >= 0
    if not known.any():
        raise TextError("There is nothing to score: the text is empty, or the model knows none of its tokens.")
    new = ~known if vocabulary.unknown is None else ids == vocabulary.unknown
    letters = np.fromiter(map(len, tokens), np.int64, len(tokens)) + (vocabulary.level != "char")
    charges = np.where(new, letters * nats_per_letter(vocabulary), 0.0)
    nothing, without_id = np.zeros(len(tokens)), vocabulary.unknown is None
    return Passage(
        ids=ids.astype(np.int32),
        pieces=_pieces(vocabulary, ids, tokens, first, before),
        starts=np.flatnonzero(first).astype(np.int64),
        spelling=nothing if without_id else charges,
        unseen=list(dict.fromkeys(tokens[k] for k in np.flatnonzero(new).tolist())),
        charges=charges if without_id else nothing,
    )


def _pieces(vocabulary: Vocabulary, ids: Int64Array, tokens: Sequence[str], first: BoolArray, before: str) -> list[str]:
    if vocabulary.end is not None:  # it ends a document, and is nothing in it
        tokens = ["" if k == vocabulary.end else token for k, token in zip(ids.tolist(), tokens, strict=True)]
    if vocabulary.level == "char":
        return list(tokens)
    rules, pieces = LEVEL_RULES[vocabulary.level], list[str]()
    for token, anew in zip(tokens, first.tolist(), strict=True):
        spaced = rules.space_implied(before, token) and not (anew and pieces)
        pieces.append(f" {token}" if spaced else token)
        before = token
    return pieces
