"""What --out leaves: a whole new file or the old one, never an empty or half one; streams and devices as they are."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen import output_file
from lstmgen.cli import sample_run
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.commands.output import deliver
from lstmgen.inspect.common.data import Table
from lstmgen.terminal.streams import Messages
from tests.cli.running import Runner, cycle
from tests.cli.test_terminal_clean import BAD, NAME, hostile_folder, on_a_terminal, remains  # noqa: F401 - fixture
from tests.disks import FullDisk

posix = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices as POSIX has them")
COMMANDS = {
    "sample": ["sample", "-n", "9", "-o", "new.txt"],
    "sample as JSON": ["sample", "-n", "9", "--json", "-o", "new.txt"],
    "table": ["inspect", "predictions", "--text", "abcabc", "-o", "new.csv"],
    "picture": ["inspect", "gates", "--text", "abcabc", "-o", "new.svg"],
    "arrays": ["inspect", "gates", "--text", "abcabc", "-o", "new.npz"],
    "page": ["inspect", "report", "--text", "abcabc", "--force", "-o", "new.html"],
}


@pytest.fixture
def abc(folder: Path) -> Path:
    (folder / "models").mkdir()
    cycle(["a", "b", "c"]).save(folder / "models" / "abc.npz")
    return folder


def fill(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr(output_file, "_opened_new", lambda path: FullDisk(path, room))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_leaves_what_was_there(
    run: Runner, abc: Path, monkeypatch: pytest.MonkeyPatch, command: str, old: bool
) -> None:
    target = Path(COMMANDS[command][-1])
    if old:
        target.write_bytes(b"the old one")
    before = sorted(path.name for path in abc.iterdir())
    for room in (0, 3):
        fill(monkeypatch, room)
        ran = run(*COMMANDS[command], "-q")
        assert (ran.code, ran.out) == (5, "")
        assert ran.err == "Error: No space left on device.\nCheck the disk, or give another path with --out.\n"
        assert sorted(path.name for path in abc.iterdir()) == before
        assert not old or target.read_bytes() == b"the old one"
        monkeypatch.undo()
        monkeypatch.chdir(abc)
    assert run(*COMMANDS[command], "-q").code == 0
    assert target.stat().st_size > 8
    assert sorted(path.name for path in abc.iterdir()) == sorted({*before, target.name})


def test_what_was_written_before_an_interrupt_is_kept(run: Runner, abc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(after: int) -> Callable[..., Any]:
        def write(product: Any, *_: Any) -> Any:
            product.write("abc"[:after])
            raise KeyboardInterrupt

        return write

    Path("new.txt").write_text("the old one", encoding="utf-8")
    monkeypatch.setattr(sample_run, "_write_text", interrupted(0))
    assert run("sample", "-o", "new.txt").code == 130
    assert Path("new.txt").read_text(encoding="utf-8") == "the old one"  # nothing is better than it
    monkeypatch.setattr(sample_run, "_write_text", interrupted(2))
    assert run("sample", "-o", "new.txt").code == 130
    assert Path("new.txt").read_text(encoding="utf-8") == "ab"
    assert sorted(path.name for path in abc.iterdir()) == ["models", "new.txt"]


@posix
def test_links_modes_and_folders_that_take_no_file(run: Runner, abc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("real.txt").write_text("the old one", encoding="utf-8")
    Path("real.txt").chmod(0o640)
    Path("link.txt").symlink_to("real.txt")
    assert run("sample", "-n", "3", "-o", "link.txt").code == 0
    assert Path("link.txt").is_symlink()
    assert Path("real.txt").read_bytes() == b"abc\n"
    assert stat.S_IMODE(Path("real.txt").stat().st_mode) == 0o640
    monkeypatch.setattr(output_file, "_opened_new", lambda _: None)  # as where only the file may be written
    assert run("sample", "-n", "4", "-o", "real.txt").code == 0
    assert Path("real.txt").read_bytes() == b"abca\n"


@posix
def test_a_name_as_long_as_names_can_be(run: Runner, abc: Path) -> None:
    name = "n" * 251 + ".txt"
    assert run("sample", "-n", "3", "-o", name).code == 0
    assert Path(name).read_bytes() == b"abc\n"


@posix
@pytest.mark.parametrize("command", ["sample", "table"])
def test_a_pipe_is_written_and_stays_one(run: Runner, abc: Path, command: str) -> None:
    os.mkfifo("pipe.csv")
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe.csv").read_bytes()), daemon=True)
    reader.start()
    assert run(*COMMANDS[command][:-1], "pipe.csv").code == 0
    reader.join(60)
    assert found[0].startswith(b"abc" if command == "sample" else b"position,")
    assert stat.S_ISFIFO(Path("pipe.csv").stat().st_mode)


@posix
def test_a_device_is_written_and_stays_one(run: Runner, abc: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    assert run("sample", "-n", "9", "-o", "/dev/null").code == 0
    assert run("sample", "-n", "9", "-o", "/dev/full").code == 5
    Path("full.csv").symlink_to("/dev/full")
    assert run(*COMMANDS["table"][:-1], "full.csv").code == 5
    assert Path("full.csv").is_symlink()
    for name in ("/dev/null", "/dev/full"):
        assert stat.S_ISCHR(Path(name).stat().st_mode)


TOKENS = ["\x1b]0;mine\x07", "\x9b1m", "\u202e", 'a,"b"', "\r\n"]
EXACT = "token\r\n\x1b]0;mine\x07\r\n\x9b1m\r\n\u202e\r\n" + '"a,""b"""\r\n"\r\n"\r\n'
CLEAN = "token\n\\x1b]0;mine\\x07\n\\x9b1m\n\\u202e\n" + '"a,""b"""\n"\n"\n'


def table() -> View:
    return View("t", draw=lambda _: None, make_data=list, make_table=lambda: Table(["token"], [[t] for t in TOKENS]))  # type: ignore[arg-type,return-value]


def test_a_table_in_a_file_is_exact(folder: Path) -> None:
    deliver(table(), "csv", "t.csv", Messages(quiet=True))
    assert Path("t.csv").read_bytes() == EXACT.encode()


@pytest.mark.parametrize("form", ["csv", "npz"])
def test_a_view_is_saved_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    view = replace(table(), make_arrays=lambda: [("token", np.arange(3))])
    target = folder / f"t.{form}"
    target.write_bytes(b"the old one")
    fill(monkeypatch, 3)
    with pytest.raises(OSError, match="No space left on device"):
        view.save(target)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {target.name: b"the old one"}
    monkeypatch.undo()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(view.save, [folder / f"{k}.{form}" for k in range(8)]))
    assert len({(folder / f"{k}.{form}").read_bytes() for k in range(8)}) == 1
    with pytest.raises(FileNotFoundError, match=rf"nowhere.t\.{form}"):
        view.save(folder / "nowhere" / target.name)


@posix
@pytest.mark.parametrize("way", ["file", "standard output"])
def test_a_table_on_a_terminal_commands_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    ours, theirs = os.openpty()
    if way == "file":
        Path("t.csv").symlink_to(os.ttyname(theirs))
        deliver(table(), "csv", "t.csv", Messages(quiet=True))
    else:
        with open(theirs, "w", encoding="utf-8", closefd=False) as terminal:
            monkeypatch.setattr("sys.stdout", terminal)
            deliver(table(), "csv", None, Messages(quiet=True))
    shown = os.read(ours, 1 << 16).decode().replace("\r\n", "\n")
    assert shown == CLEAN
    os.close(ours)
    os.close(theirs)


@posix
@pytest.mark.parametrize(
    "arguments",
    [["inspect", "predictions", "--text", NAME * 3], ["sample", "-n", "60"], ["inspect", "training"]],
    ids=["predictions", "sample", "training"],
)
def test_whole_commands_on_a_terminal_by_name(hostile_folder: Path, arguments: list[str]) -> None:  # noqa: F811
    (hostile_folder / "t.csv").symlink_to("/dev/stdout")
    ended, shown = on_a_terminal(*arguments, "-o", "t.csv", cwd=hostile_folder)
    assert ended == 0
    left = remains(shown.replace("\r\n", "\n"))
    assert not BAD.search(left), repr(left)
    assert "wrote t.csv" in shown
    assert len(shown) > 100
