"""A file cannot make the reader take more memory than its own size and 50 MB, whatever it says of itself."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lstmgen.modelfile import write_model
from lstmgen.modelfile.jsontext import _parsed_size, encode_json
from lstmgen.modelfile.reader import _HEADER_MEMORY
from lstmgen.settings import Architecture
from tests.modelfile.samples import small_model
from tests.modelfile.test_attacks import HEADER, archive, parts

MB = 1 << 20
READ = """
import sys
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.modelfile import read_model

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024

for path in sys.argv[1:]:  # small files first: what they need is not counted again
    try:
        read_model("missing")
    except UsageError:
        pass
    before = peak()
    try:
        read_model(path)
        said = "read"
    except ModelFileError as error:
        said = str(error).splitlines()[0].split("cannot be used: ")[1]
    print(peak() - before, said)
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")


def with_header(text: bytes) -> bytes:
    return archive(list(parts(text).items()))


def huge_sizes() -> bytes:
    return with_header(
        encode_json({**HEADER, "sizes": {"vocabulary": 2, "embedding": 0, "units": 65536, "layers": 64}})
    )


def lying_shape(place: str, shape: bytes) -> bytes:
    members = parts()
    data = members[place]
    start = data.index(b"'shape': ") + 9
    end = data.index(b", }")
    spare = len(shape) - (end - start)
    assert data[end + 3 : end + 3 + max(spare, 0)].strip() == b""
    members[place] = data[:start] + shape + b", }" + data[end + 3 + spare :]
    return archive(list(members.items()))


def lying_sizes() -> bytes:
    lies = (("central", 1, 7, 2**32 - 2), ("central", 1, 8, 2**32 - 2), ("local", 1, 6, 2**32 - 2))
    return archive(list(parts().items()), lies)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in parts().items():
            written.writestr(name, data + bytes(100 * MB if name == "header.npy" else 0))
    return file.getvalue()


ATTACKS: dict[str, Callable[[], bytes]] = {
    "sizes": huge_sizes,
    "shape": lambda: lying_shape("history.npy", b"(99999999999, 6)"),
    "header shape": lambda: lying_shape("header.npy", b"(99999999999,)"),
    "member": lying_sizes,
    "bomb": bomb,
    "directory": lambda: archive([(f"{i}", b"") for i in range(60_000)]),
    "lists": lambda: with_header(b'{"x":[' + b"[]," * 2_000_000 + b"[]]}"),
    "objects": lambda: with_header(b'{"x":[' + b"{}," * 2_000_000 + b"{}]}"),
    "pairs": lambda: with_header(b'{"x":[' + b'{"a":{}},' * 800_000 + b"{}]}"),
    "keys": lambda: with_header(b"{" + b",".join(b'"%x":1' % i for i in range(600_000)) + b"}"),
    "words": lambda: with_header(b'{"x":[' + b'"ab",' * 2_000_000 + b"0]}"),
    "numbers": lambda: with_header(b'{"x":[' + b"1e5," * 2_000_000 + b"0]}"),
    "wide": lambda: with_header(b'{"x":"' + b"a" * 16_000_000 + '😀"}'.encode()),
    "escaped": lambda: with_header(b'{"x":"' + b"a" * 16_000_000 + b'\\ud83d\\ude00"}'),
    "long": lambda: with_header(b'{"x":"' + b"a" * 24_000_000 + b'"}'),
    "longer": lambda: with_header(b'{"x":"' + b"a" * 100_000_000 + b'"}'),
    "deep": lambda: with_header(b"[" * 10_000_000),
    "digits": lambda: with_header(b'{"x":' + b"9" * 8_000_000 + b"}"),
    "foreign": lambda: bytes(8 * MB),
}


def peaks(paths: list[Path]) -> list[tuple[int, str]]:
    run = subprocess.run([sys.executable, "-c", READ, *map(str, paths)], capture_output=True, text=True, check=True)
    found = [line.split(" ", 1) for line in run.stdout.splitlines()]
    assert len(found) == len(paths)
    return [(int(peak), said) for peak, said in found]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_within_its_size_and_fifty_megabytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "m.npz"
    path.write_bytes(ATTACKS[name]())
    ((peak, said),) = peaks([path])
    assert said != "read"
    assert peak < path.stat().st_size + 50 * MB, said


_UNITS = [
    b"[],",
    b"{},",
    b"[[]],",
    b'{"a":{}},',
    b'"ab",',
    b"1e5,",
    b"123456789012345678901234567890,",
    '"é😀",'.encode(),
]


@pytest.mark.parametrize("unit", _UNITS)
def test_the_bound_on_what_json_can_become_is_sound(tmp_path: Path, unit: bytes) -> None:
    """As many as are just let through to the parser, in a header that is refused only afterwards."""
    count = _HEADER_MEMORY // (_parsed_size(unit) + 1)
    text = b'{"x":[' + unit * count + b"0]}"
    path = tmp_path / "m.npz"
    path.write_bytes(with_header(text))
    ((peak, said),) = peaks([path])
    assert said == "it was not written by lstmgen."  # parsed, that is
    assert peak < path.stat().st_size + 50 * MB


def test_an_honest_large_model_too(tmp_path: Path) -> None:
    architecture = Architecture("lstm", vocabulary=60_000, embedding=128, units=128, layers=1)
    words = [f"word{n}" for n in range(architecture.vocabulary)]
    write_model(tmp_path / "m.npz", small_model(architecture, level="word", vocabulary=words))
    ((peak, said),) = peaks([tmp_path / "m.npz"])
    assert said == "read"
    assert peak < (tmp_path / "m.npz").stat().st_size + 50 * MB


def test_a_file_of_five_gigabytes_that_holds_nothing(tmp_path: Path) -> None:
    whole = archive(list(parts().items()))
    with (tmp_path / "m.npz").open("wb") as file:  # sparse: it takes no room on the disk
        file.write(whole[:1000])
        file.truncate(5 << 30)
        file.seek(0, 2)
        file.write(whole[-22:])
    ((peak, said),) = peaks([tmp_path / "m.npz"])
    assert said != "read"
    assert peak < 50 * MB
