"""One number of an array that holds float32 or bfloat16. `bfloat.py` says what that is, and has it for vectors.

An array of uint16 holds bfloat16 numbers, any other float32. Nothing is taken for zero here, however small.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

_BITS = np.uint32(16)


def _rounded(number: Any) -> Any:
    """A float32 number's upper half, rounded to even on ties; what is no number stays none."""
    bits = np.float32(number).view(np.uint32)
    if np.isnan(number):
        return np.uint16(bits >> _BITS | np.uint32(0x40))
    return np.uint16((bits + np.uint32(0x7FFF) + ((bits >> _BITS) & np.uint32(1))) >> _BITS)


def _widened(half: Any) -> Any:
    """The float32 number of an upper half."""
    return np.uint32(np.uint32(half) << _BITS).view(np.float32)


def is_bf16(array: Any) -> Any:
    """Whether an array holds bfloat16 numbers."""
    return array.dtype == np.uint16


def number_at(array: Any, at: Any) -> Any:
    """array[at] as float32."""
    return _widened(array[at]) if array.dtype == np.uint16 else array[at]


def put_number(array: Any, at: Any, number: Any) -> None:
    """array[at] = number, rounded where the array is bfloat16."""
    array[at] = _rounded(number) if array.dtype == np.uint16 else number


def put_rounded(array: Any, at: Any, number: Any) -> None:
    """The same if the array is bfloat16; a float32 one has the number already."""
    if array.dtype == np.uint16:
        array[at] = _rounded(number)


# What is compiled in the place of each, by what the array holds. These do not stand within the functions that choose,
# so that each has a name of its own (see `named_apart` in compile.py). Numba compares signatures: none has types.
_jitted_rounded, _jitted_widened = njit(_rounded), njit(_widened)


def _yes(array):  # type: ignore[no-untyped-def]
    return True


def _no(array):  # type: ignore[no-untyped-def]
    return False


def _bf16_at(array, at):  # type: ignore[no-untyped-def]
    return _jitted_widened(array[at])


def _float32_at(array, at):  # type: ignore[no-untyped-def]
    return array[at]


def _put_bf16(array, at, number):  # type: ignore[no-untyped-def]
    array[at] = _jitted_rounded(number)


def _put_float32(array, at, number):  # type: ignore[no-untyped-def]
    array[at] = number


def _leave(array, at, number):  # type: ignore[no-untyped-def]
    """A float32 array."""


overload(is_bf16)(lambda array: _yes if array.dtype == types.uint16 else _no)
overload(number_at)(lambda array, at: _bf16_at if array.dtype == types.uint16 else _float32_at)
overload(put_number)(lambda array, at, number: _put_bf16 if array.dtype == types.uint16 else _put_float32)
overload(put_rounded)(lambda array, at, number: _put_bf16 if array.dtype == types.uint16 else _leave)
