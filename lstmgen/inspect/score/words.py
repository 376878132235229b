"""Surprise word by word: what the characters of each word cost together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.word_spans import word_spans
from lstmgen.inspection.passage import Passage


@dataclass(frozen=True)
class WordScore:
    """One word of a text: the place of its first character, from 0, and what it cost in all.

    Spelling of unknown words and charges for unseen characters are included.
    """

    word: str
    position: int
    characters: int
    nats: float
    bits: float


def word_scores(nats: Float64Array, passage: Passage, level: str) -> list[WordScore]:
    """Of every word in order, from the nats of every token (T,); white space belongs to none.

    Words of a text of characters are those of the word level; elsewhere each token that can be seen is one.
    """
    charged = np.concatenate(([0.0], np.cumsum(nats + passage.spelling)))
    begins = np.cumsum([0, *map(len, passage.pieces)])
    if level == "char":
        spans = word_spans(passage.pieces)
    else:
        spans = [(piece.strip(), k, k + 1) for k, piece in enumerate(passage.pieces) if piece.strip()]
    scores = []
    for word, first, stop in spans:
        total = float(charged[stop] - charged[first])
        place = int(begins[first]) + len(passage.pieces[first]) - len(passage.pieces[first].lstrip())
        scores.append(WordScore(word, place, len(word), total, total / math.log(2.0)))
    return scores


def words_table(words: list[WordScore]) -> Table:
    """A row a word."""
    columns = ["position", "word", "characters", "nats", "bits"]
    return Table(columns, ([one.position, one.word, one.characters, one.nats, one.bits] for one in words))
