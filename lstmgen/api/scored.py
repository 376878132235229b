"""How much a text surprised a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array


@dataclass(frozen=True)
class Score:
    """How much a text surprised a model.

    tokens, nats    each token and its surprise -ln p (nats), in the text's order
    characters      of the text the tokens stand for
    unseen          what the model never saw: read as unknown words or, where it knows of none, skipped
    spelling        nats in all that unknown words cost beyond their token; only bits a character and perplexity hold it
    """

    tokens: list[str]
    nats: Float64Array
    characters: int
    unseen: list[str]
    spelling: float = 0.0

    @property
    def mean(self) -> float:
        """Nats a token."""
        return float(self.nats.mean())

    @property
    def perplexity(self) -> float:
        """exp of the mean, unknown words' spelling included."""
        return float(np.exp(self.mean + self.spelling / len(self.nats)))

    @property
    def bits_per_character(self) -> float:
        """Bits in all over the characters scored, unknown words' spelling included, as `inspect score` has it."""
        return float((self.nats.sum() + self.spelling) / np.log(2) / max(1, self.characters))
