"""This version beside another one, on every row of the bench, in interleaved short blocks.

    python -m tests.bench.against OTHER_CLONE [--seconds S] [--only TEXT]

Both train the same network from the same weights, or write from the same random numbers. The ratio is this version's
speed over the other's, round by round; its interval is a bootstrap of the median's, 95 %.
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import numpy as np

from tests.bench.rows import SAMPLING, TRAINING
from tests.bench.turns import ROOT, Process, RowSkippedError, ratios, speed, take_turns

SECONDS = 20.0  # of taking turns, a row
RESAMPLES = 2_000


def interval(pairs: list) -> tuple[float, float]:
    """95 % interval of the median of paired ratios, by bootstrap over rounds."""
    rng = np.random.default_rng(0)
    medians = np.median(rng.choice(np.asarray(pairs), (RESAMPLES, len(pairs))), axis=1)
    low, high = np.percentile(medians, [2.5, 97.5])
    return float(low), float(high)


def race(row, do: str, other: Path, seconds: float, **request) -> tuple[list, float]:
    """Paired ratios of this version over the other, and this one's rate (updates or tokens a second)."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        begin = lambda root: stack.enter_context(  # noqa: E731
            Process(sys.executable, "ours", row, os.cpu_count() or 1, f"{folder}/weights.npz", root)
        )
        works = {"this": begin(ROOT).work(do, **request), "other": begin(other).work(do, **request)}
        rates = take_turns(works, {name: speed(run) for name, run in works.items()}, seconds)
    return ratios(rates["this"], rates["other"]), median(rates["this"])


def main() -> None:
    """One line a row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    rows = [(f"training {entry.row.name}", entry.row, "updates", {}) for entry in TRAINING]
    rows += [(f"sampling {e.name}", e.row, "sample", {"precision": e.precision}) for e in SAMPLING]
    for name, row, do, request in rows:
        if asked.only not in name:
            continue
        try:
            pairs, rate = race(row, do, asked.other.resolve(), asked.seconds, **request)
        except RowSkippedError as why:
            print(f"{name:<52} skipped: {why}", flush=True)
            continue
        low, high = interval(pairs)
        line = f"{name:<52} {median(pairs):.3f}  ({low:.3f} to {high:.3f}, {len(pairs)} rounds)  {rate:,.0f} a second"
        print(line, flush=True)


if __name__ == "__main__":
    main()
