"""An ONNX graph of a model, for any number of steps and rows: ids and states in, logits and states out.

    ids     (T, B) int64       states      (S, L, B, H) float32: S the cell's states (c, h or h alone), L layers
    logits  (T, B, V) float32  states_out  as states

An id of -1 at the first step starts its row anew: nothing is read, and the row's states are taken as zeros. Later in a
window it reads nothing but keeps the states, so a document begins a call. The weights go into ONNX's own LSTM, GRU and
RNN; the vocabulary and how to start stand in the metadata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.errors import UsageError
from lstmgen.export.protobuf import FieldValue, message
from lstmgen.export.reading import metadata_of
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import rounded_arrays
from lstmgen.export.stacked import GateOrder, gate_order, stacked_layer
from lstmgen.modelfile import ModelFile, architecture_of
from lstmgen.settings import Architecture
from lstmgen.version import __version__

_OPSET, _IR = 17, 8
_LARGEST = 2**31 - 1  # bytes of a protocol buffer
_TYPES = {"<f4": 1, "<i8": 7, "<f2": 10}  # TensorProto.DataType
_FLOAT, _INT64 = _TYPES["<f4"], _TYPES["<i8"]
_ORDERS = {
    "lstm": GateOrder("LSTM", "iofg"),
    "peephole": GateOrder("LSTM", "iofg", "iof"),
    "gru": GateOrder("GRU", "zrn"),
    "rnn": GateOrder("RNN", "h"),
}
_ABOUT = " ".join((__doc__ or "").split())

_Attribute = int | Sequence[str] | Sequence[float]


def onnx_model(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole file: the ModelProto's bytes."""
    arrays = {name: array.numbers for name, array in rounded_arrays(file.arrays, request.weights).items()}
    architecture = architecture_of(file.header)
    content = message(
        {
            1: _IR,
            2: "lstmgen",
            3: __version__,
            7: _Graph(architecture, arrays).proto(),
            8: message({1: "", 2: _OPSET}),
            14: [message({1: key, 2: text}) for key, text in metadata_of(file, request).items()],
        }
    )
    if len(content) > _LARGEST:
        raise UsageError("An .onnx file holds at most 2 GB, which this model exceeds.\nExport it as .safetensors.")
    return content


class _Graph:
    """Nodes and weights, in the order in which they are computed."""

    def __init__(self, architecture: Architecture, arrays: Mapping[str, AnyArray]) -> None:
        self.architecture, self.arrays = architecture, arrays
        self.order = gate_order(_ORDERS, architecture.facts, ".onnx")
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []

    def proto(self) -> bytes:
        """The GraphProto of the whole network."""
        sizes, states = self.architecture, len(self.architecture.facts.states)
        table, first_W = self._input_side()
        x = self._node("Gather", [self._weights("table", table), "ids"], "input")
        outputs, after = [], list[list[str]]()
        before = self._states_before()
        for layer in range(sizes.layers):
            x, ends = self._layer(layer, x, before, first_W if layer == 0 else None)
            outputs.append(x)
            after.append(ends)
        each = [self._node("Concat", [ends[s] for ends in after], f"states_{s}", axis=0) for s in range(states)]
        rows = [self._node("Unsqueeze", [one, self._whole([0])], f"{one}_row") for one in each]
        self._node("Concat", rows, "states_out", axis=0)
        read = self._node("Sum", outputs, "read") if sizes.skip_sum else x
        self._node("Add", [self._node("MatMul", [read, self._output_weights()], "products"),
                           self._weights("output.b", self.arrays["output.b"])], "logits")  # fmt: skip
        shape: list[str | int] = [states, sizes.layers, "B", sizes.units]
        return message(
            {
                1: self.nodes,
                2: "lstmgen",
                5: self.tensors,
                10: _ABOUT,
                11: [_value("ids", _INT64, ["T", "B"]), _value("states", _FLOAT, shape)],
                12: [_value("logits", _FLOAT, ["T", "B", sizes.vocabulary]), _value("states_out", _FLOAT, shape)],
            }
        )

    def _input_side(self) -> tuple[AnyArray, AnyArray]:
        """Rows by id, a last one of zeros that -1 gathers, and the W of the first layer that goes with them.

        One-hot input is a row of the identity, or, where that has fewer numbers, of W itself, whose place the identity
        then takes.
        """
        W = stacked_layer(self.arrays, 0, self.architecture.facts, self.order).W
        rows = self.arrays.get("embedding")
        if rows is None and W.shape[1] <= W.shape[0]:
            rows = np.eye(W.shape[1], dtype=W.dtype)
        elif rows is None:
            rows, W = W.T, np.eye(W.shape[0], dtype=W.dtype)
        return np.concatenate([rows, np.zeros_like(rows[:1])]), W

    def _states_before(self) -> str:
        """The states that came in, zero in rows that start anew."""
        first = self._node("Gather", ["ids", self._whole(0)], "first_ids", axis=0)
        anew = self._node("Less", [first, self._whole(0)], "anew")
        column = self._node("Unsqueeze", [anew, self._whole([1])], "anew_column")
        zero = self._tensor("zero", np.zeros((), "<f4"))
        return self._node("Where", [column, zero, "states"], "states_before")

    def _layer(self, layer: int, x: str, before: str, W: AnyArray | None) -> tuple[str, list[str]]:
        """Names of the layer's outputs (T, B, H) and of its states afterwards, (1, B, H) each."""
        facts, name = self.architecture.facts, f"layers.{layer}"
        own = stacked_layer(self.arrays, layer, facts, self.order)
        initial = {}
        for s, letter in enumerate(facts.states):
            one = self._node("Gather", [before, self._whole(s)], f"{name}.{letter}.all", axis=0)
            initial[letter] = self._node("Gather", [one, self._whole([layer])], f"{name}.{letter}.before", axis=0)
        inputs = [
            x,
            self._weights(f"{name}.W", (own.W if W is None else W)[None]),
            self._weights(f"{name}.R", own.U[None]),
            self._weights(f"{name}.B", np.concatenate([own.b, own.recurrent_bias])[None]),
            "",  # all rows are as long as the window
            initial["h"],
        ]
        attributes: dict[str, _Attribute] = {"hidden_size": self.architecture.units}
        ends = {letter: f"{name}.{letter}" for letter in facts.states}
        if "c" in ends:
            inputs.append(initial["c"])
        if own.p is not None:
            inputs.append(self._weights(f"{name}.P", own.p[None]))
        if "b_hn" in facts.extra:
            attributes["linear_before_reset"] = 1
        if self.architecture.squashing == "identity":  # without alpha and beta, ONNX Runtime computes something else
            attributes |= {"activations": ["Sigmoid", "Tanh", "Affine"], "activation_alpha": [1.0]}
            attributes["activation_beta"] = [0.0]
        results = [f"{name}.Y", ends["h"], *([ends["c"]] if "c" in ends else [])]
        self._add_node(self.order.name, inputs, results, attributes)
        return self._node("Squeeze", [results[0], self._whole([1])], f"{name}.output"), list(ends.values())

    def _output_weights(self) -> str:
        """The name of output.W as a product needs it, (H, V)."""
        if self.architecture.tied:  # the table without its last row
            ends = [self._whole([at]) for at in (0, self.architecture.vocabulary, 0)]
            W = self._node("Slice", ["table", *ends], "output.W")
        else:
            W = self._weights("output.W", self.arrays["output.W"])
        return self._node("Transpose", [W], "output.W.transposed")

    def _node(self, operator: str, inputs: Sequence[str], output: str, **attributes: _Attribute) -> str:
        """Add a node of one output, whose name is returned."""
        self._add_node(operator, inputs, [output], attributes)
        return output

    def _add_node(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, _Attribute]
    ) -> None:
        listed = [_attribute(name, value) for name, value in attributes.items()]
        self.nodes.append(message({1: list(inputs), 2: list(outputs), 3: outputs[0], 4: operator, 5: listed}))

    def _weights(self, name: str, array: AnyArray) -> str:
        """Add weights, turned into float32 where they are not; their name."""
        if array.dtype == np.float32:
            return self._tensor(name, array)
        return self._node("Cast", [self._tensor(f"{name}.stored", array)], name, to=_FLOAT)

    def _whole(self, value: int | list[int]) -> str:
        """The name of a constant of whole numbers."""
        return self._tensor(f"whole.{len(self.tensors)}", np.asarray(value, "<i8"))

    def _tensor(self, name: str, array: AnyArray) -> str:
        kind = _TYPES[array.dtype.newbyteorder("<").str]
        data = array.astype(array.dtype.newbyteorder("<")).tobytes()
        self.tensors.append(message({1: array.shape, 2: kind, 8: name, 9: data}))
        return name


def _attribute(name: str, value: _Attribute) -> bytes:
    """An AttributeProto: its value in the field of its type, and the type."""
    if isinstance(value, int):
        fields: dict[int, FieldValue] = {3: value, 20: 2}
    elif isinstance(value[0], str):
        fields = {9: value, 20: 8}
    else:
        fields = {7: value, 20: 6}
    return message({1: name, **fields})


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    """A ValueInfoProto: numbers of the shape are sizes, texts stand for any size."""
    sizes = [message({1: size} if isinstance(size, int) else {2: size}) for size in shape]
    return message({1: name, 2: message({1: message({1: kind, 2: message({1: sizes})})})})
