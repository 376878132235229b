"""Our arrays in the order of others. LSTM: torch has i, f, g, o, ONNX i, o, f, c; ours are f, i, o, g. GRU: torch has
r, z, n as we do, ONNX z, r, h."""

import numpy as np

TORCH = {4: (1, 0, 3, 2), 3: (0, 1, 2), 1: (0,)}  # by the number of gates
ONNX = {4: (1, 2, 0, 3), 3: (1, 0, 2)}
ONNX_PEEPHOLES = (1, 2, 0)  # p_i, p_o, p_f


def gates(array, order):
    """(G, H, ...) with its gates in another order, as (G * H, ...)."""
    return np.concatenate([array[k] for k in order])


def torch_parameters(arrays, layer):
    """Name -> array of one layer of torch.nn.LSTM, GRU or RNN."""
    W, U, b = (arrays[f"layers.{layer}.{name}"] for name in "WUb")
    order = TORCH[len(b)]
    return {
        f"weight_ih_l{layer}": gates(W, order),
        f"weight_hh_l{layer}": gates(U, order),
        f"bias_ih_l{layer}": gates(b, order),
        f"bias_hh_l{layer}": recurrent_bias(arrays, layer),
    }


def recurrent_bias(arrays, layer):
    """The bias beside U h' (G H), in our order: of the GRU's n, which is last everywhere, else zero."""
    bias = np.zeros(arrays[f"layers.{layer}.b"].size)
    if f"layers.{layer}.b_hn" in arrays:
        bias[-arrays[f"layers.{layer}.b_hn"].size :] = arrays[f"layers.{layer}.b_hn"]
    return bias
