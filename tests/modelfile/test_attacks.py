"""Files made to mislead: zips whose records lie, headers that hold anything JSON can say and more."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.errors import ModelFileError
from lstmgen.modelfile import architecture_of, digest_of
from lstmgen.modelfile.archive import _npy_header
from lstmgen.modelfile.jsontext import encode_json
from lstmgen.modelfile.reader import _load_model
from tests.modelfile.samples import content, small_model

MODEL = small_model()
HEADER = {**MODEL.header, "digest": digest_of(MODEL.arrays)}


def npy(array: np.ndarray, **lies: Any) -> bytes:
    header = _npy_header(array)
    for old, new in lies.items():
        header = header.replace(old.encode(), new)
    return header + array.tobytes()


def parts(header: bytes | None = None) -> dict[str, bytes]:
    text = encode_json(HEADER) if header is None else header
    arrays = {"header": np.frombuffer(text, np.uint8), **MODEL.arrays, "history": MODEL.history, "clock": MODEL.clock}
    return {f"{name}.npy": npy(array) for name, array in arrays.items()}


LOCAL = "<4s5H3L2H"
CENTRAL = "<4s6H3L5H2L"
END = "<4s4H2LH"
Lie = tuple[str, int, int, int]  # record, which one, which field, its value


def archive(members: list[tuple[str, bytes]], lies: tuple[Lie, ...] = (), gap: bytes = b"") -> bytes:
    """A zip written from the format's description, with some fields of some records telling something else."""
    body, directory = bytearray(), bytearray()

    def packed(kind: str, index: int, form: str, fields: list[Any]) -> bytes:
        for record, which, field, value in lies:
            if record == kind and which % max(len(members), 1) == index:
                fields[1 + field % (len(fields) - 1)] = value
        sizes = fields_sizes(form)
        return struct.pack(form, *[f if i == 0 else f % (1 << 8 * sizes[i]) for i, f in enumerate(fields)])

    for index, (name, data) in enumerate(members):
        start, text, crc = len(body), name.encode(), zlib.crc32(data)
        local = [b"PK\x03\x04", 20, 0, 0, 0, 33, crc, len(data), len(data), len(text), 0]
        body += packed("local", index, LOCAL, local) + text + data + gap
        central = [b"PK\x01\x02", 20, 20, 0, 0, 0, 33, crc, len(data), len(data), len(text), 0, 0, 0, 0, 0, start]
        directory += packed("central", index, CENTRAL, central) + text
    end = [b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(body), 0]
    return bytes(body + directory) + packed("end", 0, END, end)


def fields_sizes(form: str) -> list[int]:
    """Bytes of each field of a struct's form."""
    sizes = []
    count = ""
    for sign in form[1:]:
        if sign.isdigit():
            count += sign
        elif sign == "s":
            sizes.append(int(count))
            count = ""
        else:
            sizes += [struct.calcsize("<" + sign)] * int(count or 1)
            count = ""
    return sizes


def outcome(data: bytes) -> Any:
    """The content, or None for the error; any other exception is a failure of the test."""
    try:
        return content(_load_model(io.BytesIO(data)))
    except ModelFileError as error:
        assert len(str(error).splitlines()) == 2
        return None


RIGHT = outcome(archive(list(parts().items())))


def test_the_honest_archive_is_read() -> None:
    assert RIGHT is not None and RIGHT[2] == []


_VALUES = st.integers(0, 2**32 - 1) | st.integers(0, 64) | st.sampled_from([2**16 - 1, 2**31, 2**32 - 1, 2**32 - 2])
_LIES = st.tuples(st.sampled_from(["local", "central", "end"]), st.integers(0, 20), st.integers(0, 20), _VALUES)


@settings(max_examples=600)
@given(st.lists(_LIES, min_size=1, max_size=4))
def test_lying_records_change_nothing_or_are_found(lies: list[Lie]) -> None:
    assert outcome(archive(list(parts().items()), tuple(lies))) in (None, RIGHT)


@settings(max_examples=150)
@given(st.data())
def test_members_doubled_left_out_renamed_and_moved(data: st.DataObject) -> None:
    members = data.draw(st.permutations(list(parts().items())))
    assert outcome(archive(members)) == RIGHT  # their order is free
    at = data.draw(st.integers(0, len(members) - 1))
    name, whole = members[at]
    assert outcome(archive(members[:at] + members[at + 1 :])) is None
    assert outcome(archive([*members, (name, whole)])) is None
    assert outcome(archive([*members, (data.draw(st.text(st.characters(codec="utf-8"), max_size=9)), whole)])) is None
    for other in (name[:-4], name + ".npy", name.upper(), "/" + name, name + "\0", "../" + name, "ä" + name):
        assert outcome(archive([*members[:at], (other, whole), *members[at + 1 :]])) is None
    assert outcome(archive(members, gap=b"\0")) is None
    swapped = [*members[:at], (name, members[at - 1][1]), *members[at + 1 :]]
    assert outcome(archive(swapped)) is None


def test_two_members_on_the_same_bytes() -> None:
    members = list(parts().items())
    names = [name for name, _ in members]
    one, two = names.index("layers.0.U.npy"), names.index("layers.0.b.npy")
    starts = [archive(members).index(b"PK\x03\x04")]
    data = archive(members)
    for _ in members[1:]:
        starts.append(data.index(b"PK\x03\x04", starts[-1] + 4))
    assert outcome(archive(members, (("central", two, 15, starts[one]),))) is None
    assert outcome(archive(members, (("central", one, 15, starts[two]),))) is None


@pytest.mark.parametrize("bit", [0, 3, 5, 6, 13])
def test_encryption_and_other_ways_of_storing(bit: int) -> None:
    members = list(parts().items())
    assert outcome(archive(members, (("central", 1, 2, 1 << bit), ("local", 1, 1, 1 << bit)))) is None
    assert outcome(archive(members, (("central", 1, 3, 8), ("local", 1, 2, 8)))) is None


def test_comments() -> None:
    for place in ("archive", "member"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as written:
            for name, data in parts().items():
                info = zipfile.ZipInfo(name)
                info.comment = b"x" if place == "member" else b""
                written.writestr(info, data)
            written.comment = b"x" if place == "archive" else b""
        assert outcome(file.getvalue()) is None


_SHAPES = st.sampled_from(["(1,)", "()", "(1, 1, 1)", "(-1, 1)", "(1, 1", "(1, True)", "(9999999999999, 1)", "(1L, 1)"])


@settings(max_examples=100)
@given(st.sampled_from(["layers.0.b", "history", "clock", "header"]), _SHAPES | st.text("(1, 2)", max_size=12))
def test_lying_npy_headers(name: str, shape: str) -> None:
    members = parts()
    old = members[f"{name}.npy"]
    length = 10 + int.from_bytes(old[8:10], "little")
    text = old[10:length]
    inside = text[text.index(b"'shape': ") + 9 : text.index(b", }")]
    new = text.replace(inside, shape.encode(), 1)
    new = new.rstrip(b" \n").ljust(length - 11) + b"\n"
    members[f"{name}.npy"] = old[:8] + len(new).to_bytes(2, "little") + new + old[length:]
    assert outcome(archive(list(members.items()))) in (None, RIGHT)


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_any_bytes_for_an_npy_header(noise: bytes) -> None:
    members = parts()
    data = members["layers.0.b.npy"]
    for at in (0, 6, 10):
        members["layers.0.b.npy"] = data[:at] + noise + data[at + len(noise) :]
        assert outcome(archive(list(members.items()))) in (None, RIGHT)
    members["layers.0.b.npy"] = noise
    assert outcome(archive(list(members.items()))) is None


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**50), 10**50)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["lstm", "peephole", "char", "word", 1, 0, 2, 10**7, 65536, "lstmgen"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value within a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for key, inner in items for place in places(inner, (*path, key))]


@settings(max_examples=600)
@given(st.sampled_from(places(HEADER)[1:]), _JSON, st.sampled_from(["replace", "remove", "add"]))
def test_any_value_at_any_place_of_the_header(place: tuple[Any, ...], value: Any, way: str) -> None:
    header = json.loads(json.dumps(HEADER))
    holder = header
    for key in place[:-1]:
        holder = holder[key]
    if way == "replace":
        holder[place[-1]] = value
    elif way == "remove":
        del holder[place[-1]]
    elif isinstance(holder, dict):
        holder["other"] = value
    else:
        holder.append(value)
    found = outcome(archive(list(parts(json.dumps(header).encode()).items())))
    if found is not None:  # only what says the same of the arrays is let through
        assert architecture_of(json.loads(found[0])) == architecture_of(HEADER)
        assert found[1] == RIGHT[1]
        assert json.loads(found[0]) == header


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | _JSON.map(lambda v: json.dumps(v).encode()))
def test_any_bytes_for_a_header(noise: bytes) -> None:
    assert outcome(archive(list(parts(noise).items()))) is None


_DEEP: list[Callable[[int], bytes]] = [
    lambda n: b"[" * n,
    lambda n: b"[" * n + b"]" * n,
    lambda n: b'{"a":' * n + b"1" + b"}" * n,
    lambda n: b'{"x":' + b"[" * n + b"]" * n + b"}",
    lambda n: b'{"x":' + b"9" * n + b"}",
    lambda n: b'{"x":-' + b"9" * n + b"}",
    lambda n: b'{"x":1e' + b"9" * n + b"}",
    lambda n: b'{"x":0.' + b"9" * n + b"}",
    lambda n: b'{"x":"' + b"\\ud83d" * n + b'"}',
    lambda n: b" " * n,
]


@pytest.mark.parametrize("depth", [13, 500, 5000, 200_000])
@pytest.mark.parametrize("make", _DEEP)
def test_deep_and_endless_headers(make: Callable[[int], bytes], depth: int) -> None:
    assert outcome(archive(list(parts(make(depth)).items()))) is None
