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
class BitsPerCharacter:
    """Converts nats per token to bits per character of the text.

    `spelling_nats` (per token) are what it costs to spell the unknown words.
    """

    characters_per_token: float
    spelling_nats: float = 0.0

    def convert(self, nats: _Nats) -> _Nats:
        """Bits per character for a loss in nats per token."""
        return (nats + self.spelling_nats) / math.log(2.0) / max(self.characters_per_token, 1e-9)


def nats_per_letter(vocabulary: Vocabulary) -> float:
    """What each letter of an unknown word costs, and its end: all letters of the vocabulary equally likely."""
    spelled = (token for k, token in enumerate(vocabulary.tokens) if k != vocabulary.end)
    return math.log(len(set("".join(spelled))) + 1)


def validation_bits_per_character(corpus: Corpus) -> BitsPerCharacter:
    """Of the validation part. An unknown word is charged for each letter and its end."""
    count, unknown = len(corpus.validation), corpus.vocabulary.unknown
    if not count:
        return BitsPerCharacter(corpus.characters / max(1, len(corpus.ids)), 0.0)
    spelling = 0.0
    if unknown is not None:
        unknowns = sum(int((block == unknown).sum()) for _, block in blocks(corpus.validation))
        spelling = (corpus.unknown_characters + unknowns) * nats_per_letter(corpus.vocabulary) / count
    return BitsPerCharacter(corpus.validation_characters / count, spelling)
