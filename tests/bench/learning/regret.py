"""Does the dial choose well? Nothing but --time, against eight settings by hand in the same time, on several texts.

    python -m tests.bench.learning.regret [--shakespeare input.txt] [--time 30] [--texts NAMES] [--seed 1]

Regret is ours minus the best of the eight, in nats a character over the last tenth of the text, which took part in
nothing (of tiny Shakespeare only the first nine tenths are that text, since the dial is tuned by what is seen here);
the best is picked by that same tenth, so the hand has luck on its side. Every run is kept in regret.json at once; what
is there, from the same machine, is not run again. REGRET.md is written anew after every run.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import mean

from lstmgen import __version__
from tests.bench.learning import command, texts
from tests.bench.learning.measures import checked
from tests.bench.learning.store import Store, about_machine, machine
from tests.bench.learning.texts import Text, shipped, texts_there, tiny_shakespeare, to_tune_on
from tests.bench.script import parser_for, run_script
from tests.bench.tables import table
from tests.bench.turns import RowFailedError

HERE = Path(__file__).parent
VERSION = 1
OURS = "only --time"
HAND = [  # layers, units, rows, dropout, weight-drop
    (1, 64, 16, 0.0, 0.0),
    (1, 64, 16, 0.3, 0.5),
    (1, 128, 32, 0.0, 0.0),
    (1, 128, 16, 0.3, 0.0),
    (1, 256, 32, 0.0, 0.0),
    (1, 256, 16, 0.3, 0.3),
    (1, 512, 16, 0.1, 0.0),
    (2, 256, 32, 0.1, 0.0),
]


def sentences() -> Text:
    """Thirty sentences of the children's book."""
    book = shipped("childrens-book").text
    return Text("30-sentences", "30 sentences", ".".join(book.split(".")[:30]) + ".\n")


TEXTS = {
    "30-sentences": sentences,
    "10-kb": lambda: shipped("storybook").beginning(10_000, "10-kb"),
    "tunes": lambda: shipped("tunes"),
    "weather": lambda: shipped("weather", "char"),
    "storybook": lambda: shipped("storybook"),
    "python-source": texts.python_source,
}  # and tiny Shakespeare, where it is


def setting_name(setting: tuple) -> str:
    """1 x 256, 16 rows, dropout 0.3, weight-drop 0.3."""
    layers, units, rows, dropout, weight_drop = setting
    return f"{layers} x {units}, {rows} rows, dropout {dropout:g}, weight-drop {weight_drop:g}"


def setting_words(setting: tuple) -> list[str]:
    """As options of `train`."""
    names = ("--num-layers", "--hidden-size", "--batch-size", "--dropout", "--weight-drop")
    return [word for name, value in zip(names, setting, strict=True) for word in (name, f"{value:g}")]


CHOICES = {OURS: []} | {setting_name(setting): setting_words(setting) for setting in HAND}


def key_of(text: str, choice: str, seconds: float, seed: int) -> str:
    """In the file of results."""
    return f"{text}, {seconds:g} s: {choice}, seed {seed}"


def measured(text: Text, words: list, budget: list, seed: int, folder: Path) -> dict:
    """Train on the first 90 % with these words beside the budget, score the rest."""
    path, held = text.put(folder)
    done = command.train(path, *budget, *text.options(), *words, seed=seed, out=folder / "model.npz")
    return checked(command.score(done.path, held, "--no-baselines"), text.parts()[1]) | text.facts() | done.facts()


def regret(found: dict) -> tuple[float, str] | None:
    """Ours minus the best by hand, and which that was; None before all are there. found: nats by choice."""
    if set(found) != set(CHOICES):
        return None
    best = min((name for name in found if name != OURS), key=lambda name: found[name])
    return found[OURS] - found[best], best


def page(found: dict, seconds: float, facts: dict, skipped: dict) -> str:
    """REGRET.md. found: by text, what was kept of each choice."""
    names, rows, regrets = list(found), [], []
    for text, by_choice in found.items():
        nats = {name: one["nats"] for name, one in by_choice.items()}
        lost, plan = regret(nats), by_choice.get(OURS, {}).get("plan")
        if lost:
            regrets.append(lost[0])
        size = f"{next(iter(by_choice.values()))['characters_of_text']:,}"
        chosen = f"{plan['architecture']['layers']} x {plan['architecture']['units']}, {plan['rows']} rows, dropout "
        chosen = chosen + f"{plan['dropout']:g}, weight-drop {plan['weight_drop']:g}" if plan else ""
        rows.append([text, size, f"{nats[OURS]:.4f}" if OURS in nats else "", chosen,
                     *([f"{nats[lost[1]]:.4f}", lost[1], f"{lost[0]:+.4f}"] if lost else ["", "", ""])])  # fmt: skip
    each = [[name, *(f"{found[text][name]['nats']:.4f}" if name in found[text] else "" for text in names)]
            for name in CHOICES]  # fmt: skip
    lead = (
        f"{seconds:g} s each. Nats a character over the last tenth of each text, which took part in nothing: when "
        "nothing but `--time` is said, and with eight settings by hand, the rest as ever. The regret is ours minus the "
        "best of the eight, picked by that same tenth; below 0 no hand did better."
    )
    heads = ["text", "characters", OURS, "what it chose", "best by hand", "which", "regret"]
    lines = ["# The dial against the hand", "", about_machine(facts), "", lead, *table(heads, rows)]
    lines += [f"| mean | | | | | | {mean(regrets):+.4f} |"] if regrets else []
    lines += table(["nats a character", *names], each)
    for text, why in skipped.items():
        lines += ["", f"Not measured: {text}: {why}."]
    return "\n".join(lines) + "\n"


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.regret", __doc__)
    parser.add_argument("--shakespeare", type=Path, metavar="PATH", help="tiny Shakespeare, to be one of the texts")
    parser.add_argument("--texts", default=",".join(TEXTS), help="which of the others")
    parser.add_argument("--time", type=float, default=30.0, help="seconds a run (30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", help="run anew those whose key holds this")
    parser.add_argument("--out", type=Path, default=HERE, help="where regret.json and REGRET.md are written")
    args = parser.parse_args(words)
    unknown = [name for name in args.texts.split(",") if name and name not in TEXTS]
    if unknown:
        parser.error(f"no text is called {', '.join(unknown)}; there are {', '.join(TEXTS)}")
    return args


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the table."""
    args = arguments(words)
    chosen, skipped = texts_there(filter(None, args.texts.split(",")), TEXTS)
    chosen += [to_tune_on(tiny_shakespeare(args.shakespeare))] if args.shakespeare else []
    store, facts = Store(args.out / "regret.json"), machine()
    version = f"{VERSION}, lstmgen {__version__}, {facts['cpu']}, {facts['cores']} cores"
    found: dict = {text.name: {} for text in chosen}
    runs = [(text, name, key_of(text.name, name, args.time, args.seed)) for text in chosen for name in CHOICES]
    with tempfile.TemporaryDirectory() as temporary:
        for done, (text, name, key) in enumerate(runs, 1):
            if args.again is not None and args.again in key:
                store.forget(key)
            one = store.get(key, version)
            if one is None:
                try:
                    one = measured(text, CHOICES[name], ["--time", f"{args.time:g}s"], args.seed, Path(temporary))
                except RowFailedError as error:
                    skipped[key] = str(error)
                    print(f"{key}: {error}", flush=True)
                    continue
                store.put(key, version, one)
                print(f"{done} of {len(runs)} {key}: {one['nats']:.4f}", flush=True)
            found[text.name][name] = one
            there = {text: by_choice for text, by_choice in found.items() if by_choice}
            (args.out / "REGRET.md").write_text(page(there, args.time, facts, skipped), encoding="utf-8")


if __name__ == "__main__":
    run_script(main)
