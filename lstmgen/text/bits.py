"""Nats a token as bits a character of the text; words that a model does not know are charged for their spelling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from lstmgen.arrays import Float64Array
from lstmgen.text.corpus import Corpus
from lstmgen.text.spool import blocks
from lstmgen.text.tokens import Vocabulary

_Nats = TypeVar("_Nats", float, Float64Array)


@dataclass(frozen=True)
class Exchange:
    """What nats a token are in bits a character; `spelling` nats a token are what unknown words cost to spell."""

    characters: float  # a token
    spelling: float = 0.0

    def bits(self, nats: _Nats) -> _Nats:
        """Bits a character of the text."""
        return (nats + self.spelling) / math.log(2.0) / max(self.characters, 1e-9)


def letter_nats(vocabulary: Vocabulary) -> float:
    """What each letter of an unknown word costs, and its end: all letters of the vocabulary equally likely."""
    return math.log(len(set("".join(vocabulary.tokens))) + 1)


def exchange_of(corpus: Corpus) -> Exchange:
    """Of the validation part. An unknown word is charged for each letter and its end."""
    count, unknown = len(corpus.validation), corpus.vocabulary.unknown
    if not count:
        return Exchange(corpus.characters / max(1, len(corpus.ids)), 0.0)
    spelling = 0.0
    if unknown is not None:
        unknowns = sum(int((block == unknown).sum()) for _, block in blocks(corpus.validation))
        spelling = (corpus.unknown_spelling + unknowns) * letter_nats(corpus.vocabulary) / count
    return Exchange(corpus.validation_characters / count, spelling)
