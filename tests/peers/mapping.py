"""Our arrays in the order of others: torch has the gates i, f, g, o, ONNX i, o, f, c; ours are f, i, o, g."""

import numpy as np

TORCH = (1, 0, 3, 2)
ONNX = (1, 2, 0, 3)
ONNX_PEEPHOLES = (1, 2, 0)  # p_i, p_o, p_f


def gates(array, order):
    """(G, H, ...) with its gates in another order, as (G * H, ...)."""
    order = order if len(array) > 1 else (0,)
    return np.concatenate([array[k] for k in order])


def torch_parameters(arrays, layer):
    """Name -> array of one layer of torch.nn.LSTM or RNN; its second bias is left at zero."""
    W, U, b = (arrays[f"layers.{layer}.{name}"] for name in "WUb")
    return {
        f"weight_ih_l{layer}": gates(W, TORCH),
        f"weight_hh_l{layer}": gates(U, TORCH),
        f"bias_ih_l{layer}": gates(b, TORCH),
        f"bias_hh_l{layer}": np.zeros(b.size),
    }
