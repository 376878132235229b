"""The lock of a run: who is kept out, for how long, and what is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lstmgen.errors import UsageError
from lstmgen.modelfile import OutputLock, lock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from lstmgen.modelfile import OutputLock
lock = OutputLock(*map(Path, sys.argv[1:]))
lock.take()
print("held", flush=True)
sys.stdin.read()
lock.release()
"""
posix = pytest.mark.skipif(os.name == "nt", reason="fork, links and permissions as POSIX has them")


@contextmanager
def holder(*files: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLD, *map(str, files)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def free(*files: Path) -> bool:
    try:
        with OutputLock(*files):
            return True
    except UsageError:
        return False


def test_another_process_is_kept_out_until_it_ends(tmp_path: Path) -> None:
    model, state = tmp_path / "m.npz", tmp_path / "m.state.npz"
    with holder(model, state) as process:
        assert names(tmp_path) == [".m.lock"]
        with pytest.raises(UsageError) as caught, OutputLock(model, state):
            pass
        assert str(caught.value) == (
            f"{model} is taken: another lstmgen is training it.\n"
            "Wait until that has ended, or train under another name: --out models/ANOTHER.npz"
        )
        assert names(tmp_path) == [".m.lock"]  # whoever was refused took nothing away
        assert free(tmp_path / "n.npz")
        process.communicate("")
    assert names(tmp_path) == []
    assert free(model, state)


@posix
def test_a_kill_frees_it_and_what_it_leaves_is_in_nobodys_way(tmp_path: Path) -> None:
    with holder(tmp_path / "m.npz") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert names(tmp_path) == [".m.lock"]
    assert free(tmp_path / "m.npz")
    assert names(tmp_path) == []


def test_within_one_process_too(tmp_path: Path) -> None:
    found = []
    with OutputLock(tmp_path / "m.npz") as first:
        thread = threading.Thread(target=lambda: found.append(free(tmp_path / "m.npz")))
        thread.start()
        thread.join()
        first.take()  # it is its own
    assert found == [False]
    assert free(tmp_path / "m.npz")


@posix
@pytest.mark.parametrize("way", ["relative", "folder", "model", "state"])
def test_links_and_other_ways_to_the_same_file_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    real = tmp_path / "real"
    real.mkdir()
    files = {"model": real / "m.npz", "state": real / "m.state.npz"}
    other = {"model": tmp_path / "other.npz", "state": tmp_path / "other.state.npz"}
    if way == "relative":
        monkeypatch.chdir(real)
        other = {"model": Path("m.npz"), "state": Path("../real/m.state.npz")}
    elif way == "folder":
        (tmp_path / "link").symlink_to(real)
        other = {name: tmp_path / "link" / path.name for name, path in files.items()}
    else:
        other[way].symlink_to(files[way])
    with OutputLock(*files.values()):
        assert not free(*other.values())
    assert free(*other.values())


@posix
def test_many_at_once_and_one_at_a_time(tmp_path: Path) -> None:
    """Each takes the lock, and its file away, over and over: never do two hold it."""
    inside, most, done, path = [0], [0], [0], tmp_path / "m.npz"
    guard = threading.Lock()

    def work() -> None:
        for _ in range(60):
            try:
                with OutputLock(path):
                    with guard:
                        inside[0] += 1
                        most[0] = max(most[0], inside[0])
                    with guard:
                        inside[0] -= 1
                        done[0] += 1
            except UsageError:
                pass

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert done[0] > 0
    assert names(tmp_path) == []


@posix
def test_a_forked_child_neither_keeps_nor_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    reader, writer = os.pipe()
    with OutputLock(path) as held:
        child = os.fork()
        if child == 0:
            held.release()  # the child ends in whatever way
            os.close(writer)
            os.read(reader, 1)  # and lives longer than the lock
            os._exit(0)
        assert not free(path)
    os.close(reader)
    assert free(path)
    assert names(tmp_path) == []
    os.close(writer)
    assert os.waitpid(child, 0)[1] == 0


def test_a_program_that_is_started_meanwhile_does_not_keep_it(tmp_path: Path) -> None:
    with OutputLock(tmp_path / "m.npz"):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    try:
        assert free(tmp_path / "m.npz")
    finally:
        child.communicate(b"\n")


def test_a_folder_is_made_for_it_and_taken_away_where_nothing_came_of_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "m.npz"
    with OutputLock(path):
        assert names(path.parent) == [".m.lock"]
        assert not free(path)
    assert names(tmp_path) == []
    with OutputLock(path):
        path.touch()
    assert names(tmp_path / "new" / "deep") == ["m.npz"]


def test_a_folder_that_is_deleted_meanwhile_is_locked_anew(tmp_path: Path) -> None:
    path = tmp_path / "models" / "m.npz"
    with OutputLock(path) as held:
        (path.parent / ".m.lock").unlink()
        path.parent.rmdir()
        with OutputLock(path), pytest.raises(UsageError, match="another lstmgen is training it"):
            held.take()  # nothing kept the other out, but the first one notices
        held.take()
        assert not free(path)
    assert names(tmp_path) == []


@posix
def test_where_nothing_can_be_locked_it_is_said_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock.fcntl, "flock", refused)
    with OutputLock(tmp_path / "m.npz") as first, OutputLock(tmp_path / "m.npz") as second:
        words = (
            f"{tmp_path} cannot be locked (No locks available): "
            f"nothing will keep a second run from training {tmp_path / 'm.npz'} at the same time."
        )
        assert [first.remark, second.remark] == [words, words]
        assert names(tmp_path) == []


@posix
@pytest.mark.parametrize("kind", ["folder", "link", "fifo", "no write"])
def test_something_else_under_its_name(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".m.lock"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        real = os.open
        no = PermissionError(errno.EACCES, os.strerror(errno.EACCES))

        def refusing(name: str, *how: int) -> int:
            if name == path:
                raise no
            return real(name, *how)

        monkeypatch.setattr(os, "open", refusing)
    with OutputLock(tmp_path / "m.npz") as held:
        assert (held.remark is None) == (kind == "fifo")
    assert not (tmp_path / "elsewhere").exists()


@posix
def test_the_lock_file_of_another_user_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shared folder it can be opened, but not for writing."""
    (tmp_path / ".m.lock").touch()
    real = os.open

    def read_only(name: str, how: int, *mode: int) -> int:
        if how & os.O_RDWR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(name, how, *mode)

    monkeypatch.setattr(os, "open", read_only)
    with OutputLock(tmp_path / "m.npz") as held:
        assert held.remark is None
        assert not free(tmp_path / "m.npz")


@posix
@pytest.mark.parametrize("name", ["a\0b.npz", "a\ud800b.npz"])
def test_what_is_no_path_is_a_users_error(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be a path"):
        OutputLock(Path(name))
