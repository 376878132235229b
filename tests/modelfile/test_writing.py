"""Writing: the old file whole or the new one, never half of one, and nothing beside it."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import ResourceError, UsageError
from lstmgen.modelfile import read_model, read_state, write_model, write_state
from tests.disks import FullDisk
from tests.modelfile.samples import content, extra_arrays, small_model


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def old(tmp_path: Path) -> Iterator[bytes]:
    """A model in the folder; afterwards there must be nothing else there."""
    write_model(tmp_path / "m.npz", small_model(seed=1))
    yield (tmp_path / "m.npz").read_bytes()
    assert names(tmp_path) == ["m.npz"]


def test_a_full_disk_at_every_byte_leaves_the_old_file_whole(tmp_path: Path, old: bytes) -> None:
    path, new = tmp_path / "m.npz", small_model(seed=2)
    disks = []

    def unlimited(sibling: Path) -> Any:
        disks.append(FullDisk(sibling))
        return disks[-1]

    write_model(path, new, open_file=unlimited)
    expected = path.read_bytes()
    assert expected != old
    path.write_bytes(old)
    for room in range(disks[0].written):
        with pytest.raises(ResourceError, match=r"m\.npz: No space left on device\.\n.*--out"):
            write_model(path, new, open_file=lambda sibling, room=room: FullDisk(sibling, room))
        assert names(tmp_path) == ["m.npz"]
        assert path.read_bytes() == old
    write_model(path, new, open_file=lambda sibling: FullDisk(sibling, disks[0].written))
    assert path.read_bytes() == expected


def test_a_full_disk_leaves_no_state_either(tmp_path: Path, old: bytes) -> None:
    for room in range(0, 4000, 97):
        with pytest.raises(ResourceError):
            write_state(
                tmp_path / "m.state.npz",
                small_model(),
                extra_arrays(),
                {},
                open_file=lambda sibling, room=room: FullDisk(sibling, room),
            )
        assert names(tmp_path) == ["m.npz"]


@pytest.mark.parametrize("fails_at", ["flush", "close"])
def test_a_disk_that_fails_late(tmp_path: Path, old: bytes, fails_at: str) -> None:
    with pytest.raises(ResourceError):
        write_model(tmp_path / "m.npz", small_model(), open_file=lambda sibling: FullDisk(sibling, fails_at=fails_at))
    assert (tmp_path / "m.npz").read_bytes() == old


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
def test_calls_that_fail(tmp_path: Path, old: bytes, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(call, fails)
        with pytest.raises(ResourceError, match=r"m\.npz: Input/output error"):
            write_model(tmp_path / "m.npz", small_model())
    assert (tmp_path / "m.npz").read_bytes() == old


def test_a_disk_that_forgets_is_found_before_the_old_file_goes(tmp_path: Path, old: bytes) -> None:
    class Forgetful(FullDisk):
        def write(self, data: Any) -> int:
            changed = bytearray(memoryview(data).cast("B"))
            if len(changed) == 16:  # the clock's numbers
                changed[3] ^= 1
            return super().write(changed)

    with pytest.raises(ResourceError, match="read back"):
        write_model(tmp_path / "m.npz", small_model(), open_file=Forgetful)
    assert (tmp_path / "m.npz").read_bytes() == old


def test_an_interrupt_in_the_middle_leaves_nothing(tmp_path: Path, old: bytes) -> None:
    class Interrupted(FullDisk):
        def write(self, data: Any) -> int:
            if self.written > 500:
                raise KeyboardInterrupt
            return super().write(data)

    with pytest.raises(KeyboardInterrupt):
        write_model(tmp_path / "m.npz", small_model(), open_file=Interrupted)
    assert (tmp_path / "m.npz").read_bytes() == old


def test_what_a_killed_run_left_is_taken_away(tmp_path: Path, old: bytes) -> None:
    (tmp_path / "m.npz").unlink()
    (tmp_path / ".m.npz.part").write_bytes(b"half a model")
    write_model(tmp_path / "m.npz", small_model())
    assert read_model(tmp_path / "m.npz").notes == []


def test_everything_is_on_the_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        fsync(handle)
        calls.append("fsync")

    def noted_replace(self: Path, target: Path) -> Path:
        calls.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write_model(tmp_path / "m.npz", small_model())
    assert calls[:2] == ["fsync", "rename"]
    assert calls[2:] == (["fsync"] if os.name != "nt" else [])


def test_folders_are_made_and_links_kept(tmp_path: Path) -> None:
    write_model(tmp_path / "a" / "b" / "m.npz", small_model())
    link = tmp_path / "link.npz"
    link.symlink_to(tmp_path / "a" / "b" / "m.npz")
    write_model(link, small_model(seed=5))
    assert link.is_symlink()
    assert content(read_model(tmp_path / "a" / "b" / "m.npz")) == content(read_model(link))
    np.testing.assert_array_equal(read_model(link).arrays["output.b"], small_model(seed=5).arrays["output.b"])
    assert names(tmp_path / "a" / "b") == ["m.npz"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_model(tmp_path, small_model())
    with pytest.raises(UsageError, match="NUL"):
        write_model("a\0b", small_model())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ResourceError, match="--out"):
        write_model(tmp_path / "file" / "m.npz", small_model())
    with pytest.raises(ResourceError):
        write_model(tmp_path / ("x" * 300), small_model())
    assert names(tmp_path) == ["file"]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_state("m.state.npz", small_model(), {"x": np.ones(2)}, {"y": 1})
    assert read_state("m.state.npz")[2] == {"y": 1}
    assert names(tmp_path) == ["m.state.npz"]
