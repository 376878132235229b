"""What takes longer than a moment shows that it lives: on a terminal alone, and silently with --quiet and --json."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import numba
import pexpect
import pytest

from lstmgen.terminal import working as place
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import COMPILING, working
from tests.cli.running import COMMAND, cycle, environment


class Shown(StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


Take = Callable[[], Shown]


@pytest.fixture
def take_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Take]:
    """Called in a test, it makes stderr a terminal, on which everything is shown at once."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(place, "_DELAY", 0.0)
    monkeypatch.setattr(place._SayOnce, "said", False)

    def take() -> Shown:
        stream = Shown()
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    yield take
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def until(stream: StringIO, words: str) -> None:
    """Wait for them to be shown."""
    end = time.monotonic() + 30
    while words not in stream.getvalue():
        assert time.monotonic() < end, stream.getvalue()
        time.sleep(0.01)


def compile_something() -> None:
    numba.njit(lambda x: x + 1)(1)


def test_on_a_terminal_it_is_shown_and_taken_away(take_terminal: Take) -> None:
    terminal = take_terminal()
    with working(Messages(stream=terminal), "Measuring [red]it[/]"):
        until(terminal, "Measuring [red]it[/]")
    shown = terminal.getvalue()
    assert shown.endswith("\x1b[2K") and shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1


def test_compiling_is_said_only_where_it_happens(take_terminal: Take) -> None:
    terminal = take_terminal()
    with working(Messages(stream=terminal), "Measuring"):
        until(terminal, "Measuring")
        assert COMPILING not in terminal.getvalue()
        compile_something()
        until(terminal, COMPILING)


def test_a_moment_needs_no_sign(take_terminal: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = take_terminal()
    monkeypatch.setattr(place, "_DELAY", 60.0)
    with working(Messages(stream=terminal), "Measuring"):
        pass
    assert terminal.getvalue() == ""


def test_quiet_and_json_are_silent(take_terminal: Take) -> None:
    terminal = take_terminal()
    for messages, silent in ((Messages(quiet=True, stream=terminal), False), (Messages(stream=terminal), True)):
        with working(messages, "Measuring", silent=silent):
            compile_something()
            time.sleep(0.05)
    assert terminal.getvalue() == ""


def test_elsewhere_only_compiling_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place._SayOnce, "said", False)
    pipe = StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    for _ in range(2):
        with working(Messages(), "Measuring"):
            compile_something()
    with working(Messages(), "Measuring"):
        pass
    assert pipe.getvalue() == f"{COMPILING}, which takes some seconds.\n"


def test_an_error_takes_it_away_too(take_terminal: Take) -> None:
    terminal = take_terminal()
    with pytest.raises(ValueError, match="oh"), working(Messages(stream=terminal), "Measuring"):
        until(terminal, "Measuring")
        raise ValueError("oh")
    assert terminal.getvalue().endswith("\x1b[2K")


def test_a_view_on_a_terminal(folder: Path) -> None:
    cycle(list("abcdefgh")).save("m.npz")
    program, *rest = COMMAND
    code = rest[1].replace(
        "from lstmgen.cli", "from lstmgen.terminal import working; working._DELAY = 0.0; from lstmgen.cli"
    )
    for more, expected in (([], True), (["--json"], False)):
        child = pexpect.spawn(
            program, ["-c", code, "inspect", "unroll", "-m", "m.npz", *more], cwd=str(folder),
            env=environment(TERM="xterm"), dimensions=(40, 100), encoding="utf-8", timeout=60,
        )  # fmt: skip
        child.expect(pexpect.EOF)
        shown = str(child.before)
        assert bool(re.search(r"Reading the text.*0:00:0", shown)) is expected
        assert "prediction" in shown
        child.close()


def test_a_signal_leaves_a_clean_terminal(folder: Path) -> None:
    code = (
        "import sys, time; from lstmgen.signals import exit_on_signals; exit_on_signals(); "
        "from lstmgen.terminal.streams import Messages; from lstmgen.terminal.working import working\n"
        "with working(Messages(), 'Measuring'): time.sleep(30)"
    )
    child = pexpect.spawn(sys.executable, ["-c", code], env=environment(TERM="xterm"), encoding="utf-8", timeout=20)
    child.expect_exact("Measuring")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130 and str(child.before).endswith("\r\x1b[2K\x1b[?25hInterrupted.\r\n")
