"""What a signal leaves behind it: text that was written, whole files or none, and a terminal as it was."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, environment, run_alone

if os.name == "nt":
    pytest.skip("signals and terminals as POSIX has them", allow_module_level=True)

import pty

SAMPLE = ["sample", "-m", "lesson", "--seed", "1", "--length"]
WHOLE = 20_000

# SIGTERM as the fifth kernel is loaded: the bar is there by then.
AT_THE_FIFTH = """
import os, signal, sys
from numba.core import caching
load, count = caching.Cache.load_overload, 0
def loading(*arguments):
    global count
    count += 1
    if count == 5:
        os.kill(os.getpid(), signal.SIGTERM)
    return load(*arguments)
caching.Cache.load_overload = loading
from lstmgen.cli import main
sys.exit(main())
"""

HALF_A_FILE = """
import os, signal, sys
from lstmgen.signals import exit_on_signals
from lstmgen.output_file import write_file
def write(file):
    file.write(b"half")
    os.kill(os.getpid(), signal.SIGTERM)
exit_on_signals()
write_file(sys.argv[1], write)
"""


def piped(cwd: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )


def test_what_was_written_stays(tmp_path: Path) -> None:
    whole = run_alone(*SAMPLE, str(WHOLE), cwd=tmp_path).stdout
    with piped(tmp_path, *SAMPLE, str(10_000 * WHOLE)) as process:
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        written, said = process.communicate(timeout=60)
    text = first + written
    assert process.returncode == 130
    assert said.endswith(b"\nInterrupted.\n")
    assert text.endswith(b"\n")
    assert whole.startswith(text[:-1][:WHOLE])


def test_a_pipe_that_nobody_reads_keeps_nobody(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [*COMMAND, *SAMPLE, str(10_000 * WHOLE)],
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    with process:
        while select.select([], [writing], [], 0)[1]:  # until nothing more goes in
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read().endswith(b"Interrupted.\n")
    os.close(writing)
    os.close(reading)


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HALF_A_FILE, "page.html"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (143, b"Interrupted.\n")
    assert list(tmp_path.iterdir()) == []


def shown(command: list[str], cwd: Path, until: bytes = b"\0") -> tuple[int, bytes]:
    """Run it on a terminal; SIGTERM when it has shown `until`; its code and all that it has shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=cwd, env=environment(TERM="xterm"), stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        found, sent = b"", False
        while select.select([ours], [], [], 60)[0]:
            try:
                found += os.read(ours, 4096)
            except OSError:  # Linux says so where others give nothing: everybody has closed it
                break
            if until in found and not sent:
                sent = True
                process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
    os.close(ours)
    return code, found


def test_the_bar_is_taken_away_and_the_cursor_comes_back(tmp_path: Path) -> None:
    (tmp_path / "tale.txt").write_text("the cat saw the dog. " * 90, encoding="utf-8")
    train = ["train", "tale.txt", "--steps", "5", "--hidden-size", "8", "--threads", "1"]
    code, found = shown([sys.executable, "-c", AT_THE_FIFTH, *train], tmp_path)
    assert code == 143
    assert b"Loading kernels" in found
    assert found.endswith(b"\r\x1b[2K\x1b[?25hInterrupted.\r\n")


def test_a_walk_gives_the_screen_back(tmp_path: Path) -> None:
    code, found = shown([*COMMAND, "inspect", "step", "-m", "lesson"], tmp_path, until=b"q quit")
    assert code == 143
    assert b"\x1b[?1049h" in found
    assert found.endswith(b"\x1b[?25h\x1b[?1049lInterrupted.\r\n")
