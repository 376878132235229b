"""What there is to say about a model file, and its validation loss in every unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.history import real, tokens_a_character

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class ModelCard:
    """What a model file holds, raw. path: "None" where the model has not been saved; size: the file's bytes.

    history (n, k): columns as header["history"] names them; clock (n, 2): seconds and tokens/s; shapes: of each array.
    """

    path: str
    size: int | None
    header: Mapping[str, Any]
    history: Float64Array
    clock: Float64Array
    shapes: Shapes


def validation_of(header: Mapping[str, Any]) -> dict[str, float] | None:
    """Nats a token, bits a character and perplexity on the text held back; None where nothing was measured.

    Of the finished model, over the whole part, if the file has it; else the best while training. Bits are reckoned from
    the tokens a character where the file does not say them.
    """
    training, corpus = header["training"], header["corpus"]
    nats, bits = real(training.get("final_validation")), real(training.get("final_bits_per_character"))
    if nats is None:
        nats, bits = real(training.get("best_validation")), None
    if nats is None:
        return None
    if bits is None:
        bits = nats / math.log(2) * tokens_a_character(corpus)
    return {"nats": nats, "bits_per_character": bits, "perplexity": math.exp(min(nats, 700.0))}


def card_facts(card: ModelCard) -> dict[str, Any]:
    """The card for machines: plain values, the history by column."""
    columns = {key: card.history[:, k].tolist() for k, key in enumerate(card.header["history"])}
    times = {"seconds": card.clock[:, 0].tolist(), "tokens_per_second": card.clock[:, 1].tolist()}
    parameters = {key: {"shape": list(shape), "numbers": math.prod(shape)} for key, shape in card.shapes.items()}
    return {
        "model": card.path,
        "bytes": card.size,
        "parameters": parameters,
        "validation": validation_of(card.header),
        "header": dict(card.header),
        "history": columns,
        "clock": times,
    }
