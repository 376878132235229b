"""Kills and interrupts of one of two processes that train together: python -m tests.campaigns.ranks [--cases 40].

At random moments of a run, of every eight cases two from its start on and six from its first save on, one of the two
processes is killed (SIGKILL) or interrupted (SIGINT, SIGTERM). Whatever the moment: all have ended soon, an interrupt
with its exit code; the files that stand are whole, and the state goes on to the run's end on one process, or there is
nothing yet.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from lstmgen.errors import LstmgenError
from lstmgen.modelfile import read_model, read_state
from tests.mpi.launch import LIMIT, command, environment, run
from tests.training.runs import text

TRAIN = ["train", "story.txt", "--hidden-size", "32", "--batch-size", "4", "--seq-length", "16", "--seed", "1",
         "--steps", "150", "--threads", "1", "--shards", "2", "--quiet", "-o", "m.npz"]  # fmt: skip
SPOILED = ["tests.mpi.spoiled", "nothing", "0", "0", "--"]  # slow, and each says its process's number
SOON = 5.0  # seconds


def strike(number: int, rank: int, after: str, wait: float, folder: Path) -> tuple[str, list[str]]:
    """One case: how it ended, and what was wrong with that."""
    (folder / "story.txt").write_text(text(6_000), encoding="utf-8")
    process = subprocess.Popen(
        command(2, TRAIN, SPOILED), cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True
    )
    pid = folder / f"{rank}.pid"
    while not pid.exists() or not pid.read_text(encoding="ascii") or not (folder / after).exists():
        time.sleep(0.005)
    time.sleep(wait)
    if process.poll() is not None:
        said = process.communicate()[1]
        return "it had ended", [said] * (process.returncode != 0)
    faults: list[str] = []
    os.kill(int(pid.read_text(encoding="ascii")), number)
    began = time.monotonic()
    said = process.communicate(timeout=LIMIT)[1]
    took, code = time.monotonic() - began, process.returncode
    if number != signal.SIGKILL and code not in (0, 128 + number):
        faults.append(f"code {code}, {said!r}")
    if number == signal.SIGKILL and not code:
        faults.append("a kill went unnoticed")
    if took > SOON:
        faults.append(f"{took:.1f} s")
    if not (folder / "m.state.npz").exists():
        return f"code {code}, nothing saved", faults + (["a model without a state"] * (folder / "m.npz").exists())
    try:
        counters = read_state(folder / "m.state.npz")[2]["counters"]
        if (folder / "m.npz").exists():
            read_model(folder / "m.npz")
    except LstmgenError as error:
        return f"code {code}", [*faults, str(error)]
    if counters["finished"]:  # struck when all was done
        return f"code {code}, it was complete", []
    if code:
        ran = run(1, [*TRAIN, "--resume"], folder)
        faults += [f"resuming: {ran.stderr!r}"] * (ran.returncode != 0)
    return f"code {code}, saved at update {counters['step']}, {took:.2f} s", faults


def main() -> None:
    """Case after case, and a count of faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=40, help="half of them kills")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng, found = random.Random(asked.seed), Counter[str]()
    for case in range(asked.cases):
        number = signal.SIGKILL if case % 2 else rng.choice((signal.SIGINT, signal.SIGTERM))
        rank, (after, longest) = rng.randrange(2), ("", 5.0) if case % 8 < 2 else ("m.state.npz", 2.0)
        wait = rng.uniform(0.0, longest)
        with tempfile.TemporaryDirectory() as folder:
            ended, faults = strike(number, rank, after, wait, Path(folder))
        print(f"{case:3} {number.name} to {rank} {after} + {wait:.2f} s: {ended} {faults or ''}", flush=True)
        found[f"{'kills' if case % 2 else 'interrupts'}, {'bad' if faults else 'well'}"] += 1
    print(dict(found))


if __name__ == "__main__":
    main()
