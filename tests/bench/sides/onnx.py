"""ONNX Runtime's side of sampling: its LSTM operator, one token of each text a call, drawn with numpy."""

import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.bench.rows import CALL, Row
from tests.bench.sides.serve import serve

ORDER = [1, 2, 0, 3]  # ours f, i, o, g; ONNX's i, o, f, c


def build(row: Row, weights) -> bytes:
    """The graph: ids (1, B) and states in, logits and states out."""
    constants, nodes, inputs, outputs = [], [], [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    inputs.append(helper.make_tensor_value_info("id", TensorProto.INT64, [1, row.B]))
    nodes.append(helper.make_node("Gather", [constant("embedding", weights["embedding"]), "id"], ["x0"]))
    for k in range(row.L):
        W, U, b = (weights[f"layers.{k}.{name}"][ORDER] for name in "WUb")
        W = constant(f"W{k}", W.reshape(1, 4 * row.H, -1))
        R = constant(f"R{k}", U.reshape(1, 4 * row.H, row.H))
        B = constant(f"B{k}", np.concatenate([b.reshape(1, -1), np.zeros((1, 4 * row.H), np.float32)], 1))
        for name in (f"h{k}", f"c{k}"):
            inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, row.B, row.H]))
            outputs.append(helper.make_tensor_value_info(name + "_after", TensorProto.FLOAT, [1, row.B, row.H]))
        given = [f"x{k}", W, R, B, "", f"h{k}", f"c{k}"]
        nodes.append(helper.make_node("LSTM", given, [f"y{k}", f"h{k}_after", f"c{k}_after"], hidden_size=row.H))
        axis = constant(f"axis{k}", np.array([1], np.int64))
        nodes.append(helper.make_node("Squeeze", [f"y{k}", axis], [f"x{k + 1}"]))
    output = constant("output.W", weights["output.W"].T)
    nodes.append(helper.make_node("MatMul", [f"x{row.L}", output], ["product"]))
    nodes.append(helper.make_node("Add", ["product", constant("output.b", weights["output.b"])], ["logits"]))
    outputs.insert(0, helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, row.B, row.V]))
    graph = helper.make_graph(nodes, "language", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


class Side:
    """The session in hand."""

    def start(self, row, threads, weights):
        """Make the session from our weights."""
        self.row = Row(**row)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        code = build(self.row, np.load(weights))
        self.session = onnxruntime.InferenceSession(code, options, providers=["CPUExecutionProvider"])
        return {"version": onnxruntime.__version__}

    def sample(self, count):
        """Draw about `count` tokens at temperature 0.8, for B texts at once."""
        r, steps = self.row, max(1, count // self.row.B)
        names = [f"{s}{k}" for k in range(r.L) for s in ("h", "c")]
        feed = {name: np.zeros((1, r.B, r.H), np.float32) for name in names}
        feed["id"] = np.zeros((1, r.B), np.int64)
        uniforms = np.random.default_rng(0).random((steps, r.B))
        begun = time.perf_counter()
        written = []
        for u in uniforms:
            logits, *states = self.session.run(None, feed)
            feed["id"][0] = ids = draw(logits[0], u)
            written.append(ids)
            feed.update(zip(names, states, strict=True))
        return {"seconds": time.perf_counter() - begun, "done": steps * r.B, "ids": np.ravel(written[:CALL]).tolist()}


def draw(logits, u):
    """A token for each row of logits (B, V) from its number u (B,) in [0, 1), at temperature 0.8."""
    sums = np.cumsum(np.exp((logits - logits.max(1, keepdims=True)) / np.float32(0.8)), axis=1)
    if len(u) == 1:  # the quicker way, for one
        ids = np.searchsorted(sums[0], u * sums[0, -1], side="right")
    else:
        ids = (sums <= u[:, None] * sums[:, -1:]).sum(1)
    return np.minimum(ids, logits.shape[1] - 1)


if __name__ == "__main__":
    side = Side()
    serve({"start": side.start, "sample": side.sample})
