"""Small models and states to write, read and damage."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lstmgen.modelfile import ModelFile, make_header
from lstmgen.settings import Architecture

SMALLEST = Architecture("rnn", vocabulary=2, embedding=0, units=1, layers=1)


def small_model(architecture: Architecture = SMALLEST, rows: int = 1, seed: int = 0, **facts: Any) -> ModelFile:
    """A model of random weights; its vocabulary is the first V capital letters from A on, or what `facts` say."""
    rng = np.random.default_rng(seed)
    facts.setdefault("vocabulary", [chr(65 + token) for token in range(architecture.vocabulary)])
    facts.setdefault("corpus", {"names": ["t"], "tokens": 5})
    facts.setdefault("training", {"seed": 1, "command": "lstmgen train t"})
    facts.setdefault("level", "char")
    header = make_header(architecture, **facts)
    arrays = {name: rng.normal(size=shape).astype(np.float32) for name, shape in architecture.shapes().items()}
    history = rng.normal(size=(rows, len(header["history"])))
    history[:, 4] = np.nan  # not validated
    return ModelFile(header, arrays, history, rng.random((rows, 2)))


def extra_arrays() -> dict[str, np.ndarray]:
    """One array of each type a state may hold, of several shapes, one of them empty."""
    return {
        "ready": np.array(True),
        "ids": np.arange(4, dtype=np.uint8),
        "wide": np.arange(6, dtype=np.uint16).reshape(2, 3),
        "wider": np.array([2**32 - 1], dtype=np.uint32),
        "widest": np.array([2**64 - 1], dtype=np.uint64),
        "rows.x": np.full((2, 2), -1, dtype=np.int32),
        "rows.cursor": np.array([-(2**62)], dtype=np.int64),
        "moments.first": np.linspace(0, 1, 5, dtype=np.float32),
        "sums": np.array([np.inf, np.nan, 1e300]),
        "nothing": np.zeros((0, 3), dtype=np.float32),
    }


def content(model: ModelFile) -> tuple[Any, ...]:
    """Everything of a model in a form that == compares byte for byte, the notes included."""
    arrays = {**model.arrays, "history": model.history, "clock": model.clock}
    return (
        json.dumps(model.header, sort_keys=True),
        {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()},
        list(model.notes),
    )
