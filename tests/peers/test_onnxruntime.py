"""The LSTM with peepholes against ONNX Runtime's LSTM operator, whose input P holds them: every layer's h and c."""

import numpy as np
import pytest

from tests import naive
from tests.network.cases import Case, assert_outputs, both
from tests.peers.mapping import ONNX, ONNX_PEEPHOLES, gates

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

CASES = [
    Case(cell, "tanh", V=V, E=E, H=H, L=L, B=B, T=12)
    for cell in ("peephole", "lstm")
    for V, E, H, L, B in ((5, 0, 1, 1, 1), (65, 9, 17, 2, 7), (30, 0, 64, 3, 5), (65, 16, 200, 1, 9))
]


def layer_by_onnx(arrays, layer, x, c0, h0):
    """Outputs (T, B, H) and final c and h (B, H) of one layer by the operator, in float32."""
    W, U, b = (arrays[f"layers.{layer}.{name}"] for name in "WUb")
    feeds = {
        "X": x,
        "W": gates(W, ONNX)[None],
        "R": gates(U, ONNX)[None],
        "B": np.concatenate([gates(b, ONNX), np.zeros(b.size)])[None],
        "initial_h": h0[None],
        "initial_c": c0[None],
    }
    if f"layers.{layer}.p" in arrays:
        feeds["P"] = gates(arrays[f"layers.{layer}.p"], ONNX_PEEPHOLES)[None]
    feeds = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in feeds.items()}
    wanted = ["X", "W", "R", "B", "", "initial_h", "initial_c", "P" if "P" in feeds else ""]
    node = onnx.helper.make_node("LSTM", wanted, ["Y", "Y_h", "Y_c"], hidden_size=U.shape[-1])
    number = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "layer",
        [onnx.helper.make_tensor_value_info(name, number, array.shape) for name, array in feeds.items()],
        [onnx.helper.make_tensor_value_info(name, number, None) for name in ("Y", "Y_h", "Y_c")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    Y, h, c = session.run(None, feeds)
    return Y[:, 0], c[0], h[0]


def by_onnx(case, arrays, window):
    """Each layer's outputs (T, B, L, H) and the final states (2, L, B, H)."""
    x = (arrays["embedding"] if case.E else np.eye(case.V))[window.x]
    outputs, ends = [], []
    for layer in range(case.L):
        x, c, h = layer_by_onnx(arrays, layer, x, *window.state[:, layer])
        outputs.append(x)
        ends.append((c, h))
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
