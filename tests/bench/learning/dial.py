"""The experiments that the dial's tables rest on: settings side by side at a fixed number of updates.

    python -m tests.bench.learning.dial [--shakespeare input.txt] [--seeds 1] [--jobs 2] [--only TEXT] [--again TEXT]
        [--out FOLDER] [--list]

Each run is a process of its own on one thread. Settings are judged by what training held back; the last tenth of the
text stands beside it and decides nothing. Of tiny Shakespeare only the first nine tenths are that text. Every run is
kept in dial.json at once; what is there is not run again. DIAL.md is written anew after every run.
"""

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from tests.bench.learning import texts
from tests.bench.learning.ingredients import FULL
from tests.bench.learning.runs import add_options, apart, wanted
from tests.bench.learning.store import Store, about_machine, counted, machine, of_states
from tests.bench.learning.texts import Text, shipped, texts_there, tiny_shakespeare, to_tune_on
from tests.bench.script import parser_for, run_script
from tests.bench.tables import table

HERE = Path(__file__).parent
VERSION = counted(1)
SHAKESPEARE = "shakespeare-beginning"
TEXTS = {
    "storybook": partial(shipped, "storybook"),
    "storybook-300-kb": lambda: shipped("storybook").beginning(300_000, "storybook-300-kb"),
    "tunes": partial(shipped, "tunes"),
    "names": partial(shipped, "names"),
    "python-source": texts.python_source,
    "python-manual": texts.python_manual,
    "messages-ru": partial(texts.messages, "ru", "Russian"),
    "messages-zh_CN": partial(texts.messages, "zh_CN", "Chinese"),
}


@dataclass(frozen=True)
class Question:
    """What is asked of a text: so many updates with other settings, keywords of `lstmgen.train`.

    steps: of all choices, or of each.
    """

    about: str
    text: str
    steps: int | tuple[int, ...]
    choices: tuple[dict[str, Any], ...]

    def runs(self) -> list[tuple[int, dict[str, Any]]]:
        """Updates and settings of each choice."""
        steps = self.steps if isinstance(self.steps, tuple) else (self.steps,) * len(self.choices)
        return list(zip(steps, self.choices, strict=True))


def varied(name: str, *values: Any, **same: Any) -> tuple[dict[str, Any], ...]:
    """One setting takes several values, the others stay."""
    return tuple({**same, name: value} for value in values)


def rates(*values: float, **same: Any) -> tuple[dict[str, Any], ...]:
    """Peak rates."""
    return varied("learning_rate", *values, **same)


def sizes(*shapes: tuple[int, int], **same: Any) -> tuple[dict[str, Any], ...]:
    """(layers, units)."""
    return tuple({"num_layers": layers, "hidden_size": units, **same} for layers, units in shapes)


def drops(*pairs: tuple[float, float], **same: Any) -> tuple[dict[str, Any], ...]:
    """(dropout, weight-drop)."""
    return tuple({**same, "dropout": dropout, "weight_drop": weight_drop} for dropout, weight_drop in pairs)


FEW, MANY = "rate, few passes", "rate, many passes"
INPUT, SIZE, DROP = "one-hot or an embedding", "layers", "dropout, weight-drop"
AS_LONG = "layers and units, in as long"
QUESTIONS = (
    Question(FEW, SHAKESPEARE, 2_000, rates(7e-3, 1.4e-2, 2.8e-2, 4.2e-2, hidden_size=192)),
    Question(FEW, SHAKESPEARE, 2_000, rates(1.2e-2, 2.4e-2, hidden_size=256)),
    Question(FEW, "storybook", 2_000, rates(1.4e-2, 2.8e-2, hidden_size=192)),
    Question(FEW, "python-manual", 1_800, rates(1.4e-2, 2.8e-2, hidden_size=192)),
    Question(FEW, "python-source", 2_500, rates(1.7e-2, 3.4e-2, hidden_size=128)),
    Question(MANY, SHAKESPEARE, 7_900, rates(1.2e-2, 1.8e-2, 2.4e-2, hidden_size=256, dropout=0.2)),
    Question(MANY, "storybook", 5_500, rates(1.4e-2, 2.8e-2, hidden_size=192)),
    Question(MANY, "tunes", 3_000, rates(8.5e-3, 1.7e-2, 3.4e-2, hidden_size=128)),
    Question(INPUT, "python-source", 2_500, varied("embedding_size", 0, 64, hidden_size=128)),
    Question(INPUT, "messages-ru", 1_500, varied("embedding_size", 0, 64, hidden_size=192)),
    Question(INPUT, "messages-zh_CN", 1_500, varied("embedding_size", 0, 64, hidden_size=128)),
    Question(SIZE, SHAKESPEARE, 2_000, sizes((1, 192), (2, 128), (1, 256), (2, 192))),
    Question(SIZE, "storybook", 2_000, sizes((1, 192), (2, 128))),
    Question(SIZE, "tunes", 3_000, sizes((1, 128), (2, 96), (2, 128))),
    Question(SIZE, "messages-ru", 2_500, sizes((1, 256), (2, 160))),
    Question(AS_LONG, SHAKESPEARE, (2_000, 2_700), sizes((2, 128), (1, 192))),
    Question(AS_LONG, "storybook", (2_000, 2_700), sizes((2, 128), (1, 192))),
    Question(
        AS_LONG,
        SHAKESPEARE,
        (7_000, 5_000, 3_820, 2_850, 1_710),
        sizes((2, 192), (1, 384), (2, 256), (1, 512), (2, 384)),
    ),
    Question(DROP, "storybook", 5_500, drops((0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.4, 0.3), hidden_size=192)),
    Question(DROP, "storybook", 13_000, drops((0.0, 0.0), (0.1, 0.0), hidden_size=192)),
    Question(DROP, "storybook-300-kb", 10_000, drops((0, 0), (0.1, 0), (0.2, 0.1), (0.4, 0.3), hidden_size=256)),
    Question(DROP, SHAKESPEARE, 7_900, drops((0.0, 0.0), (0.1, 0.0), (0.2, 0.0), hidden_size=256)),
    Question(DROP, "python-manual", 3_700, drops((0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.4, 0.3), hidden_size=256)),
    Question(DROP, "messages-ru", 2_900, drops((0.0, 0.0), (0.2, 0.0), (0.4, 0.0), (0.4, 0.3), hidden_size=256)),
    Question(
        DROP,
        "messages-zh_CN",
        2_900,
        drops((0.0, 0.0), (0.2, 0.0), (0.4, 0.0), (0.4, 0.3), (0.3, 0.5), (0.4, 0.5), hidden_size=192),
    ),
    Question(DROP, "names", 1_500, drops((0.2, 0.0), (0.4, 0.0), (0.4, 0.3), (0.3, 0.5), (0.4, 0.5), hidden_size=128)),
    Question(DROP, "tunes", 3_000, drops((0.2, 0.0), (0.4, 0.0), (0.4, 0.3), (0.3, 0.5), (0.4, 0.5), hidden_size=128)),
)

CONCLUSIONS = {
    FEW: "A short run has to take large steps: in 2 to 4 passes twice the former rate is better on every text. "
    "The plain RNN learns no more at three times its rate, and peepholes run away.",
    MANY: "In many passes (tunes: 66) twice as high is worse; between few and many texts differ (9 passes of tiny "
    "Shakespeare and of the storybook).",
    INPUT: "One-hot, where each token has a full row of the first layer to itself, wins in 3, 6 and 10 passes of "
    "162, 166 and 990 kinds of character.",
    AS_LONG: "Two layers of 128, their sum read out, lose against one of 192, since a narrow layer takes longer than "
    "its multiplications; two of 256 win against one of 512. For as many multiplications the five shapes of "
    "the last question make 8.4, 6.0, 4.6, 3.4 and 2.0 passes.",
    DROP: "The more parameters read a text the more often (parameters a token, times passes after the first: tiny "
    "Shakespeare 2.9, Python's manual 8, Russian 21, Chinese and tunes 160), the sooner it is known by heart "
    "and the more dropout pays. Where all that comes was there before, to know it by heart is to know it: of "
    "the storybook (7) 14 % of the held-back short sequences are new, of its first 300 KB (50) 27 %. What is "
    "dropped of the recurrent weights of names is also what lets a network that was taught to count to 30 "
    "count to 100 (LEARNING.md).",
}
BESIDE = (
    "Seen in single runs that this page does not make again, nats of what was held back: words at a peak rate of 4e-3 "
    "4.168, 8e-3 4.144, 1.2e-2 4.182; tiny Shakespeare with one layer of 512 from 6.6 million tokens in 16 rows "
    "1.536, from 7.8 million in 32 rows 1.553; 384 units in 4 passes 1.303, at twice the rate 1.288; in ten minutes 2 "
    "x 384 in 9.3 passes 1.247, 2 x 512 in 4.7 passes 1.259. That up to 128 units a quarter of the passes is enough "
    "is read off REGRET.md."
)


@dataclass(frozen=True)
class Trial:
    """One run."""

    text: str
    steps: int
    settings: tuple[tuple[str, Any], ...]
    seed: int

    @property
    def key(self) -> str:
        """In the file of results."""
        return f"{self.text}, {self.steps} updates: {named(dict(self.settings))}, seed {self.seed}"


def named(settings: dict) -> str:
    """hidden-size 192, learning-rate 0.014."""
    return ", ".join(f"{name.replace('_', '-')} {value:g}" for name, value in sorted(settings.items()))


def trials(questions: list[Question], seeds: list[int]) -> list[Trial]:
    """Each once, though several questions may ask for it."""
    asked = [
        Trial(question.text, steps, tuple(sorted(settings.items())), seed)
        for question in questions
        for steps, settings in question.runs()
        for seed in seeds
    ]
    return list(dict.fromkeys(asked))


def in_a_process(one: Trial, text: Text, folder: Path) -> dict:
    """Train and score in a process of its own, as the ablation does."""
    return apart(text, folder, FULL.name, one.seed, one.steps, dict(one.settings))


def page(questions: list[Question], seeds: list[int], store: Store, facts: dict) -> str:
    """DIAL.md: of each kind of question what follows from it, and a table with a line a setting."""
    lines = [
        "# What the dial's tables rest on", "", about_machine(facts), "",
        "Nats a token over what training held back (by which settings are judged) and over the last tenth of the text "
        "(which decides nothing), mean over seeds; the rest of the plan is the program's own for so many updates.",
    ]  # fmt: skip
    for about in dict.fromkeys(question.about for question in questions):
        rows = [row for question in questions if question.about == about for row in rows_of(question, seeds, store)]
        if rows:
            heads = ["text", "updates", "settings", "held back", "last tenth", "seeds"]
            conclusion = ["", CONCLUSIONS[about]] if about in CONCLUSIONS else []
            lines += ["", f"## {about[0].upper()}{about[1:]}", *conclusion, *table(heads, rows)]
    lines += ["", "## Beside these", "", BESIDE]
    told = of_states("runs", store.states([one.key for one in trials(questions, seeds)]), "dial.json")
    lines += ["", told] if told else []
    return "\n".join(lines) + "\n"


def rows_of(question: Question, seeds: list[int], store: Store) -> list:
    """A line for each setting of which there is a run."""
    rows = []
    for steps, settings in question.runs():
        asked = trials([Question(question.about, question.text, steps, (settings,))], seeds)
        there = [one for trial in asked if (one := store.get(trial.key, VERSION))]
        if there:
            held, last = (f"{mean(one[name] for one in there):.4f}" for name in ("validation", "nats"))
            rows.append([question.text, f"{steps:,}", named(settings), held, last, str(len(there))])
    return rows


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.dial", __doc__)
    parser.add_argument("--shakespeare", type=Path, metavar="PATH", help="tiny Shakespeare, to be one of the texts")
    parser.add_argument("--seeds", default="1")
    add_options(parser)
    parser.add_argument("--only", default="", help="questions whose kind or text holds this")
    parser.add_argument("--out", type=Path, default=HERE, help="where dial.json and DIAL.md are written")
    return parser.parse_args(words)


def texts_of(questions: list[Question], shakespeare: Path | None) -> list[Text]:
    """Those that are asked about and that this machine has."""
    makers = dict(TEXTS)
    if shakespeare is not None:
        makers[SHAKESPEARE] = lambda: to_tune_on(tiny_shakespeare(shakespeare))
    asked = dict.fromkeys(question.text for question in questions if question.text in makers)
    there, skipped = texts_there(asked, makers)
    for name, why in skipped.items():
        print(f"{name}: not measured: {why}.", flush=True)
    return there


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the tables."""
    args = arguments(words)
    questions = [one for one in QUESTIONS if args.only in f"{one.about}: {one.text}"]
    there = texts_of(questions, args.shakespeare)
    seeds, names = [int(seed) for seed in args.seeds.split(",")], {text.name for text in there}
    asked = [one for one in trials(questions, seeds) if one.text in names]
    store, facts = Store(args.out / "dial.json"), machine()

    def write() -> None:
        (args.out / "DIAL.md").write_text(page(list(QUESTIONS), seeds, store, facts), encoding="utf-8")

    wanted(args, asked, there, in_a_process, store, VERSION, write)


if __name__ == "__main__":
    run_script(main)
