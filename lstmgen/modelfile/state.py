"""What a state adds to a model: a JSON record `state` that lists further arrays with type and shape, and facts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.modelfile.archive import Fault, abbreviated
from lstmgen.modelfile.header import VERSION, check_format

_STATE_FORMAT = "lstmgen-state"
STATE_PREFIX = "state."
_DTYPES = {
    name: np.dtype(name).newbyteorder("<").str
    for name in ("bool", "uint8", "uint16", "uint32", "uint64", "int32", "int64", "float32", "float64")
}
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_LARGEST = 2**48


def make_state(arrays: Mapping[str, AnyArray], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a state's further arrays, in the order of their names, and facts."""
    return {
        "format": _STATE_FORMAT,
        "version": VERSION,
        "requires": [],
        "arrays": {name: [array.dtype.name, list(array.shape)] for name, array in sorted(arrays.items())},
        "facts": dict(facts),
    }


def check_state(state: Mapping[str, Any]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type string and shape of each further array by its name. Raises Fault."""
    check_format(state, _STATE_FORMAT)
    arrays = state.get("arrays")
    if type(arrays) is not dict or type(state.get("facts")) is not dict:
        raise Fault("its state lacks its list of arrays or its facts")
    listed = {}
    for name, entry in arrays.items():
        if not _NAME.fullmatch(name) or type(entry) is not list or len(entry) != 2:
            raise Fault(f"its state lists the array {abbreviated(name)} wrongly")
        dtype, shape = entry
        if type(dtype) is not str or dtype not in _DTYPES or type(shape) is not list or len(shape) > 8:
            raise Fault(f"its state lists the array {abbreviated(name)} wrongly")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise Fault(f"its state lists the array {abbreviated(name)} with the shape {abbreviated(shape)}")
        if math.prod(max(size, 1) for size in shape) > _LARGEST:
            raise Fault(f"its state lists the array {abbreviated(name)} with the shape {abbreviated(shape)}")
        listed[name] = (_DTYPES[dtype], tuple(shape))
    return listed
