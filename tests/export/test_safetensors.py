"""The .safetensors file, read back by hand: names, order of gates, and metadata."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import UsageError
from lstmgen.export.forms import EXPORT_FORMS
from lstmgen.export.stacked import GateOrder, gate_order
from tests.export.kinds import KINDS, Kind


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays and metadata, with every byte accounted for."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header, at, arrays = json.loads(data[8:start]), 0, {}
    metadata = header.pop("__metadata__")
    assert start % 8 == 0
    for name, one in header.items():
        begin, end = one["data_offsets"]
        assert begin == at
        kind = {"F32": "<f4", "F16": "<f2"}[one["dtype"]]
        arrays[name] = np.frombuffer(data[start + begin : start + end], kind).reshape(one["shape"])
        at = end
    assert start + at == len(data)
    return arrays, metadata


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_number_by_pytorchs_names(kind: Kind, tmp_path: Path) -> None:
    model = kind.model()
    model.export(tmp_path / "m.safetensors")
    arrays, about = read(tmp_path / "m.safetensors")
    ours, H = model.file.arrays, kind.units
    order = {4: (1, 0, 3, 2), 3: (0, 1, 2), 1: (0,)}[len(ours["layers.0.b"])]
    for k in range(kind.layers):
        for name, theirs in (("W", "weight_ih"), ("U", "weight_hh"), ("b", "bias_ih")):
            wanted = np.concatenate([ours[f"layers.{k}.{name}"][gate] for gate in order])
            np.testing.assert_array_equal(arrays.pop(f"rnn.{theirs}_l{k}"), wanted)
        recurrent = arrays.pop(f"rnn.bias_hh_l{k}")
        np.testing.assert_array_equal(recurrent[2 * H :], ours.get(f"layers.{k}.b_hn", 0 * recurrent[2 * H :]))
        assert not recurrent[: 2 * H].any()
        if kind.cell == "peephole":
            f, i, o = ours[f"layers.{k}.p"]
            np.testing.assert_array_equal(arrays.pop(f"rnn.peephole_l{k}"), np.concatenate([i, f, o]))
    if kind.embedding:
        np.testing.assert_array_equal(arrays.pop("embedding.weight"), ours["embedding"])
    if not kind.tied:
        np.testing.assert_array_equal(arrays.pop("output.weight"), ours["output.W"])
    np.testing.assert_array_equal(arrays.pop("output.bias"), ours["output.b"])
    assert arrays == {}
    assert json.loads(about["vocabulary"]) == kind.tokens
    assert all(type(value) is str for value in about.values())


def test_the_module_comes_with_its_weights(tmp_path: Path) -> None:
    model = Kind("gru", 2).model()
    model.export(tmp_path / "fox.py", weights="float16", title="Foxes")
    model.export(tmp_path / "alone.safetensors", weights="float16", title="Foxes")
    assert (tmp_path / "fox.safetensors").read_bytes() == (tmp_path / "alone.safetensors").read_bytes()
    arrays, about = read(tmp_path / "fox.safetensors")
    assert {array.dtype for array in arrays.values()} == {np.dtype("<f2")}
    assert (about["title"], about["cell"]) == ("Foxes", "gru")
    source = (tmp_path / "fox.py").read_text("utf-8")
    compile(source, "fox.py", "exec")
    assert max(map(len, source.splitlines())) <= 120
    assert sorted(line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))) == [
        "json", "pathlib", "re", "torch", "torch", "torch.nn.functional",
    ]  # fmt: skip


def test_a_cell_that_pytorch_and_onnx_do_not_have() -> None:
    facts = replace(CELL_FACTS["gru"], name="mgu", title="minimal gated unit")
    with pytest.raises(UsageError, match=r"A \.onnx file has no minimal gated unit\.\n`lstmgen export --list`"):
        gate_order({"gru": GateOrder("GRU", "zrn")}, facts, ".onnx")


def test_the_table_of_differences_has_every_kind() -> None:
    table = (Path(__file__).parents[1] / "bench" / "EXPORT.md").read_text("utf-8")
    rows = {line.split(" | ")[0]: line for line in table.splitlines() if line.startswith("| ")}
    assert {f"| {kind}" for kind in KINDS} <= rows.keys()
    numbers = [float(number) for number in re.findall(r"\d\.\de-\d\d", table)]
    assert len(numbers) > 3 * len(KINDS) and max(numbers) < 1e-4


def test_every_form_says_what_it_carries_and_loses() -> None:
    for form in EXPORT_FORMS.values():
        assert form.carries and form.loses
        assert not form.beside or form.beside in EXPORT_FORMS
