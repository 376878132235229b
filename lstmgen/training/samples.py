"""A short text from the weights in hand, to be shown on the way; from a generator of its own."""

from __future__ import annotations

import numpy as np

from lstmgen.network import Network
from lstmgen.text import Vocabulary

LENGTH = {"char": 160, "word": 40}
TEMPERATURE = 0.8


def sample_text(network: Network, vocabulary: Vocabulary, rng: np.random.Generator) -> str:
    """From nothing, at temperature 0.8; the token for unknown words is never drawn."""
    banned = np.zeros(len(vocabulary), dtype=np.uint8)
    if vocabulary.unknown is not None and len(vocabulary) > 1:
        banned[vocabulary.unknown] = 1
    uniforms = rng.random((LENGTH[vocabulary.level], 1))
    nothing = np.full(1, -1, dtype=np.int32)
    min_p = 0.05 if vocabulary.level == "word" else 0.0
    ids, _ = network.writer(1).write(nothing, network.zero_state(1), uniforms, TEMPERATURE, 0, 1.0, min_p, banned)
    return vocabulary.decode(ids[:, 0])
