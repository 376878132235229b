"""A .safetensors file with PyTorch's names, shapes and order of gates.

The format (https://huggingface.co/docs/safetensors): the length of a header in 8 bytes, the header in JSON, then the
numbers, little-endian, one array after another.

    embedding.weight    (V, E), or nothing for one-hot input
    rnn.weight_ih_l0    (G H, D), and weight_hh_l0 (G H, H), bias_ih_l0, bias_hh_l0 (G H), as nn.LSTM, nn.GRU, nn.RNN
    rnn.peephole_l0     (3 H): those of i, f and o, which nn.LSTM lacks
    output.weight       (V, H), or nothing where it is the embedding; output.bias (V)
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from lstmgen.arrays import AnyArray
from lstmgen.export.reading import metadata_of
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import rounded_arrays
from lstmgen.export.stacked import GateOrder, gate_order, stacked_layer
from lstmgen.modelfile import ModelFile, architecture_of
from lstmgen.settings import Architecture

_ALIGNED = 8  # bytes: the numbers begin at a multiple of them
_TYPES = {"<f4": "F32", "<f2": "F16"}
_ORDERS = {
    "lstm": GateOrder("LSTM", "ifgo"),
    "peephole": GateOrder("LSTM", "ifgo", "ifo"),
    "gru": GateOrder("GRU", "rzn"),
    "rnn": GateOrder("RNN", "h"),
}


def safetensors_file(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole file."""
    arrays = {name: array.numbers for name, array in rounded_arrays(file.arrays, request.weights).items()}
    return _packed(_torch_arrays(architecture_of(file.header), arrays), metadata_of(file, request))


def check_torch_cell(file: ModelFile) -> None:
    """Raise UsageError for a cell whose gates have no order here."""
    gate_order(_ORDERS, architecture_of(file.header).facts, ".safetensors")


def _torch_arrays(architecture: Architecture, arrays: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    """A model's arrays by the names and in the order of gates that PyTorch has."""
    order = gate_order(_ORDERS, architecture.facts, ".safetensors")
    named = {"embedding.weight": arrays["embedding"]} if architecture.embedding else {}
    for k in range(architecture.layers):
        layer = stacked_layer(arrays, k, architecture.facts, order)
        named |= {
            f"rnn.weight_ih_l{k}": layer.W,
            f"rnn.weight_hh_l{k}": layer.U,
            f"rnn.bias_ih_l{k}": layer.b,
            f"rnn.bias_hh_l{k}": layer.recurrent_bias,
        }
        if layer.p is not None:
            named[f"rnn.peephole_l{k}"] = layer.p
    if not architecture.tied:
        named["output.weight"] = arrays["output.W"]
    return named | {"output.bias": arrays["output.b"]}


def _packed(arrays: Mapping[str, AnyArray], metadata: Mapping[str, str]) -> bytes:
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    at = 0
    for name, array in arrays.items():
        end = at + math.prod(array.shape) * array.dtype.itemsize
        kind = _TYPES[array.dtype.newbyteorder("<").str]
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % _ALIGNED)
    numbers = (array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays.values())
    return len(text).to_bytes(8, "little") + text + b"".join(numbers)
