"""float32 numbers as bfloat16 in 16 bits each, for the way between processes; both as their bits.

The same on every CPU: plain integers, not the instruction, which makes zeros of the smallest numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmgen.kernels.compile import jit


@jit
def put_halves(bits: Any, halves: Any) -> None:
    """Round to nearest, ties to even; what is no number stays none. bits: uint32, halves: uint16, of one length."""
    for k in range(len(bits)):
        word = bits[k]
        nearest = np.uint32(word + np.uint32(0x7FFF) + ((word >> np.uint32(16)) & np.uint32(1)))
        no_number = (word & np.uint32(0x7FFFFFFF)) > np.uint32(0x7F800000)
        found = np.uint32(word | np.uint32(0x400000)) if no_number else nearest
        halves[k] = np.uint16(found >> np.uint32(16))


@jit
def take_halves(halves: Any, bits: Any) -> None:
    """The inverse."""
    for k in range(len(halves)):
        bits[k] = np.uint32(halves[k]) << np.uint32(16)
