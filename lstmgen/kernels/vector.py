"""Which SIMD operations the kernels use: the emitted ones where they build and agree with numpy, else the fallback.

The check compiles one small kernel of every operation and a tile, and compares it with numpy; a line on stderr says
when it fails. LSTMGEN_TILE=plain chooses by hand and says nothing; NUMBA_DISABLE_JIT=1 leaves nothing else.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numba import config

from lstmgen.kernels import simd, simd_fallback, tiles, tiles_fallback
from lstmgen.kernels.compile import CompiledWith, jit, use_fallback
from lstmgen.kernels.deferring import signals_deferred
from lstmgen.kernels.lanes import LANES

_tile = tiles.TILES[1, 1]


@jit
def _try_operations(source: Any, results: Any) -> None:
    v = simd.load_vector(source, 0)
    simd.store_vector(results, 0, simd.tanh(v))
    simd.store_vector(results, LANES, simd.sigmoid(v))
    simd.store_vector(results, 2 * LANES, simd.exp(v))
    simd.store_vector(results, 3 * LANES, simd.fma(v, v, v) - simd.broadcast(np.float32(1)) / (v * v + v))
    results[4 * LANES] = simd.total(v)
    _tile(source, 0, 0, 1, 0, source, 0, 1, 0, results, 5 * LANES, 0, 2, 1)


def _emitted_agrees() -> bool:
    """Whether the emitted operations give numpy's values on this CPU."""
    source = np.linspace(0.1, 2, 2 * LANES).astype(np.float32)
    results = np.zeros(6 * LANES, np.float32)
    _try_operations(source, results)
    v = source[:LANES].astype(np.float64)
    right = [np.tanh(v), 1 / (1 + np.exp(-v)), np.exp(v), v * v + v - 1 / (v * v + v), np.zeros(LANES)]
    right[4][0] = v.sum()
    product = source[0] * source[:LANES] + source[1] * source[1 : LANES + 1]
    return bool(np.allclose(results, np.concatenate([*right, product]), rtol=1e-5, atol=1e-5))


def _fall_back(why: str) -> None:
    sys.stderr.write(f"lstmgen: vector code {why} on this CPU; using plain loops, which are slower.\n")
    use_fallback()


if config.DISABLE_JIT:
    sys.stderr.write("lstmgen: NUMBA_DISABLE_JIT is set: plain Python loops, some hundred times slower.\n")
if not CompiledWith.fallback:
    with signals_deferred():  # what a signal's handler raises would pass for a reason
        try:
            if not _emitted_agrees():
                _fall_back("does not agree with numpy")
        except Exception as reason:  # whatever LLVM or Numba raises here, plain loops still work
            _fall_back(f"does not build ({type(reason).__name__})")

_chosen: Any = simd_fallback if CompiledWith.fallback else simd
WIDTH: int = _chosen.WIDTH
TILES: dict[tuple[int, int], Any] = tiles_fallback.TILES if CompiledWith.fallback else tiles.TILES
load_vector, store_vector, broadcast = _chosen.load_vector, _chosen.store_vector, _chosen.broadcast
store_rounded, store_pairs, prefetch = _chosen.store_rounded, _chosen.store_pairs, _chosen.prefetch
total, largest, maximum = _chosen.total, _chosen.largest, _chosen.maximum
transpose = _chosen.transpose
tanh_for, sigmoid_for, tanh_within = _chosen.tanh_for, _chosen.sigmoid_for, _chosen.tanh_within
fma, tanh, sigmoid, exp, root = _chosen.fma, _chosen.tanh, _chosen.sigmoid, _chosen.exp, _chosen.root
