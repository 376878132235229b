"""How a model learnt: what its file says of every evaluation, in the units that people compare.

Numbers are those of the file, NaN where nothing was measured; n evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.text.bits import BitsPerCharacter

COLUMNS = (
    "updates", "tokens", "seconds", "rate", "train", "validation", "train_bits", "validation_bits", "norm", "speed",
)  # fmt: skip
WHAT_COLUMNS = {  # what can be looked at, and the columns that show it, the one that says most first
    "loss": ("validation", "train"),
    "bits": ("validation_bits", "train_bits"),
    "norm": ("norm",),
    "rate": ("rate",),
    "speed": ("speed",),
}
OVER_COLUMNS = {"updates": "updates", "tokens": "tokens", "time": "seconds"}


@dataclass(frozen=True)
class TrainingHistory:
    """columns: each of COLUMNS by name, (n,), float64.

    seconds since the first update, tokens/s as speed, losses in nats a token, norm of the gradient before clipping.
    """

    columns: dict[str, Float64Array]
    bits_per_character: BitsPerCharacter

    def __len__(self) -> int:
        return len(self.columns["updates"])

    def __getitem__(self, name: str) -> Float64Array:
        return self.columns[name]

    def measured_column(self, what: str) -> str | None:
        """The first column of WHAT_COLUMNS with anything in it: validation where there is one, else training."""
        return next((name for name in WHAT_COLUMNS[what] if np.isfinite(self.columns[name]).any()), None)

    def finite(self, name: str) -> Float64Array:
        """The values of a column that are numbers."""
        values = self.columns[name]
        return values[np.isfinite(values)]


def training_history(header: Mapping[str, Any], history: Float64Array, clock: Float64Array) -> TrainingHistory:
    """What a model file says of its training: history (n, k) with its columns named in the header, clock (n, 2)."""
    recorded = {name: history[:, k].astype(np.float64) for k, name in enumerate(header["history"])}
    nothing = np.full(len(history), np.nan)
    columns = {
        name: recorded.get(name, nothing) for name in ("updates", "tokens", "rate", "train", "validation", "norm")
    }
    bits_per_character = _bits_per_character_of(header)
    columns |= {f"{name}_bits": bits_per_character.convert(columns[name]) for name in ("train", "validation")}
    columns |= {"seconds": clock[:, 0].astype(np.float64), "speed": clock[:, 1].astype(np.float64)}
    return TrainingHistory({name: columns[name] for name in COLUMNS}, bits_per_character)


def _bits_per_character_of(header: Mapping[str, Any]) -> BitsPerCharacter:
    """Of the part held back, else of the whole text. What unknown words cost follows from the final figures."""
    training, characters = header["training"], 1.0 / tokens_a_character(header["corpus"])
    nats, bits = real(training.get("final_validation")), real(training.get("final_bits_per_character"))
    if nats is None or bits is None or header.get("unknown") is None:
        return BitsPerCharacter(characters)
    return BitsPerCharacter(characters, max(0.0, bits * math.log(2.0) * characters - nats))


def tokens_a_character(corpus: Mapping[str, Any]) -> float:
    """Of the part held back or, where its characters are not told, of the whole text; 1 where nothing is."""
    tokens, characters = whole(corpus, "tokens") or 0, whole(corpus, "characters") or 0
    split, split_character = whole(corpus, "split"), whole(corpus, "split_character")
    if split is not None and split_character is not None and split < tokens and split_character < characters:
        tokens, characters = tokens - split, characters - split_character
    return tokens / characters if tokens > 0 and characters > 0 else 1.0


def real(value: Any) -> float | None:
    """A finite number, or None: what a header says beyond its checked keys may be anything."""
    try:
        return float(value) if type(value) in (int, float) and math.isfinite(value) else None
    except OverflowError:
        return None


def whole(values: Mapping[str, Any], key: str) -> int | None:
    """A whole number of a header, or None."""
    value = values.get(key)
    return value if type(value) is int else None


def scored_whole(header: Mapping[str, Any]) -> bool:
    """Whether the finished model was scored on all that was held back: it is not where that would take long."""
    count, corpus = whole(header.get("training", {}), "final_tokens"), header["corpus"]
    tokens, split = whole(corpus, "tokens"), whole(corpus, "split")
    return count is None or tokens is None or split is None or count >= tokens - split
