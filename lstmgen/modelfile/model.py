"""What a model file holds, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array
from lstmgen.modelfile.header import HISTORY_COLUMNS

_CHUNK = 1 << 18

_Arrays = dict[str, Float32Array]


def _no_history() -> Float64Array:
    return np.zeros((0, len(HISTORY_COLUMNS)))


def _no_clock() -> Float64Array:
    return np.zeros((0, 2))


@dataclass
class ModelFile:
    """A model: header, parameters by their textbook names, a row of history and of clock at each evaluation.

    history (n, k) float64, its columns named in header["history"]; clock (n, 2): seconds, tokens/s; NaN: not measured.
    notes: what a user should be told, such as that the weights were changed since they were trained. Not in the file.
    """

    header: dict[str, Any]
    arrays: _Arrays
    history: Float64Array = field(default_factory=_no_history)
    clock: Float64Array = field(default_factory=_no_clock)
    notes: list[str] = field(default_factory=list)


def digest_of(arrays: Mapping[str, AnyArray]) -> str:
    """SHA-256 (hex) over names, types, shapes and bytes of the parameters, whatever their order in the mapping."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name]).reshape(arrays[name].shape)
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        if array.size:
            digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def all_finite(array: AnyArray) -> bool:
    """Whether no value is NaN or infinite, looked at in pieces so that the answer takes no memory to speak of."""
    flat = array.reshape(-1)
    return all(bool(np.isfinite(flat[at : at + _CHUNK]).all()) for at in range(0, flat.size, _CHUNK))
