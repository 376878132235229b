"""The bench: lstmgen beside PyTorch (training) and ONNX Runtime (sampling), in interleaved short blocks.

    python -m tests.bench.compare [--blocks N] [--seconds S] [--quick]

Each side runs in a process of its own and works only while the other waits. Before a row is timed, both train from the
same weights on the same windows and must agree: losses after 20 updates to 1e-3. The limit is a register-resident
multiply-add loop on all threads, timed between the blocks. Medians; ratios are taken block by block. Writes
tests/bench/RESULTS.md and results.json beside it.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.rows import SAMPLING, TRAINING

HERE = Path(__file__).parent
NEEDED = {"torch": "torch==2.13.0 (the CPU build)", "onnxruntime": "onnxruntime", "onnx": "onnx"}


class Process:
    """One side, and how to talk to it."""

    def __init__(self, module: str, row, threads: int, weights: str) -> None:
        env = os.environ | {"OMP_NUM_THREADS": str(threads)}
        command = [sys.executable, "-m", f"tests.bench.sides.{module}"]
        pipe = subprocess.PIPE
        self.pipe = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env, cwd=HERE.parent.parent)
        self.threads = threads
        self.told = self.ask(do="start", row=row.as_dict(), threads=threads, weights=weights)

    def ask(self, **request):
        """Its answer to one request."""
        self.pipe.stdin.write(json.dumps(request) + "\n")
        self.pipe.stdin.flush()
        return json.loads(self.pipe.stdout.readline())

    def close(self) -> None:
        """End it."""
        self.pipe.stdin.close()
        self.pipe.wait()


def spread(numbers) -> str:
    """Half the distance between the quartiles, in per cent of the median."""
    low, middle, high = statistics.quantiles(numbers, n=4)
    return f"±{50 * (high - low) / middle:.0f} %"


def block_counts(sides, per_block: float, unit: str, minimum: int) -> dict:
    """How many updates or tokens each side does in a block of about `per_block` seconds."""
    counts = {}
    for name, side in sides.items():
        side.ask(do=unit, count=minimum)
        seconds = side.ask(do=unit, count=minimum)["seconds"]
        counts[name] = max(minimum, int(minimum * per_block / seconds))
    return counts


def take_turns(ours, others, unit: str, blocks: int, per_block: float, minimum: int, cores: int) -> dict:
    """Per-block rates of every side in turn, and the limit between them."""
    sides = {"ours": ours, **others}
    counts = block_counts(sides, per_block, unit, minimum)
    rates = {name: [] for name in [*sides, "limit"]}
    for _ in range(blocks):
        for name, side in sides.items():
            told = side.ask(do=unit, count=counts[name])
            rates[name].append(told.get("tokens", counts[name]) / told["seconds"])
        rates["limit"].append(ours.ask(do="limit", threads=cores, turns=40_000_000)["gflops"])
    return rates


def agree(ours, other, row) -> float:
    """Largest difference of the losses of 20 updates from the same weights."""
    mine, theirs = (side.ask(do="updates", count=20)["losses"] for side in (ours, other))
    worst = max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
    assert worst < 1e-3, f"{row.name}: the losses differ by {worst:.1e}; the sides do not do the same work"
    return worst


def train_row(row, args, cores: int, folder: str) -> dict:
    """One row of the training table."""
    weights = f"{folder}/weights.npz"
    ours = Process("ours", row, cores, weights)
    others = {f"torch{n}": Process("pytorch", row, n, weights) for n in sorted({1, cores})}
    first = next(iter(others))
    difference = agree(ours, others[first], row)
    rates = take_turns(ours, others, "updates", args.blocks, args.seconds, 3, cores)
    for side in (ours, *others.values()):
        side.close()
    tokens = row.T * row.B
    best = max(others, key=lambda name: statistics.median(rates[name]))
    median = statistics.median(rates["ours"]) * tokens
    gflops, limit = median * row.flop_per_token() / 1e9, statistics.median(rates["limit"])
    return {
        "row": row.name, "tokens_per_second": median, "gflops": gflops, "limit": limit, "share": gflops / limit,
        "peer_tokens_per_second": statistics.median(rates[best]) * tokens, "peer_threads": int(best[5:]),
        "ratio": statistics.median(a / b for a, b in zip(rates["ours"], rates[best], strict=True)),
        "spread": spread([a / b for a, b in zip(rates["ours"], rates[best], strict=True)]),
        "difference": difference, "peer": others[best].told["version"],
    }  # fmt: skip


def sample_row(row, args, cores: int, folder: str) -> dict:
    """One row of the sampling table."""
    weights = f"{folder}/weights.npz"
    ours = Process("ours", row, 1, weights)
    others = {f"onnx{n}": Process("onnx", row, n, weights) for n in sorted({1, cores})}
    rates = take_turns(ours, others, "sample", args.blocks, args.seconds, 2048, cores)
    for side in (ours, *others.values()):
        side.close()
    best = max(others, key=lambda name: statistics.median(rates[name]))
    pairs = [a / b for a, b in zip(rates["ours"], rates[best], strict=True)]
    return {
        "row": f"one text, H={row.H} L={row.L}", "tokens_per_second": statistics.median(rates["ours"]),
        "peer_tokens_per_second": statistics.median(rates[best]), "peer_threads": int(best[4:]),
        "ratio": statistics.median(pairs), "spread": spread(pairs), "peer": others[best].told["version"],
    }  # fmt: skip


def cpu_name() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def markdown(found: dict) -> str:
    """The tables as Markdown."""
    lines = [
        f"{found['cpu']}, {found['cores']} cores, Python {found['python']}, {found['date']}. Medians of interleaved "
        f"blocks; PyTorch {found['training'][0]['peer']} and ONNX Runtime {found['sampling'][0]['peer']}, each at its "
        "better of one and all threads. Seen on this one machine.",
        "",
        "| training | tokens/s | GFLOP/s | of the limit | PyTorch tokens/s | times PyTorch |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['row']} | {r['tokens_per_second']:,.0f} | {r['gflops']:.0f} | {r['share']:.0%} | "
        f"{r['peer_tokens_per_second']:,.0f} | {r['ratio']:.2f} ({r['spread']}) |"
        for r in found["training"]
    ]
    lines += ["", "| sampling | tokens/s | ONNX Runtime tokens/s | times ONNX Runtime |", "|---|---|---|---|"]
    lines += [
        f"| {r['row']} | {r['tokens_per_second']:,.0f} | {r['peer_tokens_per_second']:,.0f} | "
        f"{r['ratio']:.2f} ({r['spread']}) |"
        for r in found["sampling"]
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run all rows."""
    parser = argparse.ArgumentParser(description="lstmgen beside PyTorch and ONNX Runtime")
    parser.add_argument("--blocks", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--quick", action="store_true", help="one row of each, fewer blocks")
    args = parser.parse_args()
    missing = [build for name, build in NEEDED.items() if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"The bench compares with other libraries; install them first: pip install {' '.join(missing)}")
    if args.quick:
        args.blocks = min(args.blocks, 5)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = {
        "cpu": cpu_name(), "cores": cores, "python": platform.python_version(), "date": time.strftime("%Y-%m-%d"),
        "training": [], "sampling": [],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for rows, table, one in ((TRAINING, "training", train_row), (SAMPLING, "sampling", sample_row)):
            for row in rows[:1] if args.quick else rows:
                found[table].append(one(row, args, cores, folder))
                print(found[table][-1], flush=True)
    text = markdown(found)
    print(text)
    if not args.quick:
        (HERE / "RESULTS.md").write_text("# Speed\n\n" + text)
        (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
