"""How wide this CPU's vectors are and how many registers it has; what is compiled follows from both.

    LANES              float32 numbers in one vector: 16 (AVX-512), 8 (AVX), 4 (NEON, SSE)
    TILE_ROWS          rows of a register tile: 6 with 32 vector registers, 2 with 16 (6 rows x 4 vectors, or 2 x 4)
    NARROW_TILES       rows of the tiles for one vector, of which a narrower panel is made, the tallest with enough sums
                       for the CPU
    NR                 columns of a panel: four vectors
    BF16               there is an instruction for products of bfloat16 numbers with float32 sums
    FORCE_FALLBACK     plain Numba loops instead of emitted vector code, the readable reference

LSTMGEN_LANES and LSTMGEN_TILE=plain choose by hand. With NUMBA_DISABLE_JIT=1 nothing is compiled: the plain loops run
as Python.
"""

from __future__ import annotations

import os
import platform

from llvmlite import binding
from numba import config

from lstmgen.errors import UsageError

VECTORS = 4  # vectors of a panel: one for each gate of the LSTM


def _features() -> dict[str, bool]:
    try:
        return dict(binding.get_host_cpu_features())
    except RuntimeError:
        return {}


def _choose_lanes(has: dict[str, bool]) -> int:
    named = os.environ.get("LSTMGEN_LANES", "")
    if named in {"4", "8", "16"}:
        return int(named)
    if named:
        raise UsageError(f"LSTMGEN_LANES is {named!r}.\nSet it to 4, 8 or 16, or leave it out.")
    if has.get("avx512f") and has.get("avx512vl"):
        return 16
    return 8 if has.get("avx") else 4


def _choose_rows(has: dict[str, bool]) -> int:
    many_registers = has.get("avx512vl") or platform.machine().lower() in {"arm64", "aarch64"}
    return 6 if many_registers else 2


_FEATURES = _features()
LANES = _choose_lanes(_FEATURES)
TILE_ROWS = _choose_rows(_FEATURES)
NR = VECTORS * LANES
NARROW_TILES = (12, 4, 1) if TILE_ROWS == 6 else (6, 2, 1)
FORCE_FALLBACK = os.environ.get("LSTMGEN_TILE", "") == "plain" or bool(config.DISABLE_JIT)
BF16 = LANES == 16 and not FORCE_FALLBACK and bool(_FEATURES.get("avx512bf16"))
