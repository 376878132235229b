"""How much what comes next hangs on each token read before: gradients of a logit towards the inputs, back in time.

The connectivity of Madsen 2019 ("Visualizing memorization in RNNs", Distill): the Euclidean norm of the gradient of the
logit of the token that really came, towards the input k tokens before it (k = 1: the last one read).

T time steps, B rows, L layers, H units, D input size, V vocabulary; gates f, i, o, g.
"""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import BoolArray, Float32Array, IntArray
from lstmgen.network import InferenceNetwork


def input_gradients(network: InferenceNetwork, x: IntArray, targets: IntArray) -> Float32Array:
    """Gradients (T, B, D) of the logits of `targets` (B,), after the last step of x (T, B), towards every step's input.

    x begins from zero states; -1: nothing read, the row starts anew, and no gradient passes. D is the embedding's size,
    or V where inputs are one-hot. The input is the table's row, so that of an embedded token is its embedding.
    """
    architecture, views, cell = network.architecture, network.views, network.cell
    traced = network.trace(x.astype(np.int32), network.zero_state(x.shape[1]))
    started = x < 0
    above = np.zeros((*x.shape, architecture.units), np.float32)  # gradient of this layer's outputs h
    read_out = above[-1] = views[architecture.output_name][targets]
    for layer in reversed(range(architecture.layers)):
        values = {letter: traced[letter][:, :, layer] for letter in (*cell.gates, *cell.states)}
        gates = _through_time(network, layer, values, above, started)
        above = np.tensordot(gates, views[f"layers.{layer}.W"], axes=2)
        if layer and architecture.skip_sum:
            above[-1] += read_out
    above[started] = 0.0  # nothing was read there
    return above


def _through_time(
    network: InferenceNetwork, layer: int, values: dict[str, Float32Array], above: Float32Array, started: BoolArray
) -> Float32Array:
    """Gradients of a layer's W x + b (T, B, G, H) from those of its outputs, `above` (T, B, H).

    values (T, B, H) by letter: what the layer computed.
    """
    cell, weights = network.cell, network.layer_weights(layer)
    identity = network.architecture.squashing == "identity"
    after = np.stack([values[letter] for letter in cell.states], axis=1)  # (T, S, B, H)
    before = np.concatenate([np.zeros_like(after[:1]), after[:-1]])
    before.swapaxes(1, 2)[started] = 0.0
    gradients, carried = [], np.zeros_like(after[0])
    for t in reversed(range(len(above))):
        carried[-1] += above[t]
        now = {letter: each[t] for letter, each in values.items()}
        d_inputs, carried = cell.step_back(weights, now, before[t], carried, identity)
        carried[:, started[t]] = 0.0
        gradients.append(d_inputs)
    return np.stack(gradients[::-1])
