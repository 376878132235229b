"""The .onnx file, read back by a reader of the tests' own and computed from ONNX's specification."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.export.protobuf import message
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import arrays_read_back
from tests.export.differences import equations, largest_difference, zero_states
from tests.export.kinds import KINDS, WORDS, Kind
from tests.export.onnx_reader import OnnxFile, fields


def exported(kind: Kind, folder: Path, **keywords: str) -> OnnxFile:
    kind.model().export(folder / "m.onnx", **keywords)  # type: ignore[arg-type]
    return OnnxFile((folder / "m.onnx").read_bytes())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_graph_computes_the_network(kind: Kind, tmp_path: Path) -> None:
    graph = exported(kind, tmp_path)
    assert largest_difference(kind.model(), graph.run, steps=60) < 1e-9


def test_what_the_file_says(tmp_path: Path) -> None:
    graph = exported(Kind("lstm", 2, 7, 5), tmp_path, title="Foxes\x1b", author="Ada", note="a\nb")
    assert (graph.ir, graph.opset) == (8, 17)
    assert graph.inputs == [("ids", ["T", "B"]), ("states", [2, 2, "B", 7])]
    assert graph.outputs == [("logits", ["T", "B", 16]), ("states_out", [2, 2, "B", 7])]
    assert [graph.metadata[name] for name in ("title", "author", "note")] == ["Foxes\\x1b", "Ada", "a\nb"]
    assert [node.operator for node in graph.nodes].count("LSTM") == 2
    assert graph.tensors["table"].shape == (17, 5) and not graph.tensors["table"][-1].any()


@pytest.mark.parametrize(
    ("ends", "end", "lines"), [("", "null", "false"), ("lines", "7", "true"), ("documents", "13", "false")]
)
def test_how_words_join_and_documents_end(ends: str, end: str, lines: str, tmp_path: Path) -> None:
    about = exported(Kind("gru", level="word", ends=ends), tmp_path).metadata
    assert json.loads(about["vocabulary"])[: len(WORDS)] == WORDS
    assert json.loads(about["takes_space"])[:13] == [1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1]
    assert json.loads(about["gives_space"])[:13] == [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]
    assert (about["level"], about["unknown"], about["end"], about["lines"]) == ("word", "0", end, lines)
    assert about["start"].startswith("Before the first token of a text, a document or a line, read id -1")


def test_nothing_of_the_text_and_the_training_leaves(tmp_path: Path) -> None:
    model = Kind("rnn").model()
    model.header["corpus"] |= {"names": ["secret-name.txt"], "digest": "secret-digest"}
    model.header["training"] |= {"command": "lstmgen train secret-name.txt"}
    for ending in ("onnx", "safetensors", "py"):
        model.export(tmp_path / f"m.{ending}", corpus=None)
        assert b"secret" not in (tmp_path / f"m.{ending}").read_bytes()


def test_half_the_bytes(tmp_path: Path) -> None:
    kind = Kind("peephole", 2, 40, 40, "identity", tied=True)
    model = kind.model()
    model.export(tmp_path / "whole.onnx")
    graph = exported(kind, tmp_path, weights="float16")
    assert (tmp_path / "m.onnx").stat().st_size < 0.6 * (tmp_path / "whole.onnx").stat().st_size
    model.file.arrays.update(arrays_read_back(model.file.arrays, "float16"))
    ids = np.array([[-1, 2], [3, 4]])
    wanted, _ = equations(model)(ids, zero_states(model, 2))
    np.testing.assert_allclose(graph.run(ids, zero_states(model, 2))[0], wanted, atol=1e-9)


def test_one_hot_input_is_gathered_from_the_smaller_matrix(tmp_path: Path) -> None:
    few, many = exported(Kind("lstm", 1, 7), tmp_path), exported(Kind("lstm", 1, 3), tmp_path)
    assert few.tensors["table"].shape == (17, 16)  # 16 tokens, 28 rows of gates
    assert many.tensors["table"].shape == (17, 12)  # 16 tokens, 12 rows of gates: rows of W
    assert many.tensors["layers.0.W"][0].tolist() == np.eye(12).tolist()


def test_no_graph_of_more_than_a_protocol_buffer_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmgen.errors import UsageError
    from lstmgen.export import onnx

    monkeypatch.setattr(onnx, "_LARGEST", 1000)
    with pytest.raises(UsageError, match=r"at most 2 GB.*\nExport it as \.safetensors"):
        onnx.onnx_model(Kind("rnn").model().file, ExportRequest("float32"))


@given(st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(), st.lists(st.integers(0, 2**40)))
def test_a_message_is_read_back(number: int, text: str, data: bytes, several: list[int]) -> None:
    read = fields(message({1: number, 2: text, 19: data, 300: several, 7: 0.5}))
    assert read[1] == [number % 2**64]
    assert (read[2], read[19], read[7]) == ([text.encode()], [data], [0.5])
    assert read.get(300, []) == several
