"""What is written is what is read, by us and by plain numpy; equal content gives equal bytes."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.modelfile import (
    HISTORY_COLUMNS,
    architecture_of,
    digest_of,
    peek_kind,
    read_header,
    read_model,
    read_state,
    write_model,
    write_state,
)
from lstmgen.modelfile.archive import write_members
from lstmgen.modelfile.jsontext import encode_json, parse_json
from lstmgen.settings import Architecture
from tests.modelfile.samples import content, extra_arrays, small_model

ARCHITECTURES = [
    Architecture("lstm", vocabulary=5, embedding=3, units=4, layers=2),
    Architecture("lstm", vocabulary=5, embedding=0, units=1, layers=1),
    Architecture("peephole", vocabulary=3, embedding=2, units=2, layers=2, squashing="identity"),
    Architecture("peephole", vocabulary=3, embedding=0, units=2, layers=1),
    Architecture("lstm", vocabulary=3, embedding=2, units=2, layers=1, tied=True),
    Architecture("lstm", vocabulary=3, embedding=2, units=2, layers=3, tied=True, skip_sum=True),
    Architecture("rnn", vocabulary=1, embedding=0, units=7, layers=3),
]


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda a: f"{a.cell}-{a.embedding}-{a.layers}")
@pytest.mark.parametrize("rows", [0, 3])
def test_a_model_comes_back_as_it_was(tmp_path: Path, architecture: Architecture, rows: int) -> None:
    model = small_model(architecture, rows)
    write_model(tmp_path / "m.npz", model)
    found = read_model(tmp_path / "m.npz")
    model.header["digest"] = digest_of(model.arrays)
    assert content(found) == content(model)
    assert architecture_of(found.header) == architecture
    assert all(array.dtype == np.float32 and array.flags.writeable for array in found.arrays.values())
    assert peek_kind(tmp_path / "m.npz") == "model"
    assert read_header(tmp_path / "m.npz") == (found.header, {})


def test_plain_numpy_reads_it_without_pickle(tmp_path: Path) -> None:
    model = small_model(ARCHITECTURES[0], rows=2)
    write_model(tmp_path / "m.npz", model)
    with np.load(tmp_path / "m.npz", allow_pickle=False) as plain:
        assert list(plain) == ["header", *ARCHITECTURES[0].shapes(), "history", "clock"]
        header = json.loads(plain["header"].tobytes())
        for name, array in model.arrays.items():
            assert plain[name].dtype == np.dtype("<f4")
            np.testing.assert_array_equal(plain[name], array)
        np.testing.assert_array_equal(plain["history"], model.history)
        np.testing.assert_array_equal(plain["clock"], model.clock)
    assert header["vocabulary"] == ["A", "B", "C", "D", "E"]
    assert header["sizes"] == {"vocabulary": 5, "embedding": 3, "units": 4, "layers": 2}
    assert header["gates"] == ["f", "i", "o", "g"]
    assert header["history"] == list(HISTORY_COLUMNS)
    assert (header["format"], header["version"], header["requires"]) == ("lstmgen", 1, [])


def test_equal_content_gives_equal_bytes_and_the_clock_is_a_member_of_its_own(tmp_path: Path) -> None:
    model, again = small_model(ARCHITECTURES[0]), small_model(ARCHITECTURES[0])
    again.header = dict(reversed(again.header.items()))
    write_model(tmp_path / "a.npz", model)
    write_model(tmp_path / "b.npz", again)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    again.clock += 1
    write_model(tmp_path / "b.npz", again)
    with zipfile.ZipFile(tmp_path / "a.npz") as one, zipfile.ZipFile(tmp_path / "b.npz") as two:
        assert [n for n in one.namelist() if one.read(n) != two.read(n)] == ["clock.npy"]


def test_edited_weights_are_told_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    write_model(path, small_model())
    with np.load(path) as plain:
        arrays = dict(plain)
    arrays["output.b"] = arrays["output.b"] + np.float32(1)
    np.savez(path, **arrays)
    found = read_model(path)
    assert found.notes == ["its weights were changed since it was trained"]
    np.testing.assert_array_equal(found.arrays["output.b"], arrays["output.b"])
    write_model(path, found)  # and kept so, when written again
    assert read_model(path).notes == found.notes


def test_a_state_holds_its_model_and_all_the_rest(tmp_path: Path) -> None:
    path, model, extra = tmp_path / "m.state.npz", small_model(ARCHITECTURES[2], 2), extra_arrays()
    facts = {"generators": {"order": {"state": 2**128 - 1}}, "paths": ["/home/é/t.txt"], "used": 0.1, "best": None}
    write_state(path, model, extra, facts)
    found, arrays, told = read_state(path)
    model.header["digest"] = digest_of(model.arrays)
    assert content(found) == content(model)
    assert told == facts
    assert list(arrays) == sorted(extra) or arrays.keys() == extra.keys()
    for name, array in extra.items():
        assert (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)
        assert arrays[name].tobytes() == array.tobytes()
    assert peek_kind(path) == "state"
    assert read_header(path) == (found.header, facts)
    first = path.read_bytes()
    write_state(path, found, dict(arrays), told)
    assert path.read_bytes() == first


def test_any_layout_of_memory_is_written_in_order(tmp_path: Path) -> None:
    model = small_model(ARCHITECTURES[0])
    expected = model.arrays["layers.0.U"].copy()
    model.arrays["layers.0.U"] = np.asfortranarray(expected)
    model.arrays["output.b"] = np.repeat(model.arrays["output.b"], 2)[::2]
    write_model(tmp_path / "m.npz", model)
    np.testing.assert_array_equal(read_model(tmp_path / "m.npz").arrays["layers.0.U"], expected)
    assert read_model(tmp_path / "m.npz").notes == []


def test_files_past_four_gigabytes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = small_model(ARCHITECTURES[0])
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 100)  # the wide records, as zipfile writes them, in a small file
        write_model(tmp_path / "wide.npz", model)
    assert b"PK\x06\x06" in (tmp_path / "wide.npz").read_bytes()
    write_model(tmp_path / "m.npz", model)
    assert content(read_model(tmp_path / "wide.npz")) == content(read_model(tmp_path / "m.npz"))


@settings(max_examples=60)
@given(st.lists(st.text(max_size=4), min_size=1, max_size=6, unique=True))
def test_any_vocabulary_comes_back(tmp_path_factory: pytest.TempPathFactory, tokens: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "vocabulary.npz"
    architecture = Architecture("rnn", vocabulary=len(tokens), embedding=0, units=1, layers=1)
    write_model(path, small_model(architecture, level="word", vocabulary=tokens))
    assert read_model(path).header["vocabulary"] == tokens


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**127), 2**127) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=5), _JSON, max_size=4))
def test_any_facts_come_back_from_json(facts: dict[str, object]) -> None:
    assert parse_json(encode_json(facts), 1 << 20) == facts


@settings(max_examples=50)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.lists(st.floats(width=32)), max_size=4))
def test_numpy_reads_the_container(lists: dict[str, list[float]]) -> None:
    file = io.BytesIO()
    write_members(file, [(name, np.array(values, dtype="<f4")) for name, values in lists.items()])
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as plain:
        assert {name: plain[name].tobytes() for name in plain} == {
            name: np.array(values, dtype="<f4").tobytes() for name, values in lists.items()
        }
