"""Whether this machine multiplies bfloat16 numbers, which writing and training may be asked to do."""

from __future__ import annotations

from lstmgen.errors import UsageError
from lstmgen.kernels.lanes import BF16

NEEDED = "a CPU with AVX-512 bfloat16 instructions"


def has_bf16() -> bool:
    """Whether the CPU has the instructions, and the code chosen for it uses them."""
    return BF16


def check_precision(precision: str) -> None:
    """UsageError where this CPU, or the code chosen for it, does not have it."""
    if precision == "bf16" and not has_bf16():
        raise UsageError(
            f"--precision bf16 needs {NEEDED} (and LSTMGEN_LANES, LSTMGEN_TILE and NUMBA_DISABLE_JIT unset).\n"
            "Leave it out, or give --precision float32, which runs everywhere."
        )
