"""Whatever is in corpus, prompt, header, file name or argument: no control reaches a terminal but our own colours."""

from __future__ import annotations

import errno
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lstmgen.cleaning import clean
from lstmgen.cli import live_display
from lstmgen.cli.error_report import report_error
from lstmgen.errors import UsageError
from lstmgen.plain_json import as_json
from lstmgen.terminal.streams import Messages, OutputStream, console_for
from lstmgen.training import events
from tests.cli.running import COMMAND, cycle, environment

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
BAR = re.compile(r"\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A|\r(?=\x1b\[(?:2K|1A))")  # hide and show the cursor, redraw a line
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0001]")
EVIL = (
    "\x1b[2J", "\x1b]0;mine\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "\x00", "\x7f", "\u202e", "\u2066", "\r", "\x08",
    "[red]", "[/]", "[link=http://x]y[/link]", ":smile:", "\r\n", "\n", "\t", "\x85", "\u2028", "\ud800", "é", "{0}",
    "%s",
)  # fmt: skip
hostile = st.lists(st.sampled_from(EVIL) | st.text(st.characters(exclude_categories=()), max_size=3), max_size=8)
hostile_text = hostile.map("".join)


def remains(shown: str) -> str:
    """What is shown without our own colours and bar."""
    return BAR.sub("", COLOURS.sub("", shown))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@given(hostile_text)
def test_clean_leaves_no_control(text: str) -> None:
    for one_line in (False, True):
        cleaned = clean(text, one_line=one_line)
        assert not BAD.search(cleaned)
        assert clean(cleaned, one_line=one_line) == cleaned
        cleaned.encode("utf-8")
    assert "\n" not in clean(text, one_line=True)
    assert "\t" not in clean(text, one_line=True)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_clean_leaves_ordinary_text_alone(text: str) -> None:
    assert clean(text) == text
    assert clean("日本語 العربية नमस्ते 👩‍🚀 [red]\n\t") == "日本語 العربية नमस्ते 👩‍🚀 [red]\n\t"


def test_how_controls_are_spelt() -> None:
    assert clean("a\x1b[31m\x00\x7f\x9b\u202e\U000e0001\ud800b\rc\r\nd") == (
        "a\\x1b[31m\\x00\\x7f\\x9b\\u202e\\U000e0001\\ud800b\\rc\nd"
    )
    assert clean("a\tb\nc", one_line=True) == "a\\tb\\nc"


@given(hostile_text, hostile_text)
def test_remarks_and_errors(first: str, second: str) -> None:
    terminal = Terminal()
    messages = Messages(stream=terminal)
    messages.info(first, "31")
    messages.notice(second)
    with mock.patch.object(sys, "stderr", terminal):
        report_error(UsageError(f"{first}\n{second}"))
        report_error(OSError(errno.ENOSPC, "full", first.replace("\0", "")))
        report_error(RuntimeError(second))
    assert not BAD.search(remains(terminal.getvalue()))


@given(st.lists(hostile_text, max_size=5))
def test_the_product_is_clean_on_a_terminal_and_exact_elsewhere(pieces: list[str]) -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with mock.patch.object(sys, "stdout", stream):
            product = OutputStream()
            for piece in pieces:
                product.write(piece)
            product.finish()
    assert terminal.getvalue() == clean("".join(pieces))
    assert not BAD.search(terminal.getvalue())
    assert pipe.getvalue() == "".join(pieces)


@given(hostile_text)
def test_json_is_plain_ascii(text: str) -> None:
    shown = as_json({"text": text, text: [text, float("nan")]})
    assert re.fullmatch("[ -~]*", shown)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_text)
@example("\x1b]8;;http://x\x1b\\")  # no command that a shell could read
@example("- '")
def test_training_shown(text: str) -> None:
    choice = SimpleNamespace(name=text, value=text, reason=text)
    plan: Any = SimpleNamespace(choices=(choice,))
    model: Any = SimpleNamespace(header={"lines": False}, arrays={})
    last = (model, Path(text.replace("\0", "") or "x"), 3, 9, 1.0, 1.0, 1.0, 9.0, 1.0, None, None, None, 3)
    terminal = Terminal()
    with mock.patch.object(sys, "stderr", terminal):
        show = live_display.LiveDisplay()
        show.show(events.Notice(text))
        show.show(events.Planned(plan, 5, 1000))
        show.show(events.Progress(1, 3, 0.3, 9, 9.0, 1.0, 1.0, 1.0, 0.1, 1.0, 2.0))
        show.show(events.Sampled(1, text, 0.8))
        show.show(events.Finished(*last, False, False, 0, 0, text))
        show.close()
    assert not BAD.search(remains(terminal.getvalue()))


def test_no_color_and_dumb_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def said() -> str:
        terminal = Terminal()
        Messages(stream=terminal).info("x", "31")
        console_for(terminal).print("y", style="red")
        return terminal.getvalue()

    assert said() == "\x1b[31mx\x1b[0m\n\x1b[31my\x1b[0m\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert said() == "x\ny\n"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert said() == "x\ny\n"


# --- whole commands on a real pseudo-terminal ---


def on_a_terminal(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and everything a terminal was sent, stdout and stderr alike."""
    openpty = getattr(os, "openpty", None)
    if openpty is None:
        pytest.skip("no pseudo-terminals here")
    ours, theirs = openpty()
    env = environment(TERM="xterm-256color", COLUMNS="80", LINES="24")
    process = subprocess.Popen([*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=env)
    os.close(theirs)
    shown = b"".join(_read_all(ours))
    os.close(ours)
    return process.wait(timeout=120), shown.decode("utf-8")


def _read_all(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # how Linux says that nobody is at the other end any more
            return
        if not data:
            return
        yield data


NAME = "e\x1b]0;mine\x07v\x9b1m[red]il\u202e"


@pytest.fixture
def hostile_folder(tmp_path: Path) -> Path:
    """A corpus whose name and text are hostile, and a model whose tokens and header are."""
    text = "".join(evil for evil in EVIL if evil != "\ud800") * 60
    (tmp_path / f"{NAME}.txt").write_bytes(text.encode())
    model = cycle([evil for evil in EVIL if evil not in {"\ud800", "\r\n"}], level="word")
    model.header["corpus"] = {"names": [NAME], "characters": 9, "tokens": 9, "split": 9, "digest": NAME}
    model.header["training"] = {"options": {NAME: NAME}, "command": NAME, "lstmgen": NAME}
    (tmp_path / "models").mkdir()
    model.save(tmp_path / "models" / f"{NAME}.npz")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["train", f"{NAME}.txt", "--steps", "2", "--hidden-size", "4", "-o", f"{NAME}2"], 0),
        (["train", f"{NAME}.txt"], 2),
        (["train", NAME, "--level", NAME], 2),
        (["sample", "-n", "60", "-p", f"{NAME}\x1b[2J"], 0),
        (["sample", "-m", NAME, "--json", "-n", "30"], 0),
        (["sample", "-m", f"no{NAME}"], 2),
        (["sample", "-p", NAME, "--unknown", "error"], 3),
        (["sample", f"--{NAME}"], 2),
        (["inspect", "gates"], 0),
        (["inspect", "gates", "--text", NAME * 3], None),
        (["inspect", "model"], 0),
        (["inspect", NAME], 2),
        ([NAME], 2),
    ],
)
def test_whole_commands(hostile_folder: Path, arguments: list[str], code: int | None) -> None:
    ended, shown = on_a_terminal(*arguments, cwd=hostile_folder)
    left = remains(shown.replace("\r\n", "\n"))
    assert not BAD.search(left), repr(left)
    assert code is None or ended == code, shown
    assert shown
