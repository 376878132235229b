"""The array types, named once: what an annotation says of an array is its type of number; docstrings give shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]  # weights, activations
Float64Array = npt.NDArray[np.float64]  # losses, sums, statistics
FloatArray = npt.NDArray[np.floating[Any]]  # either
Int32Array = npt.NDArray[np.int32]  # token ids
Int64Array = npt.NDArray[np.int64]  # offsets, counts
IntArray = npt.NDArray[np.integer[Any]]  # ids, of any width
UInt8Array = npt.NDArray[np.uint8]
UInt16Array = npt.NDArray[np.uint16]  # bfloat16 numbers, as their bits
UInt64Array = npt.NDArray[np.uint64]  # hashes
BoolArray = npt.NDArray[np.bool_]
AnyArray = npt.NDArray[Any]
