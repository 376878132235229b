"""The exported graph: what onnx says of it, and what ONNX Runtime computes."""

from pathlib import Path

import numpy as np
import pytest

import lstmgen
from lstmgen.export.rounding import arrays_read_back
from tests.export.differences import largest_difference, zero_states
from tests.export.kinds import KINDS, Kind
from tests.peers.exported import onnx_compute

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_thousand_steps_and_one_call(kind: Kind, tmp_path: Path) -> None:
    model = kind.model()
    model.export(tmp_path / "m.onnx")
    onnx.checker.check_model(onnx.load(tmp_path / "m.onnx"), full_check=True)
    assert largest_difference(model, onnx_compute(tmp_path / "m.onnx")) < 1e-4


def test_the_bundled_model_on_a_text_of_its_own(tmp_path: Path) -> None:
    model = lstmgen.load("ready")
    model.export(tmp_path / "m.onnx")
    read = model.vocabulary.encode(model.sample(length=1000, seed=1))[0].astype(np.int64)
    assert largest_difference(model, onnx_compute(tmp_path / "m.onnx"), read=read) < 1e-4


def test_the_weights_as_float16(tmp_path: Path) -> None:
    model = Kind("peephole", 2, 40, 40, tied=True).model()
    model.export(tmp_path / "m.onnx", weights="float16")
    onnx.checker.check_model(onnx.load(tmp_path / "m.onnx"), full_check=True)
    model.file.arrays.update(arrays_read_back(model.file.arrays, "float16"))
    assert largest_difference(model, onnx_compute(tmp_path / "m.onnx"), steps=100) < 1e-4


def test_a_row_that_starts_anew_forgets_its_states_and_only_at_the_first_step(tmp_path: Path) -> None:
    model = Kind("lstm", 2).model()
    model.export(tmp_path / "m.onnx")
    compute = onnx_compute(tmp_path / "m.onnx")
    fresh, worn = zero_states(model), zero_states(model) + np.float32(np.nan)
    ids = np.array([[-1], [3]])
    np.testing.assert_array_equal(compute(ids, worn)[0], compute(ids, fresh)[0])
    later = np.array([[2], [-1]])
    first = compute(later[:1], fresh)
    assert np.abs(compute(later, fresh)[0][1] - compute(ids[:1], first[1])[0]).max() > 1e-3


def test_what_onnx_reads_of_it(tmp_path: Path) -> None:
    Kind("gru", 2, level="word").model().export(tmp_path / "m.onnx", title="Foxes")
    model = onnx.load(tmp_path / "m.onnx")
    about = {one.key: one.value for one in model.metadata_props}
    assert (about["level"], about["title"], model.producer_name) == ("word", "Foxes", "lstmgen")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    assert session.get_modelmeta().custom_metadata_map == about
    assert [one.shape for one in session.get_inputs()] == [["T", "B"], [1, 2, "B", 7]]
