"""How much is learned from as many tokens, by how many rows are read at once: BATCHES.md.

    python -m tests.bench.learning.batches [--seeds 1,2] [--jobs 2] [--only TEXT] [--again TEXT] [--list] [--out FOLDER]

20 MB of the storybook's village, made by its generator with other dice, are read once in part, by 16 rows or by more,
at several rates and warm-ups; all runs read as many tokens. Four processes of 16 rows make the same file, byte for
byte, as one process with 64 rows in 4 shards (tests/mpi), so one process stands for them here. Each run is a process
of its own on one thread, in bfloat16 (AVX512_BF16 is needed), of about 3 minutes. Every run is kept in batches.json at
once; what is there is not run again.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from lstmgen.training.schedule import WARM_UP_SHARE
from lstmgen.training.sizes import peak_rate, rounded_rate
from tests.bench.learning import command, precision
from tests.bench.learning.beginning import storybook
from tests.bench.learning.hooks import Hook, instead, patched
from tests.bench.learning.runs import add_options, wanted
from tests.bench.learning.store import Store, about_machine, counted, machine, of_states
from tests.bench.learning.texts import Text
from tests.bench.script import parser_for, run_script
from tests.bench.tables import table
from tests.bench.turns import RowFailedError

HERE = Path(__file__).parent
VERSION = counted(1)
UNITS, WINDOW = 128, 64
TOKENS = 10_240_000  # of a run: 10,000 updates of 16 rows
FEW = 625  # updates, as many as 256 rows make of these tokens
CHARACTERS, HELD = 20_000_000, 200_000  # of the text; of its end, which is scored
SHORT = 1.0  # run, whose rate is meant by "x 1"
DICE = 1_000  # of the first book; each further one has the next
PRECISION = "bf16"
INTRODUCTION = (
    f"One layer of {UNITS} units, windows of {WINDOW}, {TOKENS:,} tokens a run, in {PRECISION}. The text is "
    f"{CHARACTERS:,} characters of other stories of the storybook's village. Nats a character over its last {HELD:,}, "
    "which took part in nothing, scored in float32. Rates are times the one that the plan has for short runs of "
    "this network; warm-ups as shares of the run. LEGW (You et al. 2019) multiplies the rate by the square root of how "
    "many times more rows there are, and the warm-up, in tokens, by that number. 64 rows in 4 shards are 4 processes "
    "of 16 rows, and one process of 64 rows too but for the order of its sums. Differences are to 16 rows in the first "
    "line, of the same seed."
)
CONCLUSION = (
    "With as many tokens the best rate goes with the square root of the rows: 16 rows learn more at half the rate of "
    "short runs than at all of it, 64 rows at all of it than at half or twice, 256 rows at twice. (One text, one "
    "network, two seeds.) What counts is the number of updates: as few of them want the higher rate with 16 and with "
    "64 rows too (below). A longer warm-up at the same rate brings 64 rows nothing. So four processes of 16 rows "
    "learn 0.008 nats less from as many tokens than one of 16 rows at its best rate, in a quarter of the updates, and"
    " sixteen 0.055 less: more than 64 rows pay only where time brings many more tokens. The plan had the rate of "
    "short runs for all of these, since it counted passes, and this text is read half once. Now a thousand updates "
    "count as a pass: 12,000 updates have half of that rate, 10,000 three quarters, 2,500 all of it. With more than "
    "64 rows and fewer than 2,500 updates the rate rises with the square root of the rows and the warm-up with the "
    "rows (LEGW), as far as was tried: up to four times 64 rows, and no more than those updates need."
)
IN_FEW = (
    "Twice the rate and a longer warm-up are better whatever the rows, most with many of them. With 16 rows it is "
    "little, and short runs of other networks were tuned by themselves (DIAL.md), so up to 64 rows the plan leaves "
    "them as they are. With more rows as many updates read more of the text."
)


@dataclass(frozen=True)
class Choice:
    """How a text is read: rows, shards, times the rate that the plan has for a short run, and times its warm-up.

    updates: so many of them, instead of so many tokens.
    """

    rows: int
    shards: int = 1
    rate: float = 1.0
    warm_up: float = 1.0
    updates: int | None = None

    @property
    def steps(self) -> int:
        """Updates, so that all read as many tokens."""
        return self.updates or TOKENS // (self.rows * WINDOW)

    @property
    def tokens(self) -> int:
        """That are read in all."""
        return self.steps * self.rows * WINDOW

    @property
    def share(self) -> float:
        """Of the run, in which the rate rises."""
        return WARM_UP_SHARE * self.warm_up

    def peak(self) -> float:
        """The rate."""
        return rounded_rate(peak_rate(UNITS, SHORT) * self.rate)

    def named(self) -> str:
        """For people."""
        return f"{self.rows} rows in {self.shards}, rate x {self.rate:g}, warm-up x {self.warm_up:g}"


USUAL = Choice(16)
CHOICES = (
    USUAL,
    Choice(16, rate=0.5),
    Choice(64, 4),
    Choice(64, 4, warm_up=4.0),
    Choice(64, 4, rate=0.5),
    Choice(64, 4, rate=2.0),
    Choice(64, 4, rate=2.0, warm_up=4.0),  # by LEGW, from 16 rows at the rate of short runs
    Choice(256, 16),
    Choice(256, 16, rate=2.0, warm_up=4.0),  # by LEGW, from 64 rows
    Choice(16, updates=FEW),
    Choice(16, rate=2.0, warm_up=4.0, updates=FEW),
    Choice(64, 4, updates=FEW),
    Choice(64, 4, rate=2.0, warm_up=4.0, updates=FEW),
)


@dataclass(frozen=True)
class Run:
    """One choice with one seed."""

    choice: Choice
    seed: int
    text: str = "village"

    @property
    def key(self) -> str:
        """In the file of results."""
        return f"{self.choice.named()}, {UNITS} units, {self.choice.tokens:,} tokens, {PRECISION}, seed {self.seed}"


class Village(Text):
    """Cut so that its end is as long as it has to be."""

    def parts(self) -> tuple[str, str]:
        """What trains, and the last HELD characters."""
        return self.text[:-HELD], self.text[-HELD:]


def village() -> Village:
    """Book after book."""
    books, length = [], 0
    while length < CHARACTERS:
        books.append(storybook(DICE + len(books)))
        length += len(books[-1])
    return Village("village", "other stories of the storybook's village", "".join(books)[:CHARACTERS])


def runs(seeds: list[int]) -> list[Run]:
    """Seed by seed."""
    return [Run(choice, seed) for seed in seeds for choice in CHOICES]


def trained(path: str, held: str, settings: dict, warm_up: float) -> dict:
    """Train in this process with so long a warm-up; score the held-out text."""
    with patched([Hook("lstmgen.training.plan:WARM_UP_SHARE", instead(warm_up))]):
        return precision.trained(path, held, settings)


def count(one: Run, text: Text, folder: Path) -> dict:
    """The same in a process of its own, on one thread; the text is in the folder."""
    choice = one.choice
    settings = {
        "seed": one.seed, "steps": choice.steps, "threads": 1, "hidden_size": UNITS, "num_layers": 1,
        "seq_length": WINDOW, "batch_size": choice.rows, "shards": choice.shards, "precision": PRECISION,
        "learning_rate": choice.peak(),
    }  # fmt: skip
    told = {
        "path": f"{text.name}.txt", "held": f"{text.name}.held.txt", "settings": settings, "warm_up": choice.share,
    }  # fmt: skip
    found = json.loads(command.run(["tests.bench.learning.batches", "--one", json.dumps(told)], folder))
    if found["updates"] != choice.steps:
        raise RowFailedError(f"{found['updates']:,} updates were made, not {choice.steps:,}")
    return found | {"rate": settings["learning_rate"]} | text.facts()


def table_of(found: dict[Run, dict]) -> list[str]:
    """A line a choice, with its losses seed by seed."""
    lines, seeds = [], sorted({one.seed for one in found})
    usual = {one.seed: it["nats"] for one, it in found.items() if one.choice == USUAL}
    for choice in dict.fromkeys(one.choice for one in found):
        mine = {one.seed: it for one, it in found.items() if one.choice == choice}
        apart = [it["nats"] - usual[seed] for seed, it in mine.items() if seed in usual]
        first = next(iter(mine.values()))
        lines.append([
            f"{choice.rows}", f"{choice.shards}", f"{choice.steps:,}", f"x {choice.rate:g}: {first['rate']:g}",
            f"{100 * choice.share:g} %", *(f"{mine[seed]['nats']:.4f}" if seed in mine else "" for seed in seeds),
            f"{mean(it['nats'] for it in mine.values()):.4f}",
            *([f"{mean(apart):+.4f}" if apart and choice != USUAL else ""] if usual else []),
        ])  # fmt: skip
    heads = ["rows", "shards", "updates", "rate", "warm-up", *(f"seed {seed}" for seed in seeds), "mean"]
    return table([*heads, *(["difference"] if usual else [])], lines)


def page(found: dict[Run, dict], facts: dict, states: set) -> str:
    """BATCHES.md: as many tokens, and then as many updates."""
    told = of_states("runs", states, "batches.json")
    parts = ["# Rows and rates by tokens", "", about_machine(facts), "", f"{INTRODUCTION} {told}".rstrip()]
    parts += ["", CONCLUSION, *table_of({one: it for one, it in found.items() if not one.choice.updates})]
    few = sorted((one for one in found if one.choice.steps == FEW), key=lambda one: one.choice.rows)
    if few:
        parts += ["", f"## The same {FEW} updates", "", IN_FEW, *table_of({one: found[one] for one in few})]
    return "\n".join(parts) + "\n"


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.batches", __doc__)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--only", default="", help="runs whose key holds this")
    add_options(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", default=HERE, help="where batches.json and BATCHES.md are"
    )
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the page."""
    args = arguments(words)
    if args.one:
        print(json.dumps(trained(**args.one)))
        return
    seeds = [int(seed) for seed in args.seeds.split(",")]
    store, facts = Store(args.out / "batches.json"), machine()

    def write() -> None:
        found = {one: it for one in runs(seeds) if (it := store.get(one.key, VERSION)) is not None}
        states = store.states([one.key for one in found])
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "BATCHES.md").write_text(page(found, facts, states), encoding="utf-8")

    asked = [one for one in runs(seeds) if args.only in one.key]
    needed = args.again is not None or any(store.get(one.key, VERSION) is None for one in asked)
    texts = [village()] if needed and not args.list else []  # which takes minutes to make
    wanted(args, asked, texts, count, store, VERSION, write)
    write()


if __name__ == "__main__":
    run_script(main)
