"""All parameters as one flat float32 vector with named views in the textbook's shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array, UInt16Array
from lstmgen.settings import Architecture

_LINE = 64  # bytes of a cache line, and of the widest vector


def zeros_aligned(*shape: int) -> Float32Array:
    """A flat zeroed float32 buffer for `shape`, of at least one number, that begins with a cache line."""
    return _aligned(max(math.prod(shape), 1), np.float32)


def rounded_zeros(*shape: int) -> UInt16Array:
    """The same of bfloat16 numbers, in an array of uint16."""
    return _aligned(max(math.prod(shape), 1), np.uint16)


def factor_zeros(bf16: bool, *shape: int) -> AnyArray:
    """The one or the other, of what products read."""
    return rounded_zeros(*shape) if bf16 else zeros_aligned(*shape)


def _aligned(size: int, dtype: type[np.generic]) -> AnyArray:
    number = np.dtype(dtype).itemsize
    room = np.zeros(size + _LINE // number, dtype)
    skip = -room.ctypes.data % _LINE // number
    return room[skip : skip + size]


def parameter_offsets(architecture: Architecture) -> dict[str, int]:
    """Where each array begins in the flat vector."""
    offsets, at = {}, 0
    for name, shape in architecture.shapes().items():
        offsets[name] = at
        at += math.prod(shape)
    return offsets


def parameter_views(architecture: Architecture, flat: Float32Array) -> dict[str, Float32Array]:
    """Named views of a flat vector, in the shapes of `Architecture.shapes()`."""
    starts = parameter_offsets(architecture)
    return {
        name: flat[starts[name] : starts[name] + math.prod(shape)].reshape(shape)
        for name, shape in architecture.shapes().items()
    }


def multiply_recurrent(architecture: Architecture, flat: Float32Array, factors: Float32Array) -> None:
    """Each layer's U in a flat vector times its part of `factors` (L, G, H, H)."""
    views = parameter_views(architecture, flat)
    for k in range(architecture.layers):
        views[f"layers.{k}.U"] *= factors[k]


def has_weight_decay(name: str) -> bool:
    """Whether weight decay applies: embedding, W, U and output.W, not biases and peepholes."""
    return name == "embedding" or name.endswith((".W", ".U"))


def _orthogonal(rng: np.random.Generator, size: int) -> Float64Array:
    """A random orthogonal matrix (Saxe, McClelland & Ganguli 2014), the sign of R's diagonal taken out."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return np.asarray(q * np.where(np.diagonal(r) < 0, -1.0, 1.0))


def initialise(
    architecture: Architecture, rng: np.random.Generator, frequencies: Float64Array | None = None
) -> Float32Array:
    """Fresh parameters (n,) float32.

    W is normal with variance 1 / fan-in (a one-hot input has a fan-in of one number that is not zero: its W is drawn
    like an embedding seen through a layer, variance 1 / H), U orthogonal per gate, the forget gate's bias 1 (Gers et
    al. 2000), peepholes 0, output.W normal with variance 1 / H, output.b the log of `frequencies` (V,), which are token
    counts or shares, smoothed by one half a token. The embedding is normal with variance 1 / E: what
    differs little at first is learned by heart later.
    """
    flat = np.zeros(architecture.parameter_count(), np.float32)
    H = architecture.units
    for name, view in parameter_views(architecture, flat).items():
        if name == "embedding":
            view[:] = rng.standard_normal(view.shape) / math.sqrt(view.shape[-1])
        elif name.endswith(".U"):
            for gate in view:
                gate[:] = _orthogonal(rng, H)
        elif name.endswith(".W"):
            one_hot = name == "layers.0.W" and not architecture.embedding
            view[:] = rng.standard_normal(view.shape) / math.sqrt(H if one_hot else view.shape[-1])
        elif name.startswith("layers.") and name.endswith(".b"):
            for gate, start in architecture.facts.bias.items():
                view[architecture.facts.gates.index(gate)] = start
        elif name == "output.b" and frequencies is not None:
            share = (frequencies + 0.5) / (frequencies.sum() + 0.5 * len(frequencies))
            view[:] = np.log(share)
    return flat


def transfer_parameters(architecture: Architecture, flat: Float32Array, arrays: Mapping[str, Float32Array]) -> None:
    """Put the parameters of the same network over fewer tokens into a flat vector (n,); further tokens' rows stay.

    arrays: by name, in the shapes of the smaller architecture. ValueError where those are not of such a network.
    """
    views = parameter_views(architecture, flat)
    if views.keys() != arrays.keys():
        raise ValueError(f"the two networks differ in {min(views.keys() ^ arrays.keys())}")
    for name, view in views.items():
        old = arrays[name]
        if old.ndim != view.ndim or any(a > b for a, b in zip(old.shape, view.shape, strict=True)):
            raise ValueError(f"{name} is {old.shape}, which does not fit into {view.shape}")
        view[tuple(map(slice, old.shape))] = old
