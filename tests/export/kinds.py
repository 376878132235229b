"""Kinds of models that exports are tried with: every cell, input and level, with weights as training begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.api import Model
from lstmgen.network import initialise, parameter_views
from lstmgen.settings import Architecture

WORDS = ["<unk>", "the", "fox", "Jane", ".", "(", "", "\n", " ", "said", "no", ",", "a"]
LETTERS = list("abcdefghij,. \nkl")


@dataclass(frozen=True)
class Kind:
    """A model: its cell, layers and units, the embedding's size (0: one-hot), and what it reads."""

    cell: str
    layers: int = 1
    units: int = 7
    embedding: int = 0
    squashing: str = "tanh"
    tied: bool = False
    skip_sum: bool = False
    level: str = "char"
    ends: str = ""

    def __str__(self) -> str:
        entry = "tied" if self.tied else f"embedding {self.embedding}" if self.embedding else "one-hot"
        rest = (self.squashing * (self.cell == "peephole"), "skip-sum" * self.skip_sum, self.level, self.ends)
        return ", ".join((f"{self.cell} {self.layers} x {self.units}", entry, *filter(None, rest)))

    @property
    def tokens(self) -> list[str]:
        """Its vocabulary."""
        words = WORDS if self.level == "word" else [t for t in WORDS if t] if self.level == "token" else LETTERS
        return [*words, "<end>"] if self.ends == "documents" else list(words)

    def model(self, seed: int = 1) -> Model:
        """With biases and peepholes that are not zero, and an output of some size."""
        V = len(self.tokens)
        shape = Architecture(
            self.cell, V, self.embedding, self.units, self.layers, self.squashing, self.tied, self.skip_sum
        )
        rng = np.random.default_rng(seed)
        arrays = parameter_views(shape, initialise(shape, rng))
        for name in arrays:
            if name.endswith((".b", ".p", ".b_hn")):
                arrays[name] += 0.3 * rng.standard_normal(arrays[name].shape)
        arrays["output.b"] += rng.standard_normal(V)
        return Model.from_arrays(
            arrays,
            self.tokens,
            cell=self.cell,
            level=self.level,
            squashing=self.squashing,
            lines=self.ends == "lines",
            unknown=None if self.level == "char" else 0,
            end=V - 1 if self.ends == "documents" else None,
            skip_sum=self.skip_sum,
        )


KINDS = (
    Kind("lstm"),
    Kind("lstm", 2, embedding=5),
    Kind("lstm", 3, 9, 9, tied=True, skip_sum=True),
    Kind("lstm", 2, skip_sum=True, ends="lines"),
    Kind("lstm", 1, 3),  # one-hot, with more tokens than gates
    Kind("peephole", 1, squashing="identity"),
    Kind("peephole", 2, 8, 8, "identity", tied=True, skip_sum=True),
    Kind("peephole", 3, embedding=4, ends="documents"),
    Kind("rnn", 1, embedding=5),
    Kind("rnn", 2, 8, skip_sum=True),
    Kind("rnn", 3, 2, level="word"),
    Kind("gru", 1, level="word", ends="documents"),
    Kind("gru", 2, 8, 8, tied=True, level="token"),
    Kind("gru", 3, 6, 3, skip_sum=True, level="token", ends="lines"),
    Kind("lstm", 2, 12, 12, tied=True, level="word", ends="lines"),
    Kind("lstm", 1, 160, 16),
)
