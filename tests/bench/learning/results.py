"""What is learned in how much time, through the command line: `make results TEXT=input.txt`.

    python -m tests.bench.learning.results input.txt [--long] [--precision float32|bf16] [--only TEXT] [--again ROW]
        [--folder FOLDER]

input.txt is tiny Shakespeare (its SHA-256 is checked). Nothing is said to the program but time and seed. Every result
is kept in learning/results.json at once; what is there, from the same machine, is not measured again. LEARNING.md is
written anew after every row. With --precision only what is right or wrong is measured (the children's book, counting,
the Reber grammar), in that precision, beside the same in the other one; it is shown in PRECISION.md.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.compare import HERE as BENCH
from tests.bench.learning import command, measures, precision, report
from tests.bench.learning.rows import PRECISE, PRECISIONS, ROWS, found_by, seconds_of, version_of
from tests.bench.learning.store import Store, machine
from tests.bench.learning.texts import tiny_shakespeare
from tests.bench.script import parser_for, run_script
from tests.bench.turns import RowFailedError, RowSkippedError


def arguments(words: list | None = None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.results", __doc__)
    parser.add_argument("text", type=Path, help="tiny Shakespeare")
    parser.add_argument("--long", action="store_true", help="the hour too, and three seeds of every row")
    parser.add_argument("--precision", choices=PRECISIONS, default="", help="of the tasks that are right or wrong")
    parser.add_argument("--only", metavar="TEXT", default="", help="rows whose table and name hold TEXT")
    parser.add_argument("--again", metavar="ROW", action="append", default=[], help="measure this row anew (or: all)")
    parser.add_argument("--python-peers", metavar="PYTHON", default=sys.executable, help="with PyTorch")
    parser.add_argument("--folder", type=Path, help="for texts and models, and to keep them (a temporary one)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", default=BENCH, help="where LEARNING.md is written")
    return parser.parse_args(words)


def forget(store: Store, rows: list, again: list) -> None:
    """What is to be measured anew; a name that no row has ends the program."""
    for name in again:
        meant = [row for row in rows if name in ("all", row.name, f"{row.table}: {row.name}")]
        if not meant:
            sys.exit(f"No row is called {name!r}; there are {', '.join(f'{r.table}: {r.name}' for r in rows)}.")
        for key in [key for key in store.kept if any(key.startswith(f"{r.table}: {r.name}, seed ") for r in meant)]:
            store.forget(key)


def measure(rows: list, store: Store, place: measures.Place, facts: dict, long: bool, tell) -> dict:
    """Fill the store; why a row could not be measured, by its key. After each, `tell` is told key and words.

    Seed by seed, so that ours and the twin's take turns and a machine's slow hour is neither's alone.
    """
    why = {}
    pairs = sorted(((row, seed) for row in rows for seed in row.chosen(long)), key=lambda pair: pair[1])
    for row, seed in pairs:
        key, version = row.key(seed), version_of(row, facts)
        if store.get(key, version) is None:
            try:
                store.put(key, version, row.measure(place, seed))
                tell(key, "measured", why)
            except (RowSkippedError, RowFailedError) as error:
                why[key] = str(error)
                tell(key, f"not measured: {error}", why)
            place.plans.update(plans_in(store, facts))
    return why


def plans_in(store: Store, facts: dict) -> dict:
    """What our side chose for tiny Shakespeare, by seconds and seed."""
    ours = [row for row in ROWS if row.table == "shakespeare" and not row.peer]
    return {(row.seconds, seed): one["plan"] for row, seeds in found_by(ours, store, facts).items()
            for seed, one in seeds.items()}  # fmt: skip


def main(words: list | None = None) -> None:
    """Measure what is not there yet; write the tables."""
    args = arguments(words)
    text = tiny_shakespeare(args.text)
    facts = machine() | {"offered": {words[0]: command.offered(words[0]) for words in measures.EXTRAS.values()}}
    store, began = Store(args.out / "learning" / "results.json"), time.perf_counter()
    among = [row for row in PRECISE if row.precision == args.precision] if args.precision else ROWS
    forget(store, among, args.again)
    rows = [row for row in among if args.only in f"{row.table}: {row.name}"]
    planned = seconds_of(args.long, rows) / 60
    print(f"{planned:.0f} minutes of training, if nothing is there yet, and about a sixth more.", flush=True)

    def write(why: dict) -> None:
        if args.precision:
            precision.write_page(args.out, list(precision.SEEDS))
            return
        args.out.mkdir(parents=True, exist_ok=True)
        keys = [row.key(seed) for row, seeds in found_by(ROWS, store, facts).items() for seed in seeds]
        page = report.page(found_by(ROWS, store, facts), why, facts, store.states(keys))
        (args.out / "LEARNING.md").write_text(page, encoding="utf-8")

    def tell(key: str, what: str, why: dict) -> None:
        minutes, seconds = divmod(round(time.perf_counter() - began), 60)
        print(f"{minutes}:{seconds:02} {key}: {what}", flush=True)
        write(why)

    with tempfile.TemporaryDirectory() as temporary:
        folder = (args.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        place = measures.Place(folder, text, args.python_peers, plans_in(store, facts))
        why = measure(rows, store, place, facts, args.long, tell)
    write(why)
    print(f"\n{args.out / ('PRECISION.md' if args.precision else 'LEARNING.md')} is written.")


if __name__ == "__main__":
    run_script(main)
