"""What bfloat16 costs at the same number of updates, and what it brings in the same time: PRECISION.md.

    python -m tests.bench.learning.precision input.txt [--clock [--long]] [--seeds 1,2,3,4,5,6] [--jobs 2]
        [--again TEXT] [--only TEXT] [--list] [--out FOLDER]

input.txt is tiny Shakespeare (its SHA-256 is checked). Each network learns a text's first 90 % and is scored, in
float32, over the rest; differences are paired by text and seed. Without --clock: 60 runs of 128 units, a thread each,
with as many updates in either precision, about 25 minutes on two cores; in 24 of them a^n b^n is learned, and it is
asked how far they count. With it: `lstmgen train --time`, one
run at a time on all threads, the precisions in turns, 25 minutes; with --long ten minutes of each, too. Every run is
kept in learning/precision.json at once; what is there is not run again.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.compare import HERE as BENCH
from tests.bench.learning import command, precision_page, tasks
from tests.bench.learning.hooks import patched
from tests.bench.learning.precision_page import BF16, COUNTING, FLOAT32
from tests.bench.learning.rows import PRECISE, found_by
from tests.bench.learning.runs import add_options, wanted
from tests.bench.learning.stopping import NEVER
from tests.bench.learning.store import Store, counted, machine
from tests.bench.learning.texts import Text, shipped, tiny_shakespeare
from tests.bench.script import parser_for, run_script
from tests.bench.turns import RowFailedError

UNITS = 128
STEPS = {"shakespeare": 9_000, "storybook": 9_000, "tunes": 3_000}  # 9, 14 and 65 passes
COUNTING_STEPS = (5_000, 12_000)
SEEDS, CLOCK_SEEDS = (1, 2, 3, 4, 5, 6), (1, 2, 3)
SECONDS, LONG_SECONDS = (60.0, 145.0), 600.0
VERSION = counted(1)


@dataclass(frozen=True)
class Counted:
    """A run of so many updates."""

    text: str
    steps: int
    seed: int
    precision: str

    @property
    def key(self) -> str:
        """In the file of results."""
        return f"{self.text}, {self.steps} updates, {UNITS} units, seed {self.seed}: {self.precision}"


@dataclass(frozen=True)
class Clocked:
    """A run of so many seconds on tiny Shakespeare."""

    seconds: float
    seed: int
    precision: str

    @property
    def key(self) -> str:
        """In the file of results."""
        return f"{self.seconds:g} s, seed {self.seed}: {self.precision}"


def counted_runs(seeds: list[int]) -> list[Counted]:
    """Seed by seed, both precisions one after the other."""
    asked = [*STEPS.items(), *((COUNTING, steps) for steps in COUNTING_STEPS)]
    return [
        Counted(text, steps, seed, precision)
        for seed in seeds
        for text, steps in asked
        for precision in (FLOAT32, BF16)
    ]


def counting_text() -> Text:
    """Lines a^n b^n up to n = 30."""
    return Text(COUNTING, "a^n b^n up to n = 30, each n 100 times", tasks.counting_lines(), lines=True)


def clocked_runs(long: bool) -> list[Clocked]:
    """The precisions in turns, who begins too, so that a machine's slow minutes are neither's alone."""
    asked = [(seconds, seed) for seed in CLOCK_SEEDS for seconds in SECONDS]
    asked += [(LONG_SECONDS, CLOCK_SEEDS[0])] if long else []
    found = []
    for number, (seconds, seed) in enumerate(asked):
        turns = (FLOAT32, BF16) if number % 2 == 0 else (BF16, FLOAT32)
        found += [Clocked(seconds, seed, precision) for precision in turns]
    return found


def trained(path: str, held: str, settings: dict, counts: bool = False) -> dict:
    """Train in this process, without early stopping, so that all make as many updates; score the held-out text.

    counts: it has learned a^n b^n, and is asked how far it counts.
    """
    import lstmgen
    from lstmgen.training import events

    heard: list = []
    with patched([NEVER]):
        model = lstmgen.train(path, on_event=heard.append, **settings)
    ended = next(event for event in heard if isinstance(event, events.Finished))
    scored = model.score(Path(held).read_text(encoding="utf-8"))
    counted = tasks.counting(model) if counts else {}
    return counted | {
        "nats": scored.mean, "tokens": len(scored.nats), "updates": ended.step, "passes": ended.passes,
        "seconds": ended.seconds, "validation": model.header["training"]["final_validation"],
    }  # fmt: skip


def count(one: Counted, text: Text, folder: Path) -> dict:
    """The same in a process of its own, on one thread; the texts are in the folder."""
    settings = {
        "seed": one.seed, "steps": one.steps, "threads": 1, "hidden_size": UNITS, "precision": one.precision,
        "level": text.level, "lines": text.lines,
    }  # fmt: skip
    told = {"path": f"{text.name}.txt", "held": f"{text.name}.held.txt", "settings": settings,
            "counts": one.text == COUNTING}  # fmt: skip
    found = json.loads(command.run(["tests.bench.learning.precision", "--one", json.dumps(told)], folder))
    if found["updates"] != one.steps:
        raise RowFailedError(f"{found['updates']:,} updates were made, not {one.steps:,}")
    return found | text.facts()


def clock(one: Clocked, text: Text, folder: Path) -> dict:
    """As a user trains, told nothing but time, seed and precision."""
    path, held = text.put(folder)
    out = folder / "model.npz"
    words = ("--time", f"{one.seconds:g}s", "--precision", one.precision)
    done = command.train(path, *words, seed=one.seed, out=out)
    score = command.score(out, held, "--no-baselines")
    if score["characters"] != len(text.parts()[1]):
        raise RowFailedError(f"{score['characters']:,} characters were scored")
    return {"nats": score["nats_a_character"], "bits": score["bits_a_character"]} | done.facts() | text.facts()


def take_turns(
    runs: list[Clocked], text: Text, store: Store, version: str, write: Callable[[], None], go=clock
) -> None:
    """Make those that are not there yet, one at a time."""
    missing = [one for one in runs if store.get(one.key, version) is None]
    planned = sum(one.seconds for one in missing) / 60
    print(f"{len(missing)} of {len(runs)} runs to make: {planned:.0f} minutes of training.", flush=True)
    for number, one in enumerate(missing, 1):
        with tempfile.TemporaryDirectory() as folder:
            store.put(one.key, version, go(one, text, Path(folder)))
        write()
        print(f"{number} of {len(missing)} {one.key}: {store.kept[one.key]['found']['nats']:.4f}", flush=True)


def clocked_version(facts: dict) -> str:
    """What runs by the clock are made under: what a time holds depends on the machine."""
    return f"{VERSION}, {facts['cpu']}, {facts['cores']} cores"


def write_page(out: Path, seeds: list[int]) -> None:
    """PRECISION.md in this folder, of what is kept there: these runs, and tasks that are right or wrong."""
    facts, store, results = machine(), *(Store(out / "learning" / f"{name}.json") for name in ("precision", "results"))
    every = [*counted_runs(seeds), *clocked_runs(long=True)]
    here = clocked_version(facts)
    kept = {one: store.get(one.key, here if isinstance(one, Clocked) else VERSION) for one in every}
    found = {one: it for one, it in kept.items() if it is not None}
    states = store.states([one.key for one in found])
    out.mkdir(parents=True, exist_ok=True)
    page = precision_page.page(found, facts, states, found_by(PRECISE, results, facts))
    (out / "PRECISION.md").write_text(page, encoding="utf-8")


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.precision", __doc__)
    parser.add_argument("text", type=Path, nargs="?", help="tiny Shakespeare")
    parser.add_argument("--clock", action="store_true", help="in the same time, not with as many updates")
    parser.add_argument("--long", action="store_true", help="with --clock: ten minutes of each, too")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="without --clock")
    parser.add_argument("--only", default="", help="runs whose key holds this")
    add_options(parser)
    parser.add_argument("--out", type=Path, metavar="FOLDER", default=BENCH, help="where PRECISION.md is written")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.one is None and args.text is None:
        parser.error("say where tiny Shakespeare is")
    return args


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the page."""
    args = arguments(words)
    if args.one:
        print(json.dumps(trained(**args.one)))
        return
    shakespeare = tiny_shakespeare(args.text)
    store, seeds = Store(args.out / "learning" / "precision.json"), [int(seed) for seed in args.seeds.split(",")]

    def write() -> None:
        write_page(args.out, seeds)

    if args.clock:
        runs = [one for one in clocked_runs(args.long) if args.only in one.key]
        for one in runs:
            if args.again is not None and args.again in one.key:
                store.forget(one.key)
        take_turns(runs, shakespeare, store, clocked_version(machine()), write)
    else:
        texts = [shakespeare, *(shipped(name) for name in STEPS if name != shakespeare.name), counting_text()]
        runs = [one for one in counted_runs(seeds) if args.only in one.key]
        wanted(args, runs, texts, count, store, VERSION, write)
    write()


if __name__ == "__main__":
    run_script(main)
