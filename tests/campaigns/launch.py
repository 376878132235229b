"""Two ways to begin a command: a process of its own, or, quickly, a fork of one that has loaded everything already."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Protocol

from lstmgen.cli import main
from lstmgen.settings import ModelSettings
from lstmgen.training.probe import compile_kernels
from tests.cli.running import ROOT, environment

# Python itself takes some hundredths of a second to begin; it says when it has.
BEGIN = "import os, sys; os.write(int(sys.argv.pop(1)), b'.'); from lstmgen.cli import main; sys.exit(main())"


def heed_signals() -> None:
    """Let the processes we begin hear what a shell's background or nohup has ignored for us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


class Launch(Protocol):
    """Begin `lstmgen ARGUMENTS` in `folder`, with what it writes in the files .out and .said there."""

    def __call__(self, arguments: list[str], folder: Path, stdin: str, **more: str) -> Running: ...


class Running(Protocol):
    """A command at work."""

    pid: int

    def wait(self, timeout: float) -> int:
        """The code it ended with, -N for signal N; subprocess.TimeoutExpired if it has not."""


def fresh(arguments: list[str], folder: Path, stdin: str, **more: str) -> Running:
    """A process that begins with nothing loaded."""
    reading, writing = os.pipe()
    with Path(stdin).open("rb") as given, (folder / ".out").open("wb") as out, (folder / ".said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, str(writing), *arguments],
            stdin=given, stdout=out, stderr=said, cwd=folder, env=environment(**more), pass_fds=[writing],
        )  # fmt: skip
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    return process


class Forks:
    """`with Forks() as launch:` forks of one process that has its kernels; it never used a second thread."""

    def __enter__(self) -> Launch:
        command = [sys.executable, "-m", "tests.campaigns.launch"]
        self._server = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        return self._launch

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.communicate(timeout=60)

    def _launch(self, arguments: list[str], folder: Path, stdin: str, **more: str) -> Running:
        self._server.stdin.write(json.dumps([arguments, str(folder), stdin]).encode() + b"\n")
        return _Fork(self._server)


class _Fork:
    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        self._server, self._code = server, None
        self.pid = int(server.stdout.readline())

    def wait(self, timeout: float) -> int:
        if self._code is None:
            if not select.select([self._server.stdout], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            self._code = int(self._server.stdout.readline())
        return self._code


def serve() -> None:
    """Fork for each line on stdin: the fork says its number as it begins, the server the code it ended with."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        for command in (["train"], ["sample", "-m"], ["inspect", "score", "-m"]):
            assert main([*command, "none.none"]) == 2  # by then all is loaded
    compile_kernels(ModelSettings(), 1, True)
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _be_it(*json.loads(line))
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _be_it(arguments: list[str], folder: str, stdin: str) -> None:
    os.chdir(folder)
    os.write(1, b"%d\n" % os.getpid())
    writing = os.O_WRONLY | os.O_CREAT
    for number, (name, flags) in enumerate([(stdin, os.O_RDONLY), (".out", writing), (".said", writing)]):
        os.dup2(os.open(name, flags, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - what was read ahead is the server's
    sys.argv = ["lstmgen", *arguments]
    os._exit(main())  # for Python's own end takes longer than the rest, and has a server's kernels to let go of


if __name__ == "__main__":
    serve()
