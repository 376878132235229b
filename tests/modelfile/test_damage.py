"""Every flipped bit and every cut of a small file: the one error, or exactly the same content."""

import io

import pytest

from lstmgen.errors import ModelFileError
from lstmgen.modelfile import write_model, write_state
from lstmgen.modelfile.reader import _load_model, _load_state
from tests.modelfile.samples import content, extra_arrays, small_model


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("damage") / "m.npz"
    write_model(path, small_model())
    return path.read_bytes()


def outcome(damaged: bytes) -> object:
    """What reading gives: the content, or None for the error."""
    try:
        return content(_load_model(io.BytesIO(damaged)))
    except ModelFileError:
        return None


def test_every_flipped_bit_is_found_or_changes_nothing(whole: bytes) -> None:
    assert len(whole) < 3000
    right = outcome(whole)
    assert right is not None
    damaged = bytearray(whole)
    harmless = 0
    for at in range(len(whole)):
        for bit in range(8):
            damaged[at] ^= 1 << bit
            found = outcome(bytes(damaged))
            assert found is None or found == right, (at, bit)
            harmless += found is not None
            damaged[at] ^= 1 << bit
    assert harmless < 0.25 * 8 * len(whole)  # dates, versions and rights, which no reader looks at


def test_every_cut_is_found(whole: bytes) -> None:
    for length in range(len(whole)):
        assert outcome(whole[:length]) is None, length
        assert length == 0 or outcome(whole[length:]) is None, length


def test_what_is_added_is_found(whole: bytes) -> None:
    middle = whole.index(b"PK\x01\x02")
    for extra in (b"\0", b"PK\x05\x06" + bytes(18), whole):
        assert outcome(whole + extra) is None
        assert outcome(extra + whole) is None
        assert outcome(whole[:middle] + extra + whole[middle:]) is None


def test_flipped_bits_of_a_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("damage") / "m.state.npz"
    write_state(path, small_model(), extra_arrays(), {"step": 3})
    damaged = bytearray(path.read_bytes())

    def found() -> object:
        try:
            model, arrays, facts = _load_state(io.BytesIO(bytes(damaged)))
        except ModelFileError:
            return None
        return content(model), {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()}, facts

    right = found()
    assert right is not None
    for at in range(len(damaged)):  # one bit of each byte; the model above has them all
        damaged[at] ^= 1 << at % 8
        assert found() in (None, right), at
        damaged[at] ^= 1 << at % 8
