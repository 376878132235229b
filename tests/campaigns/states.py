"""Thousands of state files with one or two changes and checksums that fit: each is refused clearly, or trains on.

python -m tests.campaigns.states [NUMBER [SEED]]

A finding is an exit code of 1 (a bug of ours), a run that hangs or takes absurd memory, or one that trained on and left
a state that cannot be read. Exits with 1 where there was any. POSIX only.
"""

from __future__ import annotations

import collections
import contextlib
import io
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from lstmgen.cli.error_report import report_error
from lstmgen.cli.model_paths import existing_model_options
from lstmgen.errors import InterruptedTraining
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import load_corpus
from lstmgen.training import StopFlag, events, resume, train
from tests.campaigns.mutations import Parts, mutate, put_together, taken_apart

NUMBER = 4_000
PATIENCE = 20.0  # seconds that one file may take
ROOM = 1 << 30  # bytes that one may
UPDATES = 3  # that a file makes which trains on
TEXT = "".join(f"{who} saw {whom}. {whom} ran to the {what}.\n" for who in ("Doug", "Jane", "Spot", "Ann")
               for whom in ("Doug", "Jane", "Spot", "Bo") for what in ("ball", "tree", "sea", "door"))  # fmt: skip
KINDS: list[dict[str, Any]] = [
    {"model": {"hidden_size": 5}, "text": {}, "how": {"steps": 24}},
    {
        "model": {"hidden_size": 5, "cell": "peephole", "num_layers": 2, "embedding_size": 3},
        "text": {"lines": True},
        "how": {"epochs": 2.0, "dropout": 0.2},
    },
    {
        "model": {"hidden_size": 4, "cell": "rnn", "num_layers": 1},
        "text": {"level": "word", "min_count": 2},
        "how": {"time": 60.0},
    },
]
Ending = tuple[int, str, str]  # exit code, what was said, traceback


class Clock:
    """A second passes at every look."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 1.0
        return self.time


def genuine(folder: Path, kind: dict[str, Any], updates: int) -> Path:
    """The state of a small run that was stopped after so many updates; 0: that has ended."""
    text, out = folder / "tale.txt", folder / f"{len(list(folder.iterdir()))}.npz"
    text.write_text(TEXT, encoding="utf-8")
    how = TrainingSettings(seq_length=8, batch_size=4, seed=3, threads=1, **kind["how"])
    flag = StopFlag()
    with contextlib.suppress(InterruptedTraining):
        corpus = load_corpus([str(text)], **kind["text"])
        for event in train(corpus, ModelSettings(**kind["model"]), how, out, stop=flag, samples=False, now=Clock()):
            if isinstance(event, events.Progress) and event.step == updates:
                flag.set()
    return out.with_name(f"{out.stem}.state.npz")


def gone_on(path: Path, out: Path, asked: dict[str, Any]) -> Ending:
    """How it ends to go on from a state for a few updates."""
    flag, made = StopFlag(), 0
    try:
        existing_model_options(path.with_name(path.name.replace(".state", "")))
        for event in resume(path, asked, out, stop=flag, samples=False, now=Clock()):
            made += isinstance(event, events.Progress)
            if made == UPDATES:
                flag.set()
    except BaseException as error:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code = report_error(error)
        where = "".join(traceback.format_exception(error)) if code == 1 or isinstance(error, MemoryError) else ""
        return code, said.getvalue(), where
    return 0, "", ""


def _late(number: int, frame: FrameType | None) -> None:
    raise RuntimeError("it took too long")


def finding(path: Path, out: Path, asked: dict[str, Any]) -> tuple[str, Ending]:
    """What is wrong with how it ended, "" if nothing."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        ended = gone_on(path, out, asked)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    if ended[2]:
        return "a bug of ours" if ended[0] == 1 else "out of memory", ended
    taken = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    if taken > ROOM:
        return f"it took {taken / 1e9:.1f} GB", ended
    written = out.with_name(f"{out.stem}.state.npz")
    if ended[0] in (0, 130) and written.exists():
        again = gone_on(written, out, {"steps": 2**40})
        if again[0] != 130:
            return "what it left cannot be gone on from", again
    return "", ended


def mutants(states: list[tuple[Parts, dict[str, Any]]], number: int, seed: int) -> Iterator[tuple[str, Parts, Any]]:
    """So many of them, each with what was changed and what is asked of it."""
    for k in range(number):
        rng = random.Random(f"{seed} {k}")
        parts, asked = states[k % len(states)]
        changed = parts.copy()
        what = "; ".join(mutate(changed, rng) for _ in range(rng.choice([1, 1, 2])))
        yield what, changed, asked


def main(number: int = NUMBER, seed: int = 1, tell: Callable[[str], None] = print) -> int:
    """The campaign; the number of findings."""
    signal.signal(signal.SIGALRM, _late)
    ends: collections.Counter[int] = collections.Counter()
    found, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        states = []
        for kind in KINDS:
            states.append((taken_apart(genuine(folder, kind, 9)), {}))
            states.append((taken_apart(genuine(folder, kind, 0)), {"steps": 2_000}))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + 8 * ROOM, hard))
        path, out = folder / "mutant.state.npz", folder / "out" / "m.npz"
        for k, (what, parts, asked) in enumerate(mutants(states, number, seed)):
            for left in out.parent.glob("*") if out.parent.exists() else ():
                left.unlink()
            put_together(parts, path)
            wrong, (code, said, where) = finding(path, out, asked)
            ends[code] += 1
            if wrong:
                found += 1
                tell(f"{k}: {what}\n  {wrong}: {said.strip()}\n{where}")
    told = ", ".join(f"{count:,} with {code}" for code, count in sorted(ends.items()))
    tell(f"{number:,} files in {time.monotonic() - began:.0f} s, {found:,} findings; ended {told}.")
    return found


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) > 0)
