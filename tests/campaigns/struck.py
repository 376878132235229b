"""A work in a process of its own, struck by a signal, and what must hold of how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lstmgen.errors import LstmgenError
from lstmgen.modelfile import read_model, read_state
from lstmgen.training import resume
from lstmgen.training.events import Finished, Progress
from tests.campaigns.launch import Launch
from tests.campaigns.works import Work

LOADED = 0.01  # seconds until our handlers stand
LONGEST = 60.0  # seconds to the end, on a machine with other work too
WORST = ("Traceback", "bug of ours", "Exception ignored", "plain loops")


@dataclass(frozen=True)
class Ended:
    """How a process ended: its code, what it wrote, the seconds from the signal (else from the beginning)."""

    code: int
    out: bytes
    said: str
    seconds: float
    struck: bool

    @property
    def last(self) -> str:
        """The first words of its last sentence."""
        line = (self.said.strip() or self.out.decode(errors="replace").strip() or "-").splitlines()[-1]
        if line.startswith("{"):
            return str(json.loads(line)["event"])
        return re.split(r"[:/\d]", line)[0].strip()[:50]


def run(
    work: Work, home: Path, folder: Path, launch: Launch, number: signal.Signals | None = None, after: float = 0.0
) -> Ended:
    """Do the work in a new folder; `after` so many seconds, send the signal."""
    folder.mkdir()
    for name in work.begins:
        shutil.copy(home / name, folder / name)
    more = {"NUMBA_CACHE_DIR": str(folder / "cache")} if work.cold else {}
    process = launch(work.at(home), folder, str(home / work.stdin) if work.stdin else os.devnull, **more)
    began, code = time.monotonic(), None
    if number is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(max(after, LOADED))
    struck = number is not None and code is None
    if struck:
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(process.pid, number)
    try:
        code = process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        code = process.wait(LONGEST)
    seconds = time.monotonic() - began
    out, said = (folder / name for name in (".out", ".said"))
    return Ended(code, out.read_bytes(), said.read_text("utf-8"), seconds, struck)


def faults(work: Work, home: Path, number: signal.Signals, ended: Ended, whole: Ended, folder: Path) -> list[str]:
    """What is wrong with how a struck work ended, beside the same one in peace."""
    found = [f"it says {word}" for word in WORST if word in ended.said]
    done = ended.code in (0, -number) and work.ends in ended.said + ended.out.decode(errors="replace")
    done = done and (ended.out == whole.out or not work.product)  # and Python itself had yet to end
    if not done and ended.code != 128 + number:
        found.append(f"code {ended.code}")
    if not done and "nterrupted" not in ended.said:
        found.append("it does not say why it ends")
    if work.product and not done and not whole.out.startswith(ended.out.removesuffix(b"\n")):
        found.append("the product is not a beginning of the whole product")
    text = [str(home / work.stdin)] if work.stdin else []
    return found + [f"left behind: {path.name}" for path in folder.rglob("*.part")] + _files(folder, text)


def _files(folder: Path, text: list[str]) -> list[str]:
    """What is wrong with the model, the state or the page in the folder; text: where it lies, if no state knows."""
    model, state, page = folder / "m.npz", folder / "m.state.npz", folder / "report.html"
    found = []
    try:
        if model.exists():
            read_model(model)
            if not state.exists():
                found.append("a model without its state")
        if state.exists():
            step = read_state(state)[2]["counters"]["step"]
            run = resume(state, asked={"steps": 1_000_000}, names=text, samples=False)
            if not any(
                isinstance(event, Finished) or (isinstance(event, Progress) and event.step > step) for event in run
            ):
                found.append(f"the state did not go on from update {step}")
            run.close()
    except LstmgenError as error:
        found.append(f"{type(error).__name__}: {error}")
    if page.exists() and not page.read_bytes().rstrip().endswith(b"</html>"):
        found.append("half a page")
    return found


def cached(folder: str | None) -> frozenset[str]:
    """The kernels that are kept there."""
    return frozenset(str(path) for path in Path(folder).rglob("*.nb[ic]")) if folder else frozenset()
