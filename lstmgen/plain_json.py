"""Any value as JSON for other programs: one encoder for events, samples and views."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.records import key_of


def as_json(value: Any) -> str:
    """One JSON value on one line of ASCII, without a control character, so that it may go to a terminal as it is.

    Arrays become nested lists, records (dataclasses) objects, paths texts. Float32 numbers are the shortest that read
    back as the same; what is not finite is null.
    """
    return json.dumps(plain(value), allow_nan=False).replace("\x7f", "\\u007f")


def plain(value: Any) -> Any:
    """The value in what JSON knows: dictionaries, lists, texts and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key_of(field): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(np.asarray(value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_array(array: AnyArray) -> Any:
    if array.ndim > 1:
        return [_plain_array(part) for part in array]
    if array.dtype.kind != "f":
        return array.tolist()
    shortest = array.astype(np.str_).astype(np.float64) if array.dtype == np.float32 else array
    if np.isfinite(shortest).all():
        return shortest.tolist()
    if array.ndim == 0:
        return None
    return [value if math.isfinite(value) else None for value in shortest.tolist()]
