"""Sides as processes that take turns: each works only while the others wait."""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = 0.3  # seconds of a turn
REST = 0.03  # between turns, so that another side's threads have stopped looking for work
ROUNDS = 3  # at least


class RowFailedError(Exception):
    """This row cannot be measured; the others can."""


class RowSkippedError(Exception):
    """This row is not for this machine or this version."""


class Process:
    """One side, and how to talk to it.

    root: the clone that it runs; environment: variables that it has beside ours; options: what else it starts with.
    """

    def __init__(
        self, python: str, module: str, row, threads: int, weights: str, root: Path = ROOT,
        environment: dict | None = None, **options,
    ) -> None:  # fmt: skip
        self.module, self.row = module, row
        pipe = subprocess.PIPE
        self.pipe = subprocess.Popen(
            [python, "-m", f"tests.bench.sides.{module}"], stdin=pipe, stdout=pipe, text=True, cwd=root,
            env=os.environ | {"OMP_NUM_THREADS": str(threads)} | (environment or {}), start_new_session=True,
        )  # fmt: skip
        self.told = self.ask(do="start", row=row.as_dict(), threads=threads, weights=weights, **options)

    def ask(self, **request):
        """Its answer to one request."""
        try:
            self.pipe.stdin.write(json.dumps(request) + "\n")
            self.pipe.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.pipe.stdout.readline()
        if not line:
            raise RowFailedError(f"the process of side {self.module!r} has ended; its words are above")
        answer = json.loads(line)
        if "skipped" in answer:
            raise RowSkippedError(answer["skipped"])
        return answer

    def work(self, do: str, **request) -> Callable[[int], float]:
        """A function of a count: does that much (updates, tokens, draws), and tells how many a second."""

        def run(count: int) -> float:
            answer = self.ask(do=do, count=count, **request)
            return answer["done"] / answer["seconds"]

        return run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pipe.stdin.close()
        self.pipe.wait()


def speed(run: Callable[[int], float]) -> float:
    """How many a second, roughly, once warm."""
    run(1)
    count, rate = 1, run(1)
    while rate * BLOCK > 4 * count:
        count = int(rate * BLOCK / 2)
        rate = run(count)
    return rate


def without_slow(works: dict, speeds: dict) -> dict:
    """The works that may turn out the fastest."""
    best = max(speeds[name] for name in works)
    return {name: run for name, run in works.items() if speeds[name] > 0.8 * best}


def take_turns(works: dict, speeds: dict, seconds: float, between: dict | None = None) -> dict:
    """Rates of all in turn, a list each, over about `seconds`; `between` are asked once a round and tell a number.

    Every other round is backwards: who comes first, after a pause, is a little slower.
    """
    counts = {name: max(1, round(speeds[name] * BLOCK)) for name in works}
    rates = {name: [] for name in [*works, *(between or {})]}
    order, ending = list(works), time.perf_counter() + seconds
    while len(rates[order[0]]) < ROUNDS or time.perf_counter() < ending:
        for name in order:
            rates[name].append(works[name](counts[name]))
            time.sleep(REST)
        for name, number in (between or {}).items():
            rates[name].append(number())
        order.reverse()
    return rates


def ratios(ours: list, theirs: list) -> list:
    """Round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def spread(numbers: list) -> float:
    """Half the distance between the quartiles, as a share of the median."""
    low, middle, high = statistics.quantiles(numbers, n=4)
    return (high - low) / 2 / middle
