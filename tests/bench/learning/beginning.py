"""Does it help to begin with another model (`train --from`)? Near and far texts, short and long, beside both others.

    python -m tests.bench.learning.beginning --shakespeare input.txt [--times 20,60] [--sizes 12,60,600] [--made 600]

Two models: the shipped `ready`, which learned the storybook, and one of ten minutes on the first 400,000 characters of
tiny Shakespeare. Each begins runs on texts near its own (other stories of the storybook's village; other scenes) and
far from it (the other one's). Beside each: the model as it came, and a run from scratch in the same time. A text is six
pieces of the whole; scored are the 10,000 characters that follow each, which took part in nothing, character by
character, so that the errors are of the differences.
Every run is kept in beginning.json at once; BEGINNING.md is written anew after each.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lstmgen import __version__
from tests.bench.learning.store import Store, about_machine, machine, of_states
from tests.bench.learning.texts import CORPORA, tiny_shakespeare
from tests.bench.script import parser_for, run_script
from tests.bench.tables import table

HERE = Path(__file__).parent
VERSION = 1
HELD, PIECES = 60_000, 6  # characters, and of how many places
LEARNED = 400_000  # of tiny Shakespeare, by the model made for this
BATCH = 50  # characters whose mean is one value of an error: neighbours are alike
SURE = 2.0  # standard errors


def storybook(dice: int) -> str:
    """Other stories of the same village: the shipped storybook's own generator, with other dice."""
    sys.path.insert(0, str(CORPORA))
    try:
        import make_storybook

        kept = make_storybook.Dice
        make_storybook.Dice = lambda _: kept(dice)
        try:
            return make_storybook.make()
        finally:
            make_storybook.Dice = kept
    finally:
        sys.path.remove(str(CORPORA))


def parts(text: str, characters: int, known: set) -> tuple[str, str]:
    """What is trained on, in PIECES pieces of whole lines, and what is scored: what follows each of them.

    Scored is only what all models know, whatever they learned, so that their losses are of the same characters.
    """
    trained, held, at = [], [], text.index("\n\n") + 2
    for _ in range(PIECES):
        for taken, wanted in ((trained, characters // PIECES), (held, HELD // PIECES)):
            end = text.index("\n", at + wanted) + 1
            taken.append(text[at:end])
            at = end
    known = known & set("".join(trained))
    return "".join(trained), "".join(c for c in "".join(held) if c in known)


def scored(model: object, held: str) -> list[float]:
    """Nats of every batch of characters, for a paired comparison."""
    nats = model.score(held).nats  # type: ignore[attr-defined]
    whole = len(nats) // BATCH * BATCH
    return [round(float(v), 6) for v in nats[:whole].reshape(-1, BATCH).mean(axis=1)]


def compared(ours: list, other: list) -> tuple[float, float]:
    """How far ours is below the other (mean, standard error), in nats a character."""
    above = np.array(other) - np.array(ours)
    return float(above.mean()), float(above.std() / math.sqrt(len(above)))


def row(name: str, size: int, seconds: float, came: dict, scratch: dict, ours: dict) -> list[str]:
    """A line of the table; the verdict is beside the better of the two others."""
    better = min((came, scratch), key=lambda one: np.mean(one["nats"]))
    gain, error = compared(ours["nats"], better["nats"])
    verdict = "better" if gain > SURE * error else "worse" if gain < -SURE * error else "as good"
    return [name, f"{size} KB", f"{seconds:g} s", *(f"{np.mean(one['nats']):.3f}" for one in (came, scratch, ours)),
            f"{gain:+.3f} ± {error:.3f}", verdict]  # fmt: skip


def page(rows: list, facts: dict, states: set) -> str:
    """BEGINNING.md."""
    lead = (
        "Nats a character over some 60,000 characters that took part in nothing: of the model as it came, of a run "
        "from scratch, and of a run of the same time that begins with the model. The gain is over the better of the "
        "two others, with its standard error, paired by 50 characters."
    )
    heads = ["begins with, and on", "text", "time", "as it came", "from scratch", "begun with it", "gain", ""]
    lead = f"{lead} {of_states('runs', states, 'beginning.json')}".rstrip()
    return "\n".join(["# Beginning with another model", "", about_machine(facts), "", lead, *table(heads, rows)]) + "\n"


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.beginning", __doc__)
    parser.add_argument("--shakespeare", type=Path, metavar="PATH", required=True, help="tiny Shakespeare")
    parser.add_argument("--times", default="20,60", help="seconds a run")
    parser.add_argument("--sizes", default="12,60,600", help="thousands of characters")
    parser.add_argument("--made", type=float, default=600.0, help="seconds for the model on tiny Shakespeare")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="to keep that model in, and to find it again (a temporary one)")
    parser.add_argument("--out", type=Path, default=HERE, help="where beginning.json and BEGINNING.md are written")
    return parser.parse_args(words)


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the table."""
    import lstmgen

    args = arguments(words)
    play = tiny_shakespeare(args.shakespeare).text
    store, facts = Store(args.out / "beginning.json"), machine()
    version = f"{VERSION}, lstmgen {__version__}, {facts['cpu']}, {facts['cores']} cores"
    sources = {"stories": storybook(20), "scenes": play[LEARNED:]}
    known = set(lstmgen.load("ready").vocabulary.tokens) & set(play[:LEARNED])
    keys, rows = [], []

    def kept(key: str, make: Callable[[], object], held: str) -> dict:
        keys.append(key)
        if store.get(key, version) is None:
            store.put(key, version, {"nats": scored(make(), held)})
            print(f"{key}: {np.mean(store.kept[key]['found']['nats']):.4f}", flush=True)
        return store.kept[key]["found"]

    with tempfile.TemporaryDirectory() as folder:
        made = (args.folder or Path(folder)) / "scenes.npz"

        def model(name: str) -> object:
            if name == "ready":
                return lstmgen.load("ready")
            if not made.exists():
                lstmgen.train(text=play[:LEARNED], time=args.made, seed=args.seed, out=made)
            return lstmgen.load(made)

        for size in map(int, args.sizes.split(",")):
            for begun, near in (("ready", "stories"), ("scenes", "scenes")):
                for source, whole in sources.items():
                    text, held = parts(whole, 1000 * size, known)
                    came = kept(f"{begun} as it came: {source}, {size} KB", lambda b=begun: model(b), held)
                    for seconds in map(float, args.times.split(",")):
                        how = {"text": text, "time": seconds, "seed": args.seed}
                        what = f"{source}, {size} KB, {seconds:g} s, seed {args.seed}"
                        scratch = kept(f"{what}, from scratch", lambda how=how: lstmgen.train(**how), held)
                        start = lambda how=how, b=begun: lstmgen.train(**how, from_model=model(b))  # noqa: E731
                        ours = kept(f"{what}, from {begun}", start, held)
                        kind = "near" if source == near else "far"
                        rows.append(row(f"{begun}, {source} ({kind})", size, seconds, came, scratch, ours))
                        written = page(rows, facts, store.states(keys))
                        (args.out / "BEGINNING.md").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    run_script(main)
