"""What several processes cost and bring: python -m tests.bench.ranks (Linux, as root, with the extra test-mpi).

Each rank stands in a network namespace of its own, joined to the others by a bridge, its way out limited by `tc`: as if
each were a machine. Measured are an update's own time and the time of its exchange, by size of network and wire; beside
them stands what recursive halving should cost at the wire's rate, and, computed, the efficiency of more machines.

    python -m tests.bench.ranks --beside-threads [--turns 4] [--updates 100]

Two ranks of a thread each beside one process of two threads, on this machine, by shared memory: the whole `train` in
turns. The result is put into RANKS.md. Needs no root, but a minute of idle cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.network import Network
from lstmgen.network.window import never_stop
from lstmgen.ranks.launcher import launched_rank
from lstmgen.settings import Architecture
from lstmgen.training.scaling import Scaling, Wire
from lstmgen.training.shards import Masks, window_gradient
from tests.bench.learning.store import about_machine, machine
from tests.bench.sections import put_section
from tests.bench.tables import table
from tests.mpi.launch import environment, mpiexec

SIZES = ((1, 128), (1, 256), (2, 256), (2, 512))  # layers, units; 65 characters, one-hot
ROWS, STEPS = 16, 64  # of each rank, of a window
REPEATS = 7
BESIDE_ROWS, BESIDE_SIZE = 32, (2, 256)  # of the whole batch; layers, units
_TAG = "lsb"  # namespaces and links are called so


@dataclass(frozen=True)
class Limit:
    """What lies between two machines: bits a second, None without limit; seconds each way."""

    name: str
    rate: float | None
    delay: float = 0.0

    def commands(self) -> list[str]:
        """The words of `tc` that make it, one queue below the other."""
        queues = []
        if self.delay:
            queues.append(f"netem delay {1000 * self.delay:g}ms limit 100000")
        if self.rate:
            queues.append(f"tbf rate {self.rate:g}bit burst {max(131072, int(self.rate / 8 / 250))} latency 100ms")
        return queues


LIMITS = {
    one.name: one
    for one in (
        Limit("memory", None),
        Limit("open", None),
        Limit("10gbit", 1e10),
        Limit("1gbit", 1e9),
        Limit("1gbit-1ms", 1e9, 0.5e-3),
    )
}


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


@contextmanager
def namespaces(ranks: int, limit: Limit) -> Iterator[None]:
    """So many, rank k's called lsbK; they are gone afterwards."""
    try:
        _ip(f"link add {_TAG} type bridge")
        _ip(f"link set {_TAG} up")
        for k in range(ranks):
            name = f"{_TAG}{k}"
            _ip(f"netns add {name}")
            _ip(f"link add {_TAG}v{k} type veth peer name eth0 netns {name}")
            _ip(f"link set {_TAG}v{k} master {_TAG} up")
            _ip(f"-n {name} addr add 10.77.0.{k + 1}/24 dev eth0")
            _ip(f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
            parent = "root handle 1:"
            for level, queue in enumerate(limit.commands(), 1):
                subprocess.run(["tc", "-n", name, *f"qdisc add dev eth0 {parent} {queue}".split()], check=True)
                parent = f"parent {level}:1 handle {level + 1}:"
        yield
    finally:
        for k in range(ranks):
            subprocess.run(["ip", "netns", "del", f"{_TAG}{k}"], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", _TAG], check=False, stderr=subprocess.DEVNULL)


def measured(ranks: int, limit: Limit, exchange: str) -> list[dict[str, Any]]:
    """What the ranks find, a record a network."""
    launcher = os.path.join(os.path.dirname(sys.executable), "mpiexec")  # noqa: PTH118, PTH120 - as it is named here
    worker = [sys.executable, "-m", "tests.bench.ranks", "--worker", "--exchange", exchange]
    environment = dict(os.environ)
    if limit.name == "memory":
        ran = subprocess.run([launcher, "-n", str(ranks), *worker], check=True, capture_output=True, text=True)
        return [json.loads(line) for line in ran.stdout.splitlines()]
    over_tcp = {"MPIR_CVAR_CH4_NETMOD": "ofi", "MPIR_CVAR_NOLOCAL": "1", "FI_PROVIDER": "tcp", "FI_TCP_IFACE": "eth0"}
    with namespaces(ranks, limit):
        inside = ["sh", "-c", f'exec ip netns exec {_TAG}$PMI_RANK "$@"', "sh", *worker]
        ran = subprocess.run(
            [launcher, "-n", str(ranks), *inside], check=True, capture_output=True, text=True,
            env=environment | over_tcp,
        )  # fmt: skip
    return [json.loads(line) for line in ran.stdout.splitlines()]


def work(exchange: str) -> None:
    """A rank's part: time its own gradients and the sums, size by size."""
    from lstmgen.ranks.mpi import MpiRanks

    ranks, halved = MpiRanks(os.cpu_count() or 1), exchange == "bf16"
    rng = np.random.default_rng(launched_rank())
    little = _sums(ranks, np.ones(ranks.size, np.float32), halved)
    for layers, units in SIZES:
        sizes = Architecture("lstm", 65, 0, units, layers, skip_sum=layers > 1)
        weights = np.random.default_rng(0).standard_normal(sizes.parameter_count(), dtype=np.float32)
        network = Network(sizes, weights * np.float32(0.05))
        x, y = (rng.integers(0, 65, (STEPS, ROWS), dtype=np.int32) for _ in range(2))
        taken, gradient = [], np.zeros(0, np.float32)
        for _ in range(REPEATS):
            ranks.agree(0.0)
            began = time.perf_counter()
            gradient = window_gradient(network, x, y, network.zero_state(ROWS), Masks(), never_stop).gradient
            taken.append(time.perf_counter() - began)
        found = {"layers": layers, "units": units, "bytes": (2 if halved else 4) * len(gradient), "little": little}
        found |= {"update": statistics.median(taken[1:]), "exchange": _sums(ranks, gradient.copy(), halved)}
        if not ranks.rank:
            print(json.dumps(found), flush=True)


def _sums(ranks: Any, array: Any, halved: bool) -> float:
    taken = []
    for _ in range(REPEATS):
        ranks.agree(0.0)
        began = time.perf_counter()
        ranks.sum(array, halved)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def rows_of_table(ranks: int, limit: Limit, exchange: str) -> Iterator[str]:
    """A row a network: measured, then what it should be, then what follows for 8 and 64 machines."""
    for one in measured(ranks, limit, exchange):
        wire = Wire.measured(one["little"], one["exchange"], one["bytes"], ranks)
        should = Wire(one["little"] / (2 * np.log2(ranks)), (limit.rate or np.inf) / 8).seconds(one["bytes"], ranks)
        here = Scaling(wire, one["update"], ROWS, one["bytes"], 1)
        more = " | ".join(f"{100 * here.efficiency(many):.0f} %" for many in (8, 64))
        yield (
            f"| {limit.name} | {ranks} | {exchange} | {one['layers']} x {one['units']} | {one['bytes'] / 1e6:.2f} | "
            f"{1e3 * one['update']:.1f} | {1e3 * one['exchange']:.2f} | {1e3 * should:.2f} | {more} |"
        )


def trained(ranks: int, threads: int, updates: int, folder: Path) -> float:
    """Tokens a second of `lstmgen train` on the shipped storybook, with as many rows in all on any number of ranks."""
    layers, units = BESIDE_SIZE
    words = f"-m lstmgen train storybook --steps {updates} --num-layers {layers} --hidden-size {units} --seq-length "
    words += f"{STEPS} --batch-size {BESIDE_ROWS} --threads {threads} --precision float32 --validation 0 --seed 1"
    command = [sys.executable, *words.split(), "--force", "--json", "-o", str(folder / f"{ranks}.npz")]
    launched = [*mpiexec()[0], "-n", str(ranks), *command] if ranks > 1 else command
    ran = subprocess.run(launched, check=True, capture_output=True, text=True, env=environment())
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    return float(next(one for one in told if one["event"] == "finished")["tokens_per_second"])


def beside_threads(turns: int, updates: int) -> dict[str, list[float]]:
    """Tokens a second of both sides, turn by turn; every other turn the other side begins."""
    sides = {"2 ranks": (2, 1), "2 threads": (1, 2)}
    found: dict[str, list[float]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as temporary:
        for side in sides.values():
            trained(*side, 2, Path(temporary))  # in which kernels may be compiled
        for turn in range(turns):
            for name in list(sides)[:: -1 if turn % 2 else 1]:
                found[name].append(trained(*sides[name], updates, Path(temporary)))
    return found


def beside_threads_section(found: dict[str, list[float]], updates: int, facts: dict) -> str:
    """Of RANKS.md: the medians, and that of the turns' ratios."""
    ranks, threads = found["2 ranks"], found["2 threads"]
    ratios = [a / b for a, b in zip(ranks, threads, strict=True)]
    said = (
        f"The whole `train` of {updates} updates, float32, windows of {STEPS}, in turns: 2 ranks of a thread each by "
        "shared memory, and one process of 2 threads. Medians, and that of the turns' ratios, with lowest and highest."
    )
    heads = ["network", "rows", "2 ranks, tokens/s", "2 threads, tokens/s", "ratio", "lowest to highest", "turns"]
    row = [
        f"{BESIDE_SIZE[0]} x {BESIDE_SIZE[1]}", f"{BESIDE_ROWS}", f"{statistics.median(ranks):,.0f}",
        f"{statistics.median(threads):,.0f}", f"{statistics.median(ratios):.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f}", f"{len(ratios)}",
    ]  # fmt: skip
    return "\n".join(["## Two ranks beside two threads", "", about_machine(facts), "", said, *table(heads, [row])])


def main(words: list[str] | None = None) -> None:
    """The table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", action="store_true")
    parser.add_argument("--exchange", default="float32", choices=("float32", "bf16"))
    parser.add_argument("--ranks", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--wires", nargs="+", default=["memory", "open", "10gbit", "1gbit"], choices=list(LIMITS))
    parser.add_argument("--beside-threads", action="store_true", help="2 ranks beside 2 threads of one process")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--updates", type=int, default=100, help="of a turn")
    parser.add_argument("--page", type=Path, default=Path(__file__).with_name("RANKS.md"), help="where that is put")
    asked = parser.parse_args(words)
    if asked.worker:
        work(asked.exchange)
        return
    if asked.beside_threads:
        found = beside_threads(asked.turns, asked.updates)
        print(section := beside_threads_section(found, asked.updates, machine()))
        put_section(asked.page, section)
        return
    print("| wire | ranks | exchange | network | MB | gradient, ms | exchange, ms | should be | 8 | 64, computed |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for wire in asked.wires:
        for ranks in asked.ranks:
            for row in rows_of_table(ranks, LIMITS[wire], asked.exchange):
                print(row, flush=True)


if __name__ == "__main__":
    main()
