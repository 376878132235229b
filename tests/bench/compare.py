"""The bench: lstmgen beside PyTorch (training) and ONNX Runtime (sampling), in interleaved short blocks.

    python -m tests.bench.compare [--quick] [--lanes 8] [--only TEXT] [--seconds S] [--python-peers PYTHON]
                                  [--out FOLDER] [--page]

Each side runs in a process of its own and works only while the others wait. Before a training row is timed, both sides
train from the same weights on the same windows and must agree: losses of 20 updates to 1e-3, in bf16 to 1e-2. Ratios
are taken round by round. After every row the CPU's own file in results/ is written anew, and RESULTS.md of all of them.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

from llvmlite import binding

from tests.bench import races
from tests.bench.rows import SAMPLING, TRAINING
from tests.bench.script import parser_for, run_script
from tests.bench.tables import EIGHT_LANES, LINES, TABLES, missed, page, section
from tests.bench.turns import RowFailedError, RowSkippedError

HERE = Path(__file__).parent
NEEDED = {"torch": "torch==2.13.0", "onnxruntime": "onnxruntime", "onnx": "onnx"}
SECONDS, QUICK_SECONDS = 30.0, 15.0  # of taking turns, a row


def rows(lanes: int | None = None) -> list:
    """Every row: its table, its name, and the function that measures it; where lanes are chosen, training alone."""
    trained = "training" if lanes is None else EIGHT_LANES
    found = [(trained, entry.row.name, partial(races.train, entry=entry)) for entry in TRAINING]
    if lanes is None:
        found += [("sampling", entry.name, partial(races.sample, entry=entry)) for entry in SAMPLING]
        found += [
            ("costs", races.outside_name(precision), partial(races.outside, precision=precision))
            for precision in ("float32", "bf16")
        ]
        found += [("costs", "filters", races.filters), ("costs", "draw", races.draws)]
        found += [
            ("costs", races.many_threads_name(precision), partial(races.many_threads, precision=precision))
            for precision in ("float32", "bf16")
        ]
    return found


def chosen(only: str | None, quick: bool, lanes: int | None = None) -> list:
    """The rows to run; quick: two trained, one sampled."""
    found = rows(lanes)
    if quick:
        found = [found[0], found[3], *found[len(TRAINING) :][:1]]
    return [row for row in found if only is None or only in f"{row[0]} {row[1]}"]


def cpu_name() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def cpu_kind() -> str:
    """What the compiler calls its design, for sellers of machines hide what a processor is."""
    return binding.get_host_cpu_name()


def missing(python: str) -> list:
    """What to install for this interpreter."""
    code = f"import importlib.util as u; print(*[n for n in {list(NEEDED)} if u.find_spec(n) is None])"
    return [NEEDED[name] for name in subprocess.check_output([python, "-c", code], text=True).split()]


def arguments():
    """The command line."""
    parser = parser_for("compare", __doc__)
    parser.add_argument("--quick", action="store_true", help="three rows in two minutes; nothing is written")
    parser.add_argument("--lanes", type=int, choices=[8], help="training alone, with both sides held to AVX2")
    parser.add_argument("--only", metavar="TEXT", help="rows whose table and name hold TEXT; written where --out says")
    parser.add_argument("--seconds", type=float, help=f"of taking turns, a row ({SECONDS:g}; quick: {QUICK_SECONDS:g})")
    parser.add_argument(
        "--python-peers", metavar="PYTHON", default=sys.executable, help="with PyTorch and ONNX Runtime"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where RESULTS.md and results/ are written, or renewed"
    )
    parser.add_argument("--page", action="store_true", help="only write RESULTS.md from what is in results/")
    args = parser.parse_args()
    if args.out is None and (args.page or (not args.quick and args.only is None)):
        args.out = HERE
    args.seconds = args.seconds if args.seconds is not None else QUICK_SECONDS if args.quick else SECONDS
    return args


def put(rows: list[dict], row: dict) -> None:
    """Add a row, or renew it."""
    names = [one["row"] for one in rows]
    if row["row"] in names:
        rows[names.index(row["row"])] = row
    else:
        rows.append(row)


def in_order(name: str, found: list[dict]) -> list[dict]:
    """As the rows stand in the bench, whenever they were measured."""
    if name not in ("training", EIGHT_LANES):
        return found
    order = [entry.row.name for entry in TRAINING]
    return sorted(found, key=lambda row: order.index(row["row"]) if row["row"] in order else len(order))


def kept_file(found: dict, folder: Path) -> Path:
    """Of this CPU."""
    return folder / "results" / f"{found['kind']}-{found['cores']}-cores.json"


def kept_before(found: dict, folder: Path | None, measured: list, whole: bool) -> dict:
    """What the CPU's file has beside the rows to be measured now; whole: these are all rows of their tables."""
    if folder is None or not kept_file(found, folder).exists():
        return {}
    kept = json.loads(kept_file(found, folder).read_text(encoding="utf-8"))
    tables, named = {table for table, _, _ in measured}, {label(table, name) for table, name, _ in measured}
    rows = {name: kept[name] for name in TABLES if not (whole and name in tables)}
    rows |= {name: [row for row in kept[name] if row["row"] not in named] for name in ("skipped", "failed")}
    return rows | {"versions": kept["versions"] | found["versions"]}


def label(table: str, name: str) -> str:
    """A row by a name that no other table has."""
    return f"{name}, 8 lanes" if table == EIGHT_LANES else name


def keep(found: dict, folder: Path | None) -> None:
    """Write what there is so far."""
    if folder is not None:
        path = kept_file(found, folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        write_page(folder)


def write_page(folder: Path) -> None:
    """RESULTS.md of all CPUs there are files of, the latest first."""
    machines = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "results").glob("*.json"))]
    machines.sort(key=lambda found: found["date"], reverse=True)
    (folder / "RESULTS.md").write_text(page(machines), encoding="utf-8")


def main() -> None:
    """Run the rows."""
    args = arguments()
    if args.page:
        write_page(args.out)
        return
    lacking = missing(args.python_peers)
    if lacking:
        sys.exit(f"The bench compares with other libraries; install them first: pip install {' '.join(lacking)}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    versions = {"Python": platform.python_version()} | {name: version(name) for name in ("lstmgen", "numpy", "numba")}
    found = {"cpu": cpu_name(), "kind": cpu_kind(), "cores": cores, "versions": versions} | {
        name: [] for name in (*TABLES, "skipped", "failed")
    }
    found["date"] = time.strftime("%Y-%m-%d")
    measured = chosen(args.only, args.quick, args.lanes)
    found |= kept_before(found, args.out, measured, args.only is None)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        bench = races.Bench(sys.executable, args.python_peers, cores, args.seconds, folder, args.lanes)
        for table, name, measure in measured:
            try:
                row = {**measure(bench), "date": found["date"]}
                put(found[table], row)
                found[table] = in_order(table, found[table])
                told = " | ".join(filter(None, LINES[table](row))) + (" | MISSES A MARK" if missed(row) else "")
            except (RowSkippedError, RowFailedError) as error:
                row = {"row": label(table, name), "why": str(error)}
                found["skipped" if isinstance(error, RowSkippedError) else "failed"].append(row)
                told = f"{name}: not measured: {error}"
            if "peer_version" in row and row["peer"] in ("PyTorch", "ONNX Runtime"):
                found["versions"][row["peer"]] = row["peer_version"]
            keep(found, args.out)
            minutes, seconds = divmod(round(time.perf_counter() - begun), 60)
            print(f"{minutes}:{seconds:02} {table} | {told}", flush=True)
    print("\n" + section(found))
    if found["failed"]:
        sys.exit(1)


if __name__ == "__main__":
    run_script(main)
