"""How much what comes next hangs on each token read before: gradients of a logit towards the inputs, back in time.

The connectivity of Madsen 2019 ("Visualizing memorization in RNNs", Distill): the Euclidean norm of the gradient of the
logit of the token that really came, towards the input k tokens before it (k = 1: the last one read).

T time steps, B rows, L layers, H units, D input size, V vocabulary; gates f, i, o, g.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import BoolArray, Float32Array, IntArray

if TYPE_CHECKING:
    from lstmgen.network import Network


def input_gradients(network: Network, x: IntArray, targets: IntArray) -> Float32Array:
    """Gradients (T, B, D) of the logits of `targets` (B,), after the last step of x (T, B), towards every step's input.

    x begins from zero states; -1: nothing read, the row starts anew, and no gradient passes. D is the embedding's size,
    or V where inputs are one-hot. The input is the table's row, so that of an embedded token is its embedding.
    """
    architecture, views = network.architecture, network.views
    seen = network.trace(x.astype(np.int32), network.zero_state(x.shape[1]))
    started = x < 0
    above = np.zeros((*x.shape, architecture.units), np.float32)  # gradient of this layer's outputs h
    said = above[-1] = views[architecture.output][targets]
    for layer in reversed(range(architecture.layers)):
        kept = {name: values[:, :, layer] for name, values in seen.items() if name in "fiogch"}
        weights = {name: views[f"layers.{layer}.{name}"] for name in ("W", "U")}
        if architecture.cell == "rnn":
            gates = _rnn(above, kept, weights["U"], started)
        else:
            peepholes = views.get(f"layers.{layer}.p")
            gates = _lstm(above, kept, weights["U"], peepholes, started, architecture.squashing == "identity")
        T, B = x.shape
        size = weights["W"].shape[-1]
        above = (gates.reshape(T * B, -1) @ weights["W"].reshape(-1, size)).reshape(T, B, size)
        if layer and architecture.skip_sum:
            above[-1] += said
    above[started] = 0.0  # nothing was read there
    return above


def _before(states: Float32Array, started: BoolArray) -> Float32Array:
    """States (T, B, H) that each step began with."""
    before = np.zeros_like(states)
    before[1:] = states[:-1]
    before[started] = 0.0
    return before


def _rnn(above: Float32Array, kept: dict[str, Float32Array], U: Float32Array, started: BoolArray) -> Float32Array:
    """Gradients of the pre-activations (T, B, 1, H)."""
    found = np.zeros((*above.shape[:2], 1, above.shape[2]), np.float32)
    dh = np.zeros_like(above[0])
    for t in reversed(range(len(above))):
        found[t, :, 0] = (dh + above[t]) * (1.0 - np.square(kept["h"][t]))
        dh = found[t, :, 0] @ U[0]
        dh[started[t]] = 0.0
    return found


def _lstm(
    above: Float32Array,
    kept: dict[str, Float32Array],
    U: Float32Array,
    peepholes: Float32Array | None,
    started: BoolArray,
    identity: bool,
) -> Float32Array:
    """Gradients of the pre-activations (T, B, 4, H), in the order f, i, o, g."""
    T, B, H = above.shape
    found = np.zeros((T, B, 4, H), np.float32)
    flat = np.ascontiguousarray(U.reshape(4 * H, H))
    p_f, p_i, p_o = np.zeros((3, H), np.float32) if peepholes is None else peepholes
    c_before = _before(kept["c"], started)
    dh, dc = np.zeros((B, H), np.float32), np.zeros((B, H), np.float32)
    for t in reversed(range(T)):
        f, i, o, g, c = (kept[name][t] for name in "fiogc")
        squashed = c if identity else np.tanh(c)
        dh = dh + above[t]
        da_o = dh * squashed * o * (1.0 - o)
        dc = dc + dh * o * (1.0 if identity else 1.0 - np.square(squashed)) + da_o * p_o
        da_f = dc * c_before[t] * f * (1.0 - f)
        da_i = dc * g * i * (1.0 - i)
        da_g = dc * i * (1.0 - np.square(g))
        found[t] = np.stack([da_f, da_i, da_o, da_g], axis=1)
        dc = dc * f + da_f * p_f + da_i * p_i
        dh = found[t].reshape(B, 4 * H) @ flat
        dh[started[t]], dc[started[t]] = 0.0, 0.0
    return found
