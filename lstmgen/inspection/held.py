"""What a unit is good for: the loss over a text with the unit's output held at one value.

A plain float32 forward pass of all layers; h of the unit is overwritten at every step, for its own layer's next step,
for the layer above and for the output alike, which are all the ways out of a unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from lstmgen.network import Network

Floats = npt.NDArray[np.float32]


def losses_with_unit_held(
    network: Network,
    ids: npt.NDArray[np.integer[Any]],
    layer: int,
    unit: int,
    value: float | None,
    *,
    newline: int | None = None,
) -> npt.NDArray[np.float64]:
    """Nats of each token of `ids` (T,), read from nothing, with h of the unit at `value` (None: left alone).

    newline: the id after which everything starts anew.
    """
    from lstmgen.inspection.trace import inputs_of

    x = inputs_of(ids, newline)[:-1]
    outputs = _outputs(network, x, layer, unit, value)
    logits = outputs @ network.views["output.W"].T + network.views["output.b"]
    logits -= logits.max(axis=1, keepdims=True)
    scores = logits[np.arange(len(ids)), ids] - np.log(np.exp(logits).sum(axis=1))
    return np.asarray(-scores, np.float64)


def _outputs(network: Network, x: npt.NDArray[np.int32], layer: int, unit: int, value: float | None) -> Floats:
    """h of the last layer after every step, (T, H)."""
    architecture, views = network.architecture, network.views
    going_up = np.zeros((0, 0), np.float32)
    for k in range(architecture.layers):
        W, U, b = (views[f"layers.{k}.{name}"] for name in "WUb")
        size = W.shape[0] * W.shape[1]
        flat = W.reshape(size, -1)
        if k:
            inputs = going_up @ flat.T
        else:
            table = views["embedding"] @ flat.T if architecture.embedding else flat.T
            inputs = np.where(x[:, None] >= 0, table[np.maximum(x, 0)], np.float32(0.0))
        held = None if value is None or k != layer else (unit, value)
        inputs = (inputs + b.reshape(size)).reshape(len(x), len(W), -1)
        if architecture.cell == "rnn":
            going_up = _rnn(inputs, U, x, held)
        else:
            peepholes = views.get(f"layers.{k}.p")
            going_up = _lstm(inputs, U, peepholes, x, held, architecture.squashing == "identity")
    return going_up


def _rnn(inputs: Floats, U: Floats, x: npt.NDArray[np.int32], held: tuple[int, float] | None) -> Floats:
    found = np.empty((len(x), U.shape[-1]), np.float32)
    h = np.zeros(U.shape[-1], np.float32)
    for t in range(len(x)):
        if x[t] < 0:
            h = np.zeros_like(h)
        h = np.tanh(inputs[t, 0] + U[0] @ h)
        if held is not None:
            h[held[0]] = held[1]
        found[t] = h
    return found


def _lstm(
    inputs: Floats, U: Floats, peepholes: Floats | None, x: npt.NDArray[np.int32], held: tuple[int, float] | None,
    identity: bool,
) -> Floats:  # fmt: skip
    H = U.shape[-1]
    found, flat = np.empty((len(x), H), np.float32), np.ascontiguousarray(U.reshape(4 * H, H))
    p_f, p_i, p_o = np.zeros((3, H), np.float32) if peepholes is None else peepholes
    h, c = np.zeros(H, np.float32), np.zeros(H, np.float32)
    for t in range(len(x)):
        if x[t] < 0:
            h, c = np.zeros_like(h), np.zeros_like(c)
        a_f, a_i, a_o, a_g = inputs[t] + (flat @ h).reshape(4, H)
        c = _logistic(a_f + p_f * c) * c + _logistic(a_i + p_i * c) * np.tanh(a_g)
        h = _logistic(a_o + p_o * c) * (c if identity else np.tanh(c))
        if held is not None:
            h[held[0]] = held[1]
        found[t] = h
    return found


def _logistic(a: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * a), np.float32)
