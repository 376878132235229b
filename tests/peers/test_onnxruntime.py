"""LSTM, with peepholes and without, and GRU against ONNX Runtime's operators: every layer's states."""

import numpy as np
import pytest

from tests import naive
from tests.network.cases import Case, assert_outputs, both
from tests.peers.mapping import ONNX, ONNX_PEEPHOLES, gates, recurrent_bias

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

CASES = [
    Case(cell, "tanh", V=V, E=E, H=H, L=L, B=B, T=12)
    for cell in ("peephole", "lstm", "gru")
    for V, E, H, L, B in ((5, 0, 1, 1, 1), (65, 9, 17, 2, 7), (30, 0, 64, 3, 5), (65, 16, 200, 1, 9))
]


def layer_by_onnx(arrays, layer, x, before):
    """Outputs (T, B, H) and final states (S, B, H) of one layer by the operator, in float32."""
    W, U, b = (arrays[f"layers.{layer}.{name}"] for name in "WUb")
    order = ONNX[len(b)]
    feeds = {
        "X": x,
        "W": gates(W, order)[None],
        "R": gates(U, order)[None],
        "B": np.concatenate([gates(b, order), recurrent_bias(arrays, layer)])[None],
        "initial_h": before[-1][None],
    }
    if len(before) == 2:
        feeds["initial_c"] = before[0][None]
    if f"layers.{layer}.p" in arrays:
        feeds["P"] = gates(arrays[f"layers.{layer}.p"], ONNX_PEEPHOLES)[None]
    feeds = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in feeds.items()}
    wanted = [name if name in feeds else "" for name in ("X", "W", "R", "B", "", "initial_h", "initial_c", "P")]
    results = ["Y", "Y_h", "Y_c"][: 1 + len(before)]
    if len(before) == 2:
        node = onnx.helper.make_node("LSTM", wanted, results, hidden_size=U.shape[-1])
    else:
        wanted, reset = wanted[:6], {"linear_before_reset": 1}
        node = onnx.helper.make_node("GRU", wanted, results, hidden_size=U.shape[-1], **reset)
    number = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "layer",
        [onnx.helper.make_tensor_value_info(name, number, array.shape) for name, array in feeds.items()],
        [onnx.helper.make_tensor_value_info(name, number, None) for name in results],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    Y, *states = session.run(None, feeds)
    return Y[:, 0], np.concatenate(states[::-1])


def by_onnx(case, arrays, window):
    """Each layer's outputs (T, B, L, H) and the final states (S, L, B, H)."""
    x = (arrays["embedding"] if case.E else np.eye(case.V))[window.x]
    outputs, ends = [], []
    for layer in range(case.L):
        x, after = layer_by_onnx(arrays, layer, x, window.state[:, layer])
        outputs.append(x)
        ends.append(after)
    return np.stack(outputs, axis=2), np.array(ends).swapaxes(0, 1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_network_and_the_twin_equal_the_operator(case):
    arrays, network, window = both(case, 1, restarts=0.0)
    outputs, end = by_onnx(case, arrays, window)
    assert_outputs(naive.trace(arrays, window.x, window.state64)["h"], outputs, "h of the twin")
    assert_outputs(np.asarray(network.trace(window.x, window.state)["h"]), outputs, "h")
    logits, state = network.logits(window.x, window.state)
    assert_outputs(state, end, "state")
    assert_outputs(logits, outputs[:, :, -1] @ arrays["output.W"].T + arrays["output.b"], "logits")
