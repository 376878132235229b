"""Models that were never trained: every cell, level and shape of network, for what reads a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmgen.api import Model
from lstmgen.modelfile import make_header
from lstmgen.modelfile.model import ModelFile
from lstmgen.settings import Architecture

LETTERS = [*"abcdefghij klmno.,\n"]
WORDS = ["<unk>", "the", "fox", "saw", "Jane", ".", ",", "(", ")", "", "\n", "don't", " ", "語"]


def untrained(tokens: list[str], cell: str = "lstm", *, E: int = 5, H: int = 12, L: int = 1, seed: int = 0,
              squashing: str = "tanh", tied: bool = False, skip_sum: bool = False, **facts: Any) -> Model:  # fmt: skip
    """Weights that make every gate move and the text depend on its past, and forget what the last digit was."""
    architecture = Architecture(cell, len(tokens), E, H, L, squashing, tied, skip_sum)
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(0, 0.7, shape).astype(np.float32) for name, shape in architecture.shapes().items()}
    for layer in range(L):
        arrays[f"layers.{layer}.U"] *= np.float32(1 / np.sqrt(H))
    header = make_header(architecture, **{"level": "char", "vocabulary": tokens, **facts})
    return Model(ModelFile(header, arrays))


CASES = {
    "lstm": untrained(LETTERS),
    "lstm of three layers, one-hot, skip-sum": untrained(LETTERS, E=0, L=3, skip_sum=True),
    "lstm tied": untrained(LETTERS, E=12, L=2, tied=True),
    "peephole, identity": untrained(LETTERS, "peephole", squashing="identity", L=2),
    "peephole, tanh": untrained(LETTERS, "peephole", E=0),
    "gru": untrained(LETTERS, "gru", L=2),
    "rnn": untrained(LETTERS, "rnn", L=2, H=7),
    "words": untrained(WORDS, level="word", unknown=0),
    "tokens": untrained(["C4", "<end>", "G4", "\n", "|", "  "], level="token", E=0),
    "documents": untrained([*LETTERS, "<end>"], end=len(LETTERS)),
}

# Where cutting is not plain.
TEXTS = [
    "Doug saw Jane.Jane saw  Spot. ", "don't well-known 3.14 (a) b )c", " lead", "語 語a b語", "กขค 12", "a\u0301b é",
    "x\r\ny\n\nz", "tab\tand\xa0nbsp  two", "‘quoted’ o’clock-", "a.b c .d", "😀️ ok", "", "   ", "a\u2028b\x85c\x1fd",
]  # fmt: skip


def prompt_for(model: Model) -> str:
    """A prompt of its own tokens, with a space at its end where that is understood."""
    return {"word": "the fox saw Jane. ", "token": "C4 G4"}.get(model.header["level"], "a fable. ")
