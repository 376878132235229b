"""Walking where there is no termios: msvcrt gives the keys. A console that behaves like it stands for Windows's."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

from lstmgen.terminal import windows_keys
from lstmgen.terminal.windows_keys import WindowsKeyReader
from tests.cli.running import environment

WINDOWS = """
import os, select, subprocess, sys, types  # subprocess asks for msvcrt too, to know where it is
sys.modules["termios"] = sys.modules["tty"] = None  # importing them fails
os.system("stty raw -echo")
console = types.ModuleType("msvcrt")
console.kbhit = lambda: bool(select.select([0], [], [], 0)[0])
console.getwch = lambda: os.read(0, 1).decode("latin-1")
sys.modules["msvcrt"] = console
from lstmgen.cli import main
sys.exit(main())
"""


class Console:
    """Keys that wait, as msvcrt hands them out."""

    def __init__(self, typed: str) -> None:
        self.typed = list(typed)

    def kbhit(self) -> bool:
        return bool(self.typed)

    def getwch(self) -> str:
        return self.typed.pop(0)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\xe0M\xe0K\xe0P\xe0H", ["right", "left", "right", "left"]),
        ("\x00Q\x00I\xe0G\xe0O\xe0\x99", ["right", "left", "home", "end", ""]),
        ("f\r\x08\x1b\x03é", ["f", "enter", "backspace", "escape", "interrupt", "é"]),
        ("\ud83d\ude00q", ["😀", "q"]),
    ],
)
def test_keys_have_their_names(typed: str, keys: list[str]) -> None:
    reader = WindowsKeyReader(Console(typed))
    assert [reader.read() for _ in keys] == keys


def test_a_window_of_another_size_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([(80, 24), (80, 24), (100, 30)])
    monkeypatch.setattr(windows_keys.shutil, "get_terminal_size", lambda: next(sizes))
    assert WindowsKeyReader(Console("")).read() == "resized"


def test_walking_without_termios(folder: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-c", WINDOWS, "inspect", "step", "-m", "lesson", "--text", "Jane saw Spot."],
        cwd=str(folder),
        env=environment(TERM=""),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=60,
    )
    child.expect_exact("\x1b[?1049h")
    child.expect_exact("step 0 of 0-3")
    child.send("\x00M")
    child.expect_exact("step 1 of 0-3")
    child.send("n")
    child.expect_exact("step 2 of 0-3")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert str(child.before).endswith("\x1b[?25h\x1b[?1049l") and child.exitstatus == 0
