"""What each ingredient of the recipe brings: left out or set otherwise, everything else the same.

    python -m tests.bench.learning.ablation [--shakespeare input.txt] [--words input.txt] [--texts storybook,tunes]
        [--seeds 1,2,3] [--steps N] [--jobs 2] [--only NAMES] [--again TEXT] [--hidden-size N] [--out FOLDER] [--list]

Each run is a process of its own on one thread, with a fixed number of updates on the first 90 % of a text, scored over
the rest; of tiny Shakespeare only the first nine tenths are that text. Differences are paired by seed. Every run is
kept in ablation.json at once; what is there is not run again. ABLATION.md is written anew after every run.
"""

import argparse
import hashlib
import json
from pathlib import Path

from tests.bench.learning.brought import VERSION, Run, page
from tests.bench.learning.hooks import patched
from tests.bench.learning.ingredients import FULL, INGREDIENTS, Ingredient
from tests.bench.learning.runs import add_options, apart, wanted
from tests.bench.learning.store import Store, machine
from tests.bench.learning.texts import Text, in_words, shipped, tiny_shakespeare, to_tune_on
from tests.bench.script import parser_for, run_script

HERE = Path(__file__).parent
STEPS = {"shakespeare-beginning": 2_000, "storybook": 2_000, "shakespeare-beginning-words": 1_000}  # 2 to 5 passes
OTHER_STEPS = 1_500  # of the short ones: about 35 passes over 50 KB, so that they are known by heart


def named(name: str) -> Ingredient:
    """The ingredient of this name."""
    return next(one for one in (FULL, *INGREDIENTS) if one.name == name)


def chosen(words: list) -> list:
    """Ingredients whose name holds one of these, and what they are compared with."""
    meant = [one for one in INGREDIENTS if any(word in one.name for word in words)]
    beside = {one.beside for one in meant}
    return [one for one in INGREDIENTS if one in meant or one.name in beside]


def trained(path: str, held: str, ingredient: Ingredient, seed: int, steps: int, **settings) -> dict:
    """In this process: train under the ingredient's hooks, score the held-out text and what was held back."""
    import lstmgen

    updates = max(1, round(steps * ingredient.updates))
    with patched(ingredient.hooks):
        model = lstmgen.train(path, seed=seed, steps=updates, threads=1, **(settings | ingredient.settings))
    scored = model.score(Path(held).read_text(encoding="utf-8"))
    options = model.header["training"]["options"]
    kept = ("hidden-size", "num-layers", "batch-size", "seq-length", "learning-rate", "dropout", "weight-drop")
    return {
        "nats": scored.mean, "bits": scored.bits_per_character, "tokens": len(scored.nats), "updates": updates,
        "validation": model.header["training"]["final_validation"],
        "digest": hashlib.sha256(model.network.parameters.tobytes()).hexdigest()[:16],
        "options": {name: options[name] for name in kept},
    }  # fmt: skip


def in_a_process(one: Run, text: Text, folder: Path) -> dict:
    """The same in a process of its own."""
    size = {"hidden_size": one.hidden_size} if one.hidden_size else {}
    return apart(text, folder, one.ingredient, one.seed, one.steps, size)


def runs_of(texts: list, ingredients: list, seeds: list, steps: int | None, hidden_size: int | None) -> list:
    """The full recipe first, then each ingredient, text by text."""
    return [
        Run(text.name, one.name, seed, steps or STEPS.get(text.name, OTHER_STEPS), hidden_size)
        for text in texts
        for one in (FULL, *ingredients)
        if one.level in (None, text.level)
        for seed in seeds
    ]


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.ablation", __doc__)
    parser.add_argument("--shakespeare", type=Path, metavar="PATH", help="tiny Shakespeare, to be one of the texts")
    parser.add_argument("--words", type=Path, metavar="PATH", help="tiny Shakespeare, to be one of them word by word")
    parser.add_argument("--texts", default="storybook,tunes", help="shipped ones (storybook,tunes)")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--steps", type=int, help=f"{STEPS}, else {OTHER_STEPS}")
    parser.add_argument("--hidden-size", type=int, help="instead of the plan's")
    add_options(parser)
    parser.add_argument("--only", default="", help="ingredients whose name holds this, or one of these: A,B")
    parser.add_argument("--out", type=Path, default=HERE, help="where ablation.json and ABLATION.md are written")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet, several at once; write the table."""
    args = arguments(words)
    if args.one:
        one = args.one
        found = trained(*one["paths"], named(one["ingredient"]), one["seed"], one["steps"], **one["settings"])
        print(json.dumps(found))
        return
    texts = [to_tune_on(tiny_shakespeare(args.shakespeare))] if args.shakespeare else []
    texts += [in_words(to_tune_on(tiny_shakespeare(args.words)))] if args.words else []
    texts += [shipped(name) for name in args.texts.split(",") if name]
    ingredients = chosen(args.only.split(","))
    runs = runs_of(texts, ingredients, [int(seed) for seed in args.seeds.split(",")], args.steps, args.hidden_size)
    store, facts = Store(args.out / "ablation.json"), machine()

    def write() -> None:
        (args.out / "ABLATION.md").write_text(page(runs, store, facts), encoding="utf-8")

    wanted(args, runs, texts, in_a_process, store, VERSION, write)


if __name__ == "__main__":
    run_script(main)
