"""A short text from the weights in hand, to be shown on the way; from a generator of its own."""

from __future__ import annotations

import numpy as np

from lstmgen.network import Network
from lstmgen.text import Vocabulary

LENGTH = {"char": 160, "word": 40}
LINES = 6  # shown of a text whose lines stand alone
TEMPERATURE = 0.8


def sample_text(network: Network, vocabulary: Vocabulary, rng: np.random.Generator, lines: bool = False) -> str:
    """From nothing, at temperature 0.8, with `lines` some lines; the token for unknown words is never drawn."""
    rows = LINES if lines else 1
    banned = np.zeros(len(vocabulary), dtype=np.uint8)
    if vocabulary.unknown is not None and len(vocabulary) > 1:
        banned[vocabulary.unknown] = 1
    uniforms = rng.random((LENGTH[vocabulary.level], rows))
    nothing = np.full(rows, -1, dtype=np.int32)
    min_p = 0.05 if vocabulary.level == "word" else 0.0
    state = network.zero_state(rows)
    ids, _ = network.writer(rows).write(nothing, state, uniforms, TEMPERATURE, 0, 1.0, min_p, banned)
    texts = [vocabulary.decode(ids[:, row]) for row in range(rows)]
    return "\n".join(text.partition("\n")[0] for text in texts) if lines else texts[0]
