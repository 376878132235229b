"""The step of dynamic evaluation, number by number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lstmgen.kernels.compile import jit
from lstmgen.kernels.vector import WIDTH, broadcast, fma, load_vector, root, store_vector, total


@jit
def adaptation_step(w: Any, g: Any, squares: Any, trained: Any, w0: int, w1: int, rate: float, epsilon: float,
                    back: float, step: int) -> float:  # fmt: skip
    """One step on w[w0:w1] against the gradient g, and a little back towards the weights as trained.

    squares: the mean of g * g over all steps so far, this one (step = 1, 2, ...) taken in first.
    Returns a number that is finite exactly if all new weights are.
    """
    part, eps = np.float32(1.0 / step), np.float32(epsilon)
    size, home = np.float32(rate), np.float32(back)
    zero, probe, at = np.float32(0), broadcast(np.float32(0)), w0
    while at + WIDTH <= w1:
        d, old = load_vector(g, at), load_vector(w, at)
        v = load_vector(squares, at)
        v = fma(d * d - v, broadcast(part), v)
        pull = (load_vector(trained, at) - old) * broadcast(home)
        new = old + pull - d * broadcast(size) / (root(v) + broadcast(eps))
        store_vector(squares, at, v)
        store_vector(w, at, new)
        probe = fma(new, broadcast(zero), probe)
        at += WIDTH
    check = np.float64(total(probe))
    for k in range(at, w1):
        v1 = squares[k] + (g[k] * g[k] - squares[k]) * part
        squares[k] = v1
        w[k] = w[k] + (trained[k] - w[k]) * home - g[k] * size / (np.float32(math.sqrt(v1)) + eps)
        check += np.float64(w[k]) * 0.0
    return check
