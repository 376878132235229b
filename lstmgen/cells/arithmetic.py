"""What the cells' plain numpy steps share. B rows, G gates, H units."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array

ClampFunction = Callable[[str, Float32Array], Float32Array]
"""Given a gate's or output's letter and its values (B, H), the values to go on with."""


def unclamped(letter: str, values: Float32Array) -> Float32Array:
    """The values as they are."""
    return values


def logistic(a: Float32Array) -> Float32Array:
    """1 / (1 + exp(-a)), without overflow."""
    value: Float32Array = np.float32(0.5) * (np.float32(1) + np.tanh(np.float32(0.5) * a))
    return value


def derived(letter: str, known: Mapping[str, Float64Array]) -> Float64Array:
    """A quantity that is known by its letter, or what its letter says: a product "i∘g", "tanh(c)", "(1-z)"."""
    if letter in known:
        return known[letter]
    if "∘" in letter:
        left, right = letter.split("∘")
        return derived(left, known) * derived(right, known)
    if letter.startswith("tanh("):
        return np.tanh(known[letter[5:-1]])
    return 1.0 - known[letter[3:-1]]


def recurrent(U: Float32Array, h: Float32Array) -> Float32Array:
    """U h of every gate, (B, G, H), from U (G, H, H) and h (B, H)."""
    G, H, _ = U.shape
    return (h @ U.reshape(G * H, H).T).reshape(len(h), G, H)


def recurrent_back(U: Float32Array, d: Float32Array) -> Float32Array:
    """The gradient of h (B, H) from that of U h, d (B, G, H)."""
    G, H, _ = U.shape
    gradient: Float32Array = d.reshape(len(d), G * H) @ U.reshape(G * H, H)
    return gradient
