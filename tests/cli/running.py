"""What the command line's tests share: running it in this process or in one of its own, and small models."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pexpect
import pytest

from lstmgen.api import Model
from lstmgen.cli import main

ROOT = Path(__file__).parents[2]
SPOT = "Doug saw Jane. Jane saw Spot."
WORKING = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h\r\x1b\[1A\x1b\[2K", re.DOTALL)  # that work goes on, and is done
SGR = re.compile(r"\x1b\[([\d;]*)m")
COMMAND = [sys.executable, "-c", "import sys; from lstmgen.cli import main; sys.exit(main())"]


@dataclass(frozen=True)
class Ran:
    """How a run ended and what it said."""

    code: int
    out: str
    err: str


class Runner:
    """Runs commands in this process, with what they print captured."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        self.capsys.readouterr()
        code = main(arguments)
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)


def environment(**more: str) -> dict[str, str]:
    """Of a process of its own: this project's package, UTF-8, neither colours nor a size from whoever tests."""
    not_ours = {"NO_COLOR", "FORCE_COLOR", "LSTMGEN_DEBUG", "COLUMNS", "LINES"}
    keep = {k: v for k, v in os.environ.items() if k not in not_ours}
    return {**keep, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


def run_alone(*arguments: str, cwd: Path, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**more),
        timeout=120,
        check=False,
    )


def on_terminal(folder: Path, *arguments: str, rows: int = 24, columns: int = 80, **more: str) -> str:
    """What a terminal of that size receives, but for the sign that work goes on, of which nothing is left on it."""
    keep = environment(TERM="xterm-256color", COLORTERM="truecolor", **more)
    child = pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], *arguments], cwd=str(folder), env=keep, dimensions=(rows, columns), timeout=120,
        encoding="utf-8",
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return WORKING.sub("", child.before.replace("\r\n", "\n"))


def cycle(tokens: list[str], *, level: str = "char", lines: bool = False, first: int = 0) -> Model:
    """A plain RNN that writes its tokens in a circle, beginning with `first`: each unit knows one token by heart.

    Its certainty is so large that sampling at any usual temperature does the same.
    """
    V = len(tokens)
    after = np.roll(np.eye(V), 1, axis=0)  # (V, V): row = the token after the column's
    arrays = {
        "layers.0.W": 20 * np.eye(V)[None],
        "layers.0.U": np.zeros((1, V, V)),
        "layers.0.b": np.zeros((1, V)),
        "output.W": 60 * after,
        "output.b": 30 * np.eye(V)[first],
    }
    return Model.from_arrays(arrays, tokens, cell="rnn", level=level, lines=lines)
