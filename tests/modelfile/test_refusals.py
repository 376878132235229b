"""A file that cannot be used gives one clear error that names it, what is wrong with it and the way out."""

import errno
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import ModelFileError, ResourceError, UsageError
from lstmgen.modelfile import peek_kind, read_model, read_state, write_model, write_state
from tests.modelfile.samples import extra_arrays, small_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    write_model(tmp_path / "m.npz", small_model())
    return tmp_path / "m.npz"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    write_state(tmp_path / "m.state.npz", small_model(), extra_arrays(), {"step": 3})
    return tmp_path / "m.state.npz"


def refusal(path: Path, error: type[Exception] = ModelFileError, read: Any = read_model) -> str:
    with pytest.raises(error) as caught:
        read(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2 and lines[1].endswith((".", "lstmgen", ")")), lines
    assert path.name in lines[0]
    return str(caught.value)


def rewritten(path: Path, **changes: Any) -> Path:
    """The file as numpy writes it again, with some arrays changed; None takes one away."""
    with np.load(path) as plain:
        arrays = {**plain, **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_missing_paths_are_usage(tmp_path: Path, model: Path) -> None:
    assert "no such model" in refusal(tmp_path / "no.npz", UsageError)
    assert "no such state" in refusal(tmp_path / "no.npz", UsageError, read_state)
    assert "no such model" in refusal(model / "below.npz", UsageError)
    assert "is not a file" in refusal(tmp_path, UsageError)
    with pytest.raises(UsageError):
        read_model("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    assert "is not a file" in refusal(tmp_path / "pipe.npz", UsageError)


def test_trouble_of_the_disk_is_a_matter_of_resources(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("lstmgen.modelfile.reader.list_members", fails)
    assert "Input/output error" in refusal(model, ResourceError)


def test_a_state_is_never_taken_for_a_model(state: Path, model: Path) -> None:
    assert "it is a state" in refusal(state)
    assert "it is a model, not a state" in refusal(model, read=read_state)
    assert (peek_kind(state), peek_kind(model)) == ("state", "model")


@pytest.mark.parametrize("start", [b"", b"P", b"PK\x03\x04", b"text", b"PK\x05\x06" + bytes(18), b"\x93NUMPY\x01\x00"])
def test_foreign_files(tmp_path: Path, start: bytes) -> None:
    for end in (b"", bytes(100)):
        (tmp_path / "x.npz").write_bytes(start + end)
        refusal(tmp_path / "x.npz")
        refusal(tmp_path / "x.npz", read=peek_kind)


def test_a_foreign_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", weights=np.zeros(3))
    assert "not written by lstmgen" in refusal(tmp_path / "x.npz")
    np.savez(tmp_path / "x.npz", header=np.frombuffer(b'{"format":"safetensors"}', np.uint8))
    assert "not written by lstmgen" in refusal(tmp_path / "x.npz")


def headed(path: Path, header: bytes) -> Path:
    return rewritten(path, header=np.frombuffer(header, np.uint8))


def test_newer_and_unknown_files_are_refused_by_name(model: Path) -> None:
    with np.load(model) as plain:
        header = plain["header"].tobytes()
    assert "newer" in refusal(headed(model, b'{"format":"lstmgen","version":2}'))
    assert "pip install --upgrade" in refusal(headed(model, header.replace(b'"version":1', b'"version":2')))
    message = refusal(headed(model, header.replace(b'"requires":[]', b'"requires":["tied","later","a\\u001bb"]')))
    assert "not known here: 'later', 'a\\x1bb'" in message
    for wrong in (b"0", b"-1", b"true", b"1.0", b'"1"', b"null", b"[]", b"9" * 30):
        refusal(headed(model, header.replace(b'"version":1', b'"version":' + wrong)))
    for wrong in (b"null", b"{}", b"[1]", b'"tied"'):
        refusal(headed(model, header.replace(b'"requires":[]', b'"requires":' + wrong)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"level":"char"', b'"level":"byte"'),
        (b'"level":"char"', b'"level":["char"]'),
        (b'"lines":false', b'"lines":0'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":["A","A"]'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":["A"]'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":["A",2]'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":"AB"'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":["A","BC"]'),
        (b'"vocabulary":["A","B"]', b'"vocabulary":["A","\\ud800"]'),
        (b'"newlines":"\\n"', b'"newlines":"\\r"'),
        (b'"newlines":"\\n"', b'"newlines":{}'),
        (b'"unknown":null', b'"unknown":2'),
        (b'"unknown":null', b'"unknown":-1'),
        (b'"unknown":null', b'"unknown":false'),
        (b'"cell":"rnn"', b'"cell":"gru"'),
        (b'"cell":"rnn"', b'"cell":["rnn"]'),
        (b'"cell":"rnn"', b'"cell":"lstm"'),
        (b'"gates":["h"]', b'"gates":["g"]'),
        (b'"squashing":"tanh"', b'"squashing":"identity"'),
        (b'"units":1', b'"units":2'),
        (b'"units":1', b'"units":0'),
        (b'"units":1', b'"units":1e0'),
        (b'"units":1', b'"units":100000000000'),
        (b'"layers":1', b'"layers":65'),
        (b'"layers":1', b'"depth":1'),
        (b'"embedding":0', b'"embedding":true'),
        (b'"history":["updates"', b'"history":["tokens"'),
        (b'"history":["updates",', b'"history":['),
        (b'"tokens":5', b'"tokens":-5'),
        (b'"tokens":5', b'"tokens":NaN'),
        (b'"tokens":5', b'"other":Infinity'),
        (b'"tokens":5', b'"other":-Infinity'),
        (b'"tokens":5', b'"other":1e999'),
        (b'"tokens":5', b'"tokens":5,"tokens":5'),
        (b'"tokens":5', b'"other":' + b"9" * 50),
        (b'"tokens":5', b'"other":' + b"[" * 50 + b"]" * 50),
        (b'"tokens":5', b'"other":' + b"[" * 99999 + b"]" * 99999),
        (b'"tokens":5', b'"other":"\xff"'),
        (b'"names":["t"]', b'"names":"t"'),
        (b'"seed":1', b'"seed":1.5'),
        (b'"seed":1', b'"best_validation":"low"'),
        (b'"seed":1', b'"options":[]'),
        (b'"command":"lstmgen train t"', b'"command":null'),
        (b'"digest":', b'"digests":'),
    ],
)
def test_a_wrong_key_is_refused(model: Path, old: bytes, new: bytes) -> None:
    with np.load(model) as plain:
        header = plain["header"].tobytes()
    assert header.count(old) == 1
    assert re.search("header|vocabulary|array", refusal(headed(model, header.replace(old, new))))


def test_keys_of_later_programs_that_need_not_be_known_are_passed_over(model: Path) -> None:
    with np.load(model) as plain:
        header = plain["header"].tobytes()
    headed(model, header.replace(b'"tokens":5', b'"tokens":5,"mood":{"x":[1.5]}'))
    assert read_model(model).header["corpus"]["mood"] == {"x": [1.5]}


def test_the_way_out_for_those_who_edit(model: Path) -> None:
    with np.load(model) as plain:
        weights = plain["layers.0.W"]
    assert "astype('<f4')" in refusal(rewritten(model, **{"layers.0.W": weights.astype(float)}))
    assert "shape (1, 2), not (1, 1, 2)" in refusal(rewritten(model, **{"layers.0.W": weights[0]}))
    assert "no numbers" in refusal(rewritten(model, **{"layers.0.W": weights * np.float32(np.nan)}))
    assert "plain array" in refusal(rewritten(model, **{"layers.0.W": weights.astype([("x", "<f4")])}))
    assert "'output.W' is missing" in refusal(rewritten(model, **{"layers.0.W": weights, "output.W": None}))
    assert "none that its header calls for" in refusal(rewritten(model, **{"output.W": np.zeros((2, 1), "f"), "x": 1}))
    assert "plain array" in refusal(rewritten(model, **{"layers.0.W": weights.astype(object), "x": None}))


def test_compressed_and_fortran(model: Path) -> None:
    with np.load(model) as plain:
        arrays = dict(plain)
    np.savez_compressed(model, **arrays)
    assert "not numpy.savez_compressed" in refusal(model)
    arrays["layers.0.U"] = np.zeros((2, 2), "f", order="F")
    np.savez(model, **arrays)
    assert "ascontiguousarray" in refusal(model)


def test_a_state_is_checked_as_strictly(state: Path) -> None:
    with np.load(state) as plain:
        listed = plain["state"].tobytes()
        flags = plain["state.ready"]
    for old, new in [
        (b'"format":"lstmgen-state"', b'"format":"lstmgen"'),
        (b'"version":1', b'"version":3'),
        (b'"facts":{"step":3}', b'"facts":[]'),
        (b'"ids":["uint8",[4]]', b'"ids":["uint8",[5]]'),
        (b'"ids":["uint8",[4]]', b'"ids":["int8",[4]]'),
        (b'"ids":["uint8",[4]]', b'"ids":["object",[4]]'),
        (b'"ids":["uint8",[4]]', b'"ids":["uint8",4]'),
        (b'"ids":["uint8",[4]]', b'"ids":["uint8",[-4]]'),
        (b'"ids":["uint8",[4]]', b'"ids":["uint8",[0,281474976710656,281474976710656]]'),
        (b'"ids":["uint8",[4]]', b'"ids":["uint8",[4]],"more":["uint8",[4]]'),
        (b'"ids":["uint8",[4]],', b""),
        (b'"ids":', b'"../ids":'),
        (b'"step":3', b'"step":NaN'),
    ]:
        assert listed.count(old) == 1
        refusal(rewritten(state, state=np.frombuffer(listed.replace(old, new), np.uint8)), read=read_state)
    rewritten(state, state=np.frombuffer(listed, np.uint8))
    assert read_state(state)[2] == {"step": 3}
    path = rewritten(state, **{"state.ready": flags.view(np.uint8) + np.uint8(1)})
    assert "type |u1, not |b1" in refusal(path, read=read_state)
    path = rewritten(state, **{"state.ready": np.array(2, np.uint8).view(bool)})
    refusal(path, read=read_state)


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    broken = []
    for name, array in [
        ("output.b", np.zeros(3, np.float32)),
        ("output.b", np.zeros(2)),
        ("output.b", np.array([1, np.inf], np.float32)),
        ("more", np.zeros(2, np.float32)),
    ]:
        model = small_model()
        model.arrays[name] = array
        broken.append(model)
    for key, value in [("unknown", 7), ("corpus", {"x": float("nan")}), ("corpus", {"x": object()}), ("level", "byte")]:
        model = small_model()
        model.header[key] = value
        broken.append(model)
    model = small_model()
    model.clock = model.clock[:0]
    broken.append(model)
    for model in broken:
        with pytest.raises(ModelFileError, match=r"m\.npz cannot be written"):
            write_model(path, model)
    with pytest.raises(ModelFileError):
        write_state(path, small_model(), {"c": np.zeros(2, np.complex64)}, {})
    with pytest.raises(ModelFileError):
        write_state(path, small_model(), {"a b": np.zeros(2)}, {})
    with pytest.raises(ModelFileError):
        write_state(path, small_model(), {}, {"deep": [[[[[[[[[[[[[1]]]]]]]]]]]]]})
    assert list(tmp_path.iterdir()) == []
