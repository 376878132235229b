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

    ids (T,) int32; pieces: the exact text of each token, with the space understood before it; starts: first tokens of
    the documents; spelling (T,): nats that an unknown word costs beyond its id, 0 for all others; unseen: what the
    model never saw, read as unknown words or, where it knows of none, left out; notes: on how the text was read.
    """

    ids: Int32Array
    pieces: list[str]
    starts: Int64Array
    spelling: Float64Array
    unseen: list[str]
    notes: tuple[str, ...] = ()

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
    there = ids >= 0
    if not there.any():
        raise TextError("There is nothing to score: the text is empty, or the model knows none of its tokens.")
    new, spelt = ~there, np.zeros(len(tokens))
    if vocabulary.unknown is not None:
        new = ids == vocabulary.unknown
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        spelt[new] = (lengths[new] + 1) * nats_per_letter(vocabulary)
    kept = np.flatnonzero(there)
    unseen = dict.fromkeys(tokens[k] for k in np.flatnonzero(new).tolist())
    begins = np.unique(np.searchsorted(kept, np.flatnonzero(first)))
    return Passage(
        ids=ids[kept].astype(np.int32),
        pieces=_pieces(vocabulary, ids[kept], [tokens[k] for k in kept.tolist()], first[kept], before),
        starts=begins[begins < len(kept)].astype(np.int64),
        spelling=spelt[kept],
        unseen=list(unseen),
    )


def _pieces(vocabulary: Vocabulary, ids: Int64Array, tokens: list[str], first: BoolArray, before: str) -> list[str]:
    if vocabulary.end is not None:  # it ends a document, and is nothing in it
        tokens = ["" if k == vocabulary.end else token for k, token in zip(ids.tolist(), tokens, strict=True)]
    if vocabulary.level == "char":
        return tokens
    rules, pieces = LEVEL_RULES[vocabulary.level], list[str]()
    for token, anew in zip(tokens, first.tolist(), strict=True):
        spaced = rules.space_implied(before, token) and not (anew and pieces)
        pieces.append(f" {token}" if spaced else token)
        before = token
    return pieces
