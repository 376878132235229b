"""Signals at random moments of everything the program does: make campaign-signals.

    python -m tests.campaigns.signals [--cases 200] [--seed 1]

Each work is done once in peace, to know how long it takes here and what it writes; then it is struck again and again,
at moments spread over that time, by SIGINT, SIGTERM or SIGHUP. Whatever the moment: it ends soon, with 128 + the
signal's number, one sentence and no traceback; the files that stand are whole; a state goes on; no kernel is lost.
"""

from __future__ import annotations

import argparse
import random
import signal
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lstmgen.kernels.compile import CompiledWith
from tests.campaigns.launch import Forks, Launch, fresh, heed_signals
from tests.campaigns.struck import Ended, cached, faults, run
from tests.campaigns.works import WORKS, Work, prepare

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLD_SHARE = 0.02  # of the cases: each compiles for many seconds


@dataclass(frozen=True)
class Case:
    """A work that was struck, when, by what, how it ended, and what was wrong with that."""

    work: Work
    number: signal.Signals
    fraction: float  # of the work's time
    ended: Ended
    faults: list[str]

    def __str__(self) -> str:
        what = f"{self.work.name:8} {self.number.name:7} at {self.fraction:4.0%}"
        return f"{what}: code {self.ended.code}, {self.ended.seconds:.2f} s, {self.ended.last!r} {self.faults or ''}"


def campaign(count: int, seed: int, launches: list[Launch], works: tuple[Work, ...] = WORKS) -> Iterator[Case]:
    """Strike `count` times; what is struck, how begun and when follow from the seed."""
    rng = random.Random(seed)
    kernels = cached(CompiledWith.cache_folder)
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        prepare(home)
        peaceful: dict[tuple[str, Launch], Ended] = {}
        for k in range(count):
            work = _drawn(rng, works)
            launch = fresh if work.cold else rng.choice(launches)
            if (work.name, launch) not in peaceful:
                peaceful[work.name, launch] = run(work, home, home / f"whole-{len(peaceful)}", launch)
            whole = peaceful[work.name, launch]
            number, fraction = rng.choice(SIGNALS), rng.random()
            folder = home / str(k)
            ended = run(work, home, folder, launch, number, fraction * whole.seconds)
            found = faults(work, home, number, ended, whole, folder)
            lost = kernels - cached(CompiledWith.cache_folder)
            yield Case(work, number, fraction, ended, found + [f"a kernel was thrown away: {name}" for name in lost])


def _drawn(rng: random.Random, works: tuple[Work, ...]) -> Work:
    cold = [work for work in works if work.cold]
    if cold and rng.random() < COLD_SHARE:
        return rng.choice(cold)
    return rng.choice([work for work in works if not work.cold])


def main() -> int:
    """Show each case, then the figures; 1 if any case had a fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    cases = []
    heed_signals()
    with Forks() as forks:
        for case in campaign(asked.cases, asked.seed, [forks, forks, fresh]):
            print(case, flush=True)
            cases.append(case)
    seconds = sorted(case.ended.seconds for case in cases if case.ended.struck)
    print(f"\n{len(cases)} cases, {len(seconds)} struck before their end")
    print(f"seconds to the end: median {statistics.median(seconds):.2f}, longest {seconds[-3:]}")
    print("said:", *Counter(case.ended.last for case in cases).most_common(12), sep="\n  ")
    print("codes:", Counter(case.ended.code for case in cases))
    bad = [case for case in cases if case.faults]
    print("\n".join(["faults:", *map(str, bad)]) if bad else "no fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
