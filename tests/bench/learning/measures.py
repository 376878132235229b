"""How each kind of row is measured: (where, seed) -> what is kept. Training and scoring are the command line's."""

import json
from dataclasses import dataclass
from pathlib import Path

import lstmgen
from lstmgen.inspect.mistakes.measure import loss_of
from tests.bench.childrens_book import SENTENCES, count
from tests.bench.learning import command, tasks
from tests.bench.learning.texts import Text, in_words, shipped
from tests.bench.spacing import shares
from tests.bench.turns import RowFailedError, RowSkippedError

MIXED = ("--adapt", "--ngram-weight", "auto")
EXTRAS = {"adapted": MIXED[:1], "mixed": MIXED[1:], "adapted and mixed": MIXED}  # further ways to score one model
SMALL = 10_000  # characters of the small text, of as much that was held out, and of what is written
SPACED = 20_000  # words written, where spaces are counted


@dataclass(frozen=True)
class Place:
    """Where rows are measured: a folder of their own, tiny Shakespeare, and the Python that has PyTorch.

    plans: what our side chose, by seconds and seed, for the twin to follow.
    """

    folder: Path
    shakespeare: Text
    python_peers: str
    plans: dict


def budget(seconds: float) -> tuple[str, str]:
    """As on the command line."""
    return "--time", f"{seconds:g}s"


def in_precision(precision: str) -> list[str]:
    """As on the command line; nothing where the program shall choose."""
    return ["--precision", precision] if precision else []


def checked(found: dict, held: str) -> dict:
    """The figures that are kept, once it is sure that every character was scored."""
    if found["characters"] != len(held):
        raise RowFailedError(f"{found['characters']:,} characters were scored of {len(held):,}")
    named = {"bits": "bits_a_character", "bits_error": "bits_error", "nats": "nats_a_character",
             "tokens": "tokens", "characters": "characters"}  # fmt: skip
    kept = {name: found[theirs] for name, theirs in named.items()} | {"unseen": len(found["unseen"])}
    return kept | {"baselines": {one["name"]: one["bits_a_character"] for one in found["baselines"]}}


def learned(place: Place, text: Text, seconds: float, seed: int, extras: bool = False) -> dict:
    """Train on the first 90 % with nothing said but time and seed; score the rest, in further ways too if asked."""
    path, held = text.put(place.folder)
    out = place.folder / f"{text.name}-{text.level}-{seconds:g}-{seed}.npz"
    done = command.train(path, *budget(seconds), *text.options(), seed=seed, out=out)
    rest = text.parts()[1]
    found = checked(command.score(out, held), rest) | text.facts() | done.facts()
    for name, options in EXTRAS.items() if extras else ():
        if command.offered(*(word for word in options if word.startswith("--"))):
            found[name] = command.score(out, held, "--no-baselines", *options)
    return found


def shakespeare(place: Place, seed: int, seconds: float, extras: bool = False) -> dict:
    """Ours by the clock."""
    return learned(place, place.shakespeare, seconds, seed, extras)


def pytorch(place: Place, seed: int, seconds: float) -> dict:
    """The twin by the same clock, at the sizes that ours chose for it."""
    plan = place.plans.get((seconds, seed))
    if plan is None:
        raise RowSkippedError(f"it follows our plan for {seconds:g} s and seed {seed}: measure that row first")
    path, held = place.shakespeare.put(place.folder)
    kept = place.folder / "plan.json"
    kept.write_text(json.dumps(plan), encoding="utf-8")
    words = ["tests.bench.learning.torch_recipe", path, held, "--time", seconds, "--seed", seed, "--plan", kept]
    found = json.loads(command.run(words, place.folder, place.python_peers))
    if found["tokens"] != len(place.shakespeare.parts()[1]):
        raise RowFailedError(f"only {found['tokens']:,} tokens were scored")
    return found | {"plan": plan}


def words(place: Place, seed: int, seconds: float) -> dict:
    """Tiny Shakespeare word by word, beside the n-grams over the same words, and how it spaces what it writes."""
    text = in_words(place.shakespeare)
    found = learned(place, text, seconds, seed)
    model = lstmgen.load(place.folder / f"{text.name}-word-{seconds:g}-{seed}.npz")
    ours = shares(model.sample(length=SPACED, temperature=1.0, min_p=0.0, seed=seed))
    theirs = shares(text.text)
    return found | {"spacing": {name: [ours[name], theirs[name]] for name in ours}}


def kind(place: Place, seed: int, seconds: float, text) -> dict:
    """Another kind of text, character by character."""
    return learned(place, text(), seconds, seed)


def childrens_book(place: Place, seed: int, seconds: float, precision: str = "") -> dict:
    """Nats a token on new sentences, and how many of 1,000 written ones are right."""
    out = place.folder / f"childrens-book-{seed}.npz"
    done = command.train(Path("childrens-book"), *budget(seconds), *in_precision(precision), seed=seed, out=out)
    model = lstmgen.load(out)
    return {"nats": loss_of(model), "right": count(model, seed).total(), "of": SENTENCES} | done.facts()


def counting(place: Place, seed: int, seconds: float, cell: str, precision: str = "") -> dict:
    """a^n b^n, trained to n = 30."""
    path = place.folder / "counting-30.txt"
    path.write_text(tasks.counting_lines(), encoding="utf-8")
    options = ["--lines", *in_precision(precision)]
    return _task(place, path, options, seed, seconds, cell, tasks.counting)


def reber(place: Place, seed: int, seconds: float, cell: str, precision: str = "") -> dict:
    """The shipped strings of the embedded Reber grammar."""
    return _task(place, Path("reber"), in_precision(precision), seed, seconds, cell, tasks.reber)


def _task(place: Place, text: Path, options: list, seed: int, seconds: float, cell: str, measure) -> dict:
    out = place.folder / f"{text.stem}-{cell}-{seed}.npz"
    chosen = [] if cell == "lstm" else ["--cell", cell]
    done = command.train(text, *budget(seconds), *options, *chosen, seed=seed, out=out)
    return measure(lstmgen.load(out)) | done.facts()


def small(place: Place, seed: int, seconds: float) -> dict:
    """A text of 10 KB: what is copied from it, beside as much text of the same book; validation and what was kept."""
    book = shipped("storybook").text
    text, held = book[:SMALL], book[SMALL : 2 * SMALL]
    path, rest = place.folder / "small.txt", place.folder / "small.held.txt"
    path.write_text(text, encoding="utf-8")
    rest.write_text(held, encoding="utf-8")
    out = place.folder / f"small-{seed}.npz"
    done = command.train(path, *budget(seconds), seed=seed, out=out)
    written = lstmgen.load(out).sample(length=SMALL, seed=seed)
    copies = {name: tasks.longest_copy(one, text) for name, one in (("written", written), ("held out", held))}
    seen = [nats for nats in done.validation if nats is not None]
    return checked(command.score(out, rest), held) | done.facts() | {
        "longest_copy": {name: len(span) for name, span in copies.items()}, "copied": copies["written"],
        "best_on_the_way": min(seen), "last_on_the_way": seen[-1],
        "kept": done.finished["model"]["training"]["best_validation"],
        "kept_whole": done.finished["validation"],
    }  # fmt: skip
