"""The bench: lstmgen beside PyTorch (training) and ONNX Runtime (sampling), in interleaved short blocks.

    python -m tests.bench.compare [--quick] [--only TEXT] [--seconds S] [--python-peers PYTHON] [--out FOLDER]

Each side runs in a process of its own and works only while the others wait. Before a training row is timed, both sides
train from the same weights on the same windows and must agree: losses of 20 updates to 1e-3. Ratios are taken round by
round. RESULTS.md and results.json are written anew after every row.
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

from tests.bench import races
from tests.bench.rows import SAMPLING, TRAINING
from tests.bench.script import parser_for, run_script
from tests.bench.tables import LINES, markdown, missed
from tests.bench.turns import RowFailedError, RowSkippedError

HERE = Path(__file__).parent
NEEDED = {"torch": "torch==2.13.0", "onnxruntime": "onnxruntime", "onnx": "onnx"}
SECONDS, QUICK_SECONDS = 30.0, 15.0  # of taking turns, a row


def rows() -> list:
    """Every row: its table, its name, and the function that measures it."""
    found = [("training", entry.row.name, partial(races.train, entry=entry)) for entry in TRAINING]
    found += [("sampling", entry.name, partial(races.sample, entry=entry)) for entry in SAMPLING]
    found += [("costs", "outside", races.outside), ("costs", "filters", races.filters), ("costs", "draw", races.draws)]
    return found


def chosen(only: str | None, quick: bool) -> list:
    """The rows to run; quick: two trained, one sampled."""
    found = rows()
    if quick:
        found = [found[0], found[3], found[len(TRAINING)]]
    return [row for row in found if only is None or only in f"{row[0]} {row[1]}"]


def cpu_name() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def missing(python: str) -> list:
    """What to install for this interpreter."""
    code = f"import importlib.util as u; print(*[n for n in {list(NEEDED)} if u.find_spec(n) is None])"
    return [NEEDED[name] for name in subprocess.check_output([python, "-c", code], text=True).split()]


def arguments():
    """The command line."""
    parser = parser_for("compare", __doc__)
    parser.add_argument("--quick", action="store_true", help="three rows in two minutes; nothing is written")
    parser.add_argument("--only", metavar="TEXT", help="rows whose table and name hold TEXT; written where --out says")
    parser.add_argument("--seconds", type=float, help=f"of taking turns, a row ({SECONDS:g}; quick: {QUICK_SECONDS:g})")
    parser.add_argument(
        "--python-peers", metavar="PYTHON", default=sys.executable, help="with PyTorch and ONNX Runtime"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where RESULTS.md and results.json are written, or renewed"
    )
    args = parser.parse_args()
    if args.out is None and not args.quick and args.only is None:
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


def keep(found: dict, folder: Path | None) -> None:
    """Write what there is so far."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "RESULTS.md").write_text("# Speed\n\n" + markdown(found), encoding="utf-8")
        (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Run the rows."""
    args = arguments()
    lacking = missing(args.python_peers)
    if lacking:
        sys.exit(f"The bench compares with other libraries; install them first: pip install {' '.join(lacking)}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    versions = {"Python": platform.python_version()} | {name: version(name) for name in ("numpy", "numba")}
    found = {
        "cpu": cpu_name(), "cores": cores, "versions": versions, "date": time.strftime("%Y-%m-%d"),
        "training": [], "sampling": [], "costs": [], "skipped": [], "failed": [],
    }  # fmt: skip
    if args.only is not None and args.out is not None and (args.out / "results.json").exists():
        found |= {
            table: rows
            for table, rows in json.loads((args.out / "results.json").read_text(encoding="utf-8")).items()
            if isinstance(rows, list)
        }
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        bench = races.Bench(sys.executable, args.python_peers, cores, args.seconds, folder)
        for table, name, measure in chosen(args.only, args.quick):
            try:
                row = measure(bench)
                put(found[table], row)
                told = " | ".join(filter(None, LINES[table](row))) + (" | MISSES A MARK" if missed(row) else "")
            except (RowSkippedError, RowFailedError) as error:
                row = {"row": name, "why": str(error)}
                found["skipped" if isinstance(error, RowSkippedError) else "failed"].append(row)
                told = f"{name}: not measured: {error}"
            if "peer_version" in row and row["peer"] in ("PyTorch", "ONNX Runtime"):
                versions[row["peer"]] = row["peer_version"]
            keep(found, args.out)
            minutes, seconds = divmod(round(time.perf_counter() - begun), 60)
            print(f"{minutes}:{seconds:02} {table} | {told}", flush=True)
    print("\n" + markdown(found))
    if found["failed"]:
        sys.exit(1)


if __name__ == "__main__":
    run_script(main)
