"""An .onnx file read back and computed in plain numpy, from the specifications; nothing of the package is imported."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

TYPES = {1: np.dtype("<f4"), 7: np.dtype("<i8"), 10: np.dtype("<f2")}


def fields(data: bytes) -> dict[int, list]:
    """All fields of a message by number: numbers, floats or bytes."""
    read, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            assert key & 7 == 2
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
            assert len(value) == length
        read.setdefault(key >> 3, []).append(value)
    return read


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number, and where it ends."""
    value, shift = 0, 0
    while data[at] & 0x80:
        value, shift, at = value | (data[at] & 0x7F) << shift, shift + 7, at + 1
    return value | data[at] << shift, at + 1


@dataclass
class Node:
    """An operator, its attributes, and the names that go in and come out."""

    operator: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict = field(default_factory=dict)


class OnnxFile:
    """What a file holds: metadata, tensors by name, nodes, and inputs and outputs with their shapes."""

    def __init__(self, data: bytes) -> None:
        model = fields(data)
        graph = fields(model[7][0])
        self.ir, self.opset = model[1][0], fields(model[8][0])[2][0]
        entries = map(fields, model[14])
        self.metadata = {one[1][0].decode(): one[2][0].decode() for one in entries}
        self.tensors = dict(map(tensor, graph[5]))
        self.nodes = [node(one) for one in graph[1]]
        self.inputs, self.outputs = ([shaped(one) for one in graph[number]] for number in (11, 12))

    def run(self, ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits and states afterwards, in float64."""
        values = {name: a.astype(np.float64) if a.dtype.kind == "f" else a for name, a in self.tensors.items()}
        values |= {"ids": ids, "states": states.astype(np.float64), "": None}
        for one in self.nodes:
            given = [values[name] for name in one.inputs]
            results = OPERATORS[one.operator](*given, **one.attributes)
            values |= dict(zip(one.outputs, results if isinstance(results, tuple) else (results,), strict=True))
        return values["logits"], values["states_out"]


def tensor(data: bytes) -> tuple[str, np.ndarray]:
    one = fields(data)
    return one[8][0].decode(), np.frombuffer(one[9][0], TYPES[one[2][0]]).reshape(one.get(1, []))


def node(data: bytes) -> Node:
    one, attributes = fields(data), {}
    for each in map(fields, one.get(5, [])):
        value = {2: lambda a: a[3][0], 6: lambda a: a[7], 8: lambda a: [s.decode() for s in a[9]]}[each[20][0]](each)
        attributes[each[1][0].decode()] = value
    inputs, outputs = ([name.decode() for name in one[number]] for number in (1, 2))
    return Node(one[4][0].decode(), inputs, outputs, attributes)


def shaped(data: bytes) -> tuple[str, list]:
    one = fields(data)
    kind = fields(fields(one[2][0])[1][0])
    sizes = [fields(size) for size in fields(kind[2][0])[1]]
    return one[1][0].decode(), [size[1][0] if 1 in size else size[2][0].decode() for size in sizes]


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def lstm(x, W, R, B, lengths, h, c, P=None, *, hidden_size, activations=(), activation_alpha=(), activation_beta=()):
    """https://onnx.ai/onnx/operators/onnx__LSTM.html, one direction: gates i, o, f, c; peepholes i, o, f."""
    assert lengths is None
    squash = np.tanh
    if activations:
        assert (list(activations), activation_alpha, activation_beta) == (["Sigmoid", "Tanh", "Affine"], [1.0], [0.0])
        squash = np.asarray
    H = hidden_size
    p = np.split(np.zeros(3 * H) if P is None else P[0], 3)
    h, c, Y = h[0], c[0], []
    for now in x:
        i, o, f, g = np.split(now @ W[0].T + h @ R[0].T + B[0, : 4 * H] + B[0, 4 * H :], 4, axis=-1)
        c = sigmoid(f + p[2] * c) * c + sigmoid(i + p[0] * c) * np.tanh(g)
        h = sigmoid(o + p[1] * c) * squash(c)
        Y.append(h)
    return np.stack(Y)[:, None], h[None], c[None]


def gru(x, W, R, B, lengths, h, *, hidden_size, linear_before_reset):
    """https://onnx.ai/onnx/operators/onnx__GRU.html: gates z, r, h."""
    assert lengths is None and linear_before_reset == 1
    h, Y = h[0], []
    for now in x:
        a_z, a_r, a_n = np.split(now @ W[0].T + B[0, : 3 * hidden_size], 3, axis=-1)
        u_z, u_r, u_n = np.split(h @ R[0].T + B[0, 3 * hidden_size :], 3, axis=-1)
        z = sigmoid(a_z + u_z)
        h = (1 - z) * np.tanh(a_n + sigmoid(a_r + u_r) * u_n) + z * h
        Y.append(h)
    return np.stack(Y)[:, None], h[None]


def rnn(x, W, R, B, lengths, h, *, hidden_size):
    """https://onnx.ai/onnx/operators/onnx__RNN.html, with tanh."""
    assert lengths is None
    h, Y = h[0], []
    for now in x:
        h = np.tanh(now @ W[0].T + h @ R[0].T + B[0, :hidden_size] + B[0, hidden_size:])
        Y.append(h)
    return np.stack(Y)[:, None], h[None]


OPERATORS = {
    "Gather": lambda data, at, axis=0: np.take(data, at, axis=axis),
    "Less": np.less,
    "Where": np.where,
    "Unsqueeze": lambda data, axes: np.expand_dims(data, tuple(axes)),
    "Squeeze": lambda data, axes: np.squeeze(data, tuple(axes)),
    "Concat": lambda *parts, axis: np.concatenate(parts, axis=axis),
    "Slice": lambda data, start, end, axes: data[start[0] : end[0]] if list(axes) == [0] else None,
    "Transpose": lambda data: data.T,
    "Cast": lambda data, to: data if to == 1 else None,
    "Sum": lambda *parts: sum(parts),
    "Add": np.add,
    "MatMul": np.matmul,
    "LSTM": lstm,
    "GRU": gru,
    "RNN": rnn,
}
