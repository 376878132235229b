"""float32 numbers as bfloat16 in 16 bits each, for the way between processes.

The same on every CPU: number by number, not by the instruction, which makes zeros of the smallest numbers.
"""

from __future__ import annotations

from typing import Any

from lstmgen.kernels.bfloat_numbers import number_at, put_number
from lstmgen.kernels.compile import jit


@jit
def put_halves(numbers: Any, halves: Any) -> None:
    """Round to nearest, ties to even; what is no number stays none. numbers: float32, halves: uint16, of one length."""
    for k in range(len(numbers)):
        put_number(halves, k, numbers[k])


@jit
def take_halves(halves: Any, numbers: Any) -> None:
    """The inverse."""
    for k in range(len(halves)):
        numbers[k] = number_at(halves, k)
