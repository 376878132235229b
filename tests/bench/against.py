"""This version beside another one, on every row of the bench, in interleaved short blocks.

    python -m tests.bench.against OTHER_CLONE [--seconds S] [--starts N] [--only TEXT] [--threads N]
                                  [--precision bf16] [--other-precision float32]

Both train the same network from the same weights, or write from the same random numbers. The ratio is this version's
speed over the other's, round by round. Where a process's memory lies can cost it some percent as long as it lives (a
version beside itself differs by as much), so both are started several times; the interval, 95 %, is a bootstrap over
starts, and over the rounds of each.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from tests.bench.rows import SAMPLING, TRAINING
from tests.bench.turns import ROOT, Process, RowSkippedError, ratios, speed, take_turns

SECONDS = 20.0  # of taking turns, a row, in all starts together
STARTS = 4
RESAMPLES = 2_000


def interval(starts: list[list]) -> tuple[float, float]:
    """95 % interval of the median of paired ratios, a list for each start: by bootstrap over starts and rounds."""
    rng = np.random.default_rng(0)
    medians = []
    for _ in range(RESAMPLES):
        drawn = [starts[k] for k in rng.integers(len(starts), size=len(starts))]
        medians.append(np.median(np.concatenate([rng.choice(pairs, len(pairs)) for pairs in drawn])))
    low, high = np.percentile(medians, [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True)
class Version:
    """One that takes part: its clone, and the precision it trains in."""

    root: Path
    precision: str = "float32"

    def start(self, row, threads: int, weights: str) -> Process:
        """At work on a row; a version that knows no precisions is asked for none."""
        options = {} if self.precision == "float32" else {"precision": self.precision}
        return Process(sys.executable, "ours", row, threads, weights, self.root, **options)


def race(row, do: str, versions: dict[str, Version], threads: int, seconds: float, **request) -> tuple[list, float]:
    """Paired ratios of "this" version over the "other", and this one's rate (updates or tokens a second).

    versions: in the order in which they are started.
    """
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        works = {}
        for name, one in versions.items():
            process = one.start(row, threads, f"{folder}/weights.npz")
            works[name] = stack.enter_context(process).work(do, **request)
        rates = take_turns(works, {name: speed(run) for name, run in works.items()}, seconds)
    return ratios(rates["this"], rates["other"]), median(rates["this"])


def main() -> None:
    """One line a row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--precision", default="float32", help="of this one's training")
    parser.add_argument("--other-precision", help="of the other's (the same)")
    asked = parser.parse_args()
    versions = {
        "this": Version(ROOT, asked.precision),
        "other": Version(asked.other.resolve(), asked.other_precision or asked.precision),
    }
    rows = [(f"training {entry.row.name}", entry.row, "updates", {}) for entry in TRAINING]
    rows += [(f"sampling {e.name}", e.row, "sample", {"precision": e.precision}) for e in SAMPLING]
    for name, row, do, request in rows:
        if asked.only not in name:
            continue
        starts, rates = [], []
        try:
            for _ in range(asked.starts):
                pairs, rate = race(row, do, versions, asked.threads, asked.seconds / asked.starts, **request)
                starts.append(pairs)
                rates.append(rate)
                versions = dict(reversed(versions.items()))
        except RowSkippedError as why:
            print(f"{name:<52} skipped: {why}", flush=True)
            continue
        low, high = interval(starts)
        middle, rounds = median(ratio for pairs in starts for ratio in pairs), sum(map(len, starts))
        line = f"{name:<52} {middle:.3f}  ({low:.3f} to {high:.3f}, {rounds} rounds)  {median(rates):,.0f} a second"
        print(line, flush=True)


if __name__ == "__main__":
    main()
