"""ONNX Runtime's side of sampling: its LSTM operator, one token of each text a call, drawn with numpy."""

import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.bench.rows import COMPARED, Row
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
        r, steps, written = self.row, max(1, count // self.row.B), []
        ids, logits = np.zeros((1, r.B), np.int64), np.zeros((1, r.B, r.V), np.float32)
        there_and_back = self.bound(ids, logits)
        uniforms = np.random.default_rng(0).random((steps, r.B))
        begun = time.perf_counter()
        for k, u in enumerate(uniforms):
            self.session.run_with_iobinding(there_and_back[k % 2])
            ids[0] = draw(logits[0], u)
            written.append(ids[0].tolist())
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "done": steps * r.B, "ids": np.ravel(written[:COMPARED]).tolist()}

    def bound(self, ids, logits):
        """Runs from one set of states to another and back, in arrays that stay where they are: no copies, no dicts."""
        self.states = np.zeros((2, 2 * self.row.L, 1, self.row.B, self.row.H), np.float32)
        names, runs = [f"{s}{k}" for k in range(self.row.L) for s in ("h", "c")], []
        for before, after in (self.states, self.states[::-1]):
            run = self.session.io_binding()
            run.bind_input("id", "cpu", 0, np.int64, ids.shape, ids.ctypes.data)
            run.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
            for name, given, made in zip(names, before, after, strict=True):
                run.bind_input(name, "cpu", 0, np.float32, given.shape, given.ctypes.data)
                run.bind_output(f"{name}_after", "cpu", 0, np.float32, made.shape, made.ctypes.data)
            runs.append(run)
        return runs


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
