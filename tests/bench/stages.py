"""What an update spends its time on, stage by stage, in milliseconds: medians of many updates of one network.

    python -m tests.bench.stages 256 1 64 16 [--vocabulary 65] [--embedding 0] [--precision float32 bf16]
                                 [--threads 1 2] [--updates 200] [--cell lstm]

The four numbers are H, L, T and B. A column "first" is the thread that calls (its stages, with waiting and the rest,
are the whole update), "others" the mean of the other threads, "kernels" what the first spends in compiled code. A
window's stages, of which otherwise many go into one call, are called one by one, so they wait longer for each other
than they do unwatched. Where several are measured, they take turns update by update.
"""

import threading
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from functools import partial, wraps
from statistics import median
from threading import current_thread
from time import perf_counter
from unittest.mock import patch

import numpy as np

from lstmgen.cells import stages
from lstmgen.cells.records import Team
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network import Network, initialise, passes
from lstmgen.network.order import WindowOrder
from lstmgen.network.packed import PackedWeights
from lstmgen.network.window import Window
from lstmgen.settings import Architecture
from tests.bench.rows import BETAS, CLIP, EPSILON, Row, windows
from tests.bench.script import parser_for, run_script
from tests.bench.sides.clock import kernels_of
from tests.bench.tables import table

WARM = 5  # updates before the clock runs
WAITING, REST = "hand-overs, waiting", "rest: Python"
AROUND = {
    "packing": (PackedWeights, "fill"),
    "reading": (Window, "read"),
    "norm": (Network, "global_norm"),
    "AdamW": (Network, "adamw"),
}
ORDER = [*AROUND, *stages.NAMES, WAITING, REST]


class Clock:
    """Seconds by (thread, stage), and those of the kernels among them; a thread is in one stage at a time."""

    def __init__(self) -> None:
        self._here = threading.local()
        self.spent: dict[tuple[int, str], float] = defaultdict(float)
        self.kernels: dict[tuple[int, str], float] = defaultdict(float)

    def reset(self) -> tuple[dict, dict]:
        """What was found since the last time."""
        found = self.spent, self.kernels
        self.spent, self.kernels = defaultdict(float), defaultdict(float)
        return found

    @property
    def stage(self) -> str:
        """Where this thread is."""
        return getattr(self._here, "stage", REST)

    def _tick(self) -> float:
        now = perf_counter()
        self.spent[threading.get_ident(), self.stage] += now - getattr(self._here, "since", now)
        self._here.since = now
        return now

    @contextmanager
    def inside(self, stage: str):
        """This thread is in a stage, and afterwards again where it was."""
        outer = self.stage
        self._tick()
        self._here.stage = stage
        try:
            yield
        finally:
            self._tick()
            self._here.stage = outer

    @contextmanager
    def running(self, stage: str):
        """The same for a thread that begins or ends here: what it does elsewhere is not counted."""
        self._here.stage, self._here.since = stage, perf_counter()
        try:
            yield
        finally:
            self._tick()
            self._here.since = perf_counter()

    def of_stage(self, stage: str, function):
        """The function, timed as a stage."""

        @wraps(function)
        def run(*arguments, **options):
            with self.inside(stage):
                return function(*arguments, **options)

        return run

    def of_kernel(self, kernel):
        """The kernel, timed within whatever stage calls it."""

        def run(*arguments):
            begun = perf_counter()
            found = kernel(*arguments)
            self.in_kernel(self.stage, perf_counter() - begun)
            return found

        return run

    def in_kernel(self, stage: str, seconds: float) -> None:
        """So long this thread was in compiled code."""
        self.kernels[threading.get_ident(), stage] += seconds


def row_by_row(clock: Clock, order: WindowOrder, threads: ThreadPool, members: int, stop, call) -> None:
    """An order as `passes.py` runs it, but each row in a call of its own, which is timed on each thread."""
    for row, stage in enumerate(order.rows.reshape(-1, stages.STAGE_FIELDS)[:, 0]):
        team, name, caller = Team(members, np.zeros(order.counters, np.int64)), stages.NAMES[stage], current_thread()

        def one(member: int, row: int = row, team: Team = team, name: str = name, caller=caller) -> None:
            with clock.inside(name) if current_thread() is caller else clock.running(name):
                begun = perf_counter()
                call(row, row + 1, member, team)
                clock.in_kernel(name, perf_counter() - begun)

        with clock.inside(WAITING):
            threads.run_together(members, one, team.counter)


@contextmanager
def timed(network: Network):
    """A clock that runs as long as the block; everything is as it was afterwards."""
    clock = Clock()
    kernels = kernels_of(network)
    for place, name, kernel in kernels:
        if kernel not in (network.cell.training_window, network.cell.forward_window):
            place[name] = clock.of_kernel(kernel)
    with ExitStack() as stack:
        stack.callback(lambda: [place.update({name: kernel}) for place, name, kernel in kernels])
        for stage, (owner, name) in AROUND.items():
            stack.enter_context(patch.object(owner, name, clock.of_stage(stage, getattr(owner, name))))
        stack.enter_context(patch.object(passes, "_run", partial(row_by_row, clock)))
        yield clock


class Training:
    """Updates of one network on the bench's windows."""

    def __init__(self, row: Row, threads: int, precision: str) -> None:
        shape = Architecture(row.cell, row.V, row.E, row.H, row.L)
        options = {} if precision == "float32" else {"precision": precision}
        self.network = Network(shape, initialise(shape, np.random.default_rng(1)), threads, **options)
        self.windows, self.step = list(windows(row, 24)), 0
        self.first, self.second = (np.zeros_like(self.network.parameters) for _ in range(2))
        self.state, self.rate = self.network.zero_state(row.B), row.rate

    def update(self) -> None:
        """One."""
        n, (x, y) = self.network, self.windows[self.step % len(self.windows)]
        found = n.gradient(x, y, self.state)
        norm = n.global_norm(found.gradient)
        self.step, self.state = self.step + 1, found.state
        n.adamw(
            found.gradient, self.first, self.second, rate=self.rate, beta1=BETAS[0], beta2=BETAS[1], epsilon=EPSILON,
            weight_decay=0.0, step=self.step, scale=min(1.0, CLIP / (norm + 1e-6)),
        )  # fmt: skip


def measure(trainings: dict[str, Training], updates: int) -> dict[str, dict]:
    """By name, milliseconds by stage: "first", "kernels" and "others", each with a "sum".

    "plain" is an update unwatched.
    """
    plain: dict[str, list[float]] = {name: [] for name in trainings}
    rounds: dict[str, list[tuple[dict, dict]]] = {name: [] for name in trainings}
    for _ in range(WARM + updates):
        for name, training in trainings.items():
            begun = perf_counter()
            training.update()
            plain[name].append(1e3 * (perf_counter() - begun))
    with timed(next(iter(trainings.values())).network) as clock:
        for _ in range(updates):
            for name, training in trainings.items():
                with clock.running(REST):
                    training.update()
                rounds[name].append(clock.reset())
    here = threading.get_ident()
    return {
        name: {"plain": median(plain[name][WARM:])} | summary(rounds[name], here, training.network.threads.count - 1)
        for name, training in trainings.items()
    }


def summary(rounds: list, here: int, others: int) -> dict:
    """Medians of the rounds; of the other threads, the mean."""
    found = {}
    for name, times, share in (
        ("first", [spent for spent, _ in rounds], lambda thread: float(thread == here)),
        ("kernels", [kernels for _, kernels in rounds], lambda thread: float(thread == here)),
        ("others", [spent for spent, _ in rounds], lambda thread: (thread != here) / max(1, others)),
    ):
        parts = [Counter() for _ in times]
        for one, part in zip(times, parts, strict=True):
            for (thread, stage), seconds in one.items():
                part[stage] += 1e3 * seconds * share(thread)
        each = {stage: median(part[stage] for part in parts) for stage in ORDER}
        found[name] = each | {"sum": median(sum(part.values()) for part in parts)}
    return found


def lines(found: dict[str, dict]) -> list:
    """A table: a line a stage, columns by what was measured (precision and threads)."""
    heads, columns = ["ms an update"], []
    for name, one in found.items():
        for column in ("first", "kernels", "others"):
            if column != "others" or one["others"]["sum"]:
                heads.append(f"{name}: {column}" if column == "first" else column)
                columns.append(one[column])
    shown = [stage for stage in [*ORDER, "sum"] if any(column[stage] >= 5e-4 for column in columns)]
    body = [[stage, *(f"{column[stage]:.3f}" for column in columns)] for stage in shown]
    plain = ", ".join(f"{name} {one['plain']:.3f}" for name, one in found.items())
    return [*table(heads, body), "", f"Without a clock in it an update takes, in ms: {plain}."]


def main() -> None:
    """Measure what is asked for, a column each."""
    parser = parser_for("stages", __doc__)
    for name in "HLTB":
        parser.add_argument(name, type=int)
    parser.add_argument("--vocabulary", type=int, default=65)
    parser.add_argument("--embedding", type=int, default=64, help="0: one-hot")
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--precision", nargs="+", default=["float32"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--updates", type=int, default=200)
    asked = parser.parse_args()
    row = Row(asked.H, asked.L, asked.T, asked.B, asked.vocabulary, asked.embedding, asked.cell)
    trainings = {
        f"{precision}, {threads} thread{'s' * (threads > 1)}": Training(row, threads, precision)
        for threads in asked.threads
        for precision in asked.precision
    }
    print(row.name, *lines(measure(trainings, asked.updates)), sep="\n")


if __name__ == "__main__":
    run_script(main)
