"""What stopping early costs and saves: every run with and without it, on several texts, three seeds each.

    python -m tests.bench.learning.stopping [--shakespeare input.txt] [--time 20] [--texts NAMES] [--seeds 1,2,3]

The cost is the loss with it minus that without, in nats a token over the last tenth of the text, which took part in
nothing. Where a run with it comes to no trial the one without is the same run, and is not made. Every run is kept in
stopping.json at once; what is there, from the same machine, is not run again. STOPPING.md is written anew after each.
"""

import argparse
import math
import tempfile
from pathlib import Path
from statistics import mean, stdev

from lstmgen import __version__
from tests.bench.learning import texts
from tests.bench.learning.hooks import Hook, instead, patched
from tests.bench.learning.store import Store, about_machine, machine, of_states
from tests.bench.learning.texts import Text, shipped, texts_there, tiny_shakespeare
from tests.bench.script import parser_for, run_script
from tests.bench.tables import table

HERE = Path(__file__).parent
VERSION = 1
LIMIT = 0.01  # nats: no text's interval may lie above
STUDENT = {
    1: 12.71, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201,
    12: 2.179, 13: 2.160, 14: 2.145, 15: 2.131, 16: 2.120, 17: 2.110, 18: 2.101, 19: 2.093, 20: 2.086,
}  # two-sided 95 %, by degrees of freedom  # fmt: skip
NEVER = Hook("lstmgen.training.evaluation:may_overfit", instead(lambda run: False))
TEXTS = {
    "10-kb": lambda: shipped("storybook").beginning(10_000, "10-kb"),
    "tunes": lambda: shipped("tunes"),
    "names": lambda: shipped("names"),
    "weather": lambda: shipped("weather", "char"),
    "storybook-words": lambda: shipped("storybook", "word").beginning(200_000, "storybook-words"),
    "python-manual": texts.python_manual,
    "messages-ru": lambda: texts.messages("ru", "Russian"),
    "messages-zh_CN": lambda: texts.messages("zh_CN", "Chinese"),
}  # and tiny Shakespeare, where it is


def run(text: Text, stops: bool, seconds: float, seed: int, folder: Path) -> dict:
    """Train on the first 90 % and score the rest, in this process."""
    import lstmgen
    from lstmgen.training import events

    path, held = text.put(folder)
    heard: list = []
    with patched([] if stops else [NEVER]):
        model = lstmgen.train(path, time=seconds, seed=seed, level=text.level, lines=text.lines, on_event=heard.append)
    ended = next(e for e in heard if isinstance(e, events.Finished))
    trials = [(e.step, e.annealed, e.projected, e.stops) for e in heard if isinstance(e, events.Trial)]
    nats = model.score(held.read_text(encoding="utf-8")).mean
    return {"nats": nats, "seconds": ended.seconds, "passes": ended.passes, "step": ended.step, "trials": trials,
            "stopped": ended.stopped_early, "text": text.facts()}  # fmt: skip


def interval(values: list) -> tuple[float, float]:
    """Mean and half of its 95 % interval (Student's t); half is infinite for one value."""
    many = len(values)
    half = STUDENT[min(many - 1, max(STUDENT))] * stdev(values) / math.sqrt(many) if many > 1 else math.inf
    return mean(values), half


def row(name: str, pairs: list, seconds: float) -> list[str]:
    """pairs: what was found with and without, a seed each; without is None where there was no trial."""
    costs = [0.0 if without is None else with_["nats"] - without["nats"] for with_, without in pairs]
    cost, half = interval(costs)
    stopped = [with_ for with_, _ in pairs if with_["stopped"]]
    trials = sum(len(with_["trials"]) for with_, _ in pairs)
    saved = mean(1.0 - min(1.0, one["seconds"] / seconds) for one, _ in pairs)
    verdict = "above" if cost - half > LIMIT else "no"
    return [name, f"{pairs[0][0]['text']['characters_of_text']:,}",
            f"{mean(one['nats'] for one, _ in pairs):.4f}", f"{mean(one['passes'] for one, _ in pairs):.1f}",
            f"{trials}", f"{len(stopped)} of {len(pairs)}", f"{saved:.0%}",
            f"{cost:+.4f} ± {half:.4f}" if trials else "0", verdict]  # fmt: skip


def page(found: dict, seconds: float, facts: dict, states: set, skipped: dict) -> str:
    """STOPPING.md. found: by text, its pairs."""
    lead = (
        f"{seconds:g} s, nothing else said. Nats a token over the last tenth of each text, which took part in "
        "nothing; the cost is the loss with early stopping minus that without, paired by seed, and its 95 % interval "
        "over the seeds. Where there was no trial both are the same run. Saved is the share of the time. The last "
        f"column says whether the whole interval lies above {LIMIT} nats."
    )
    heads = ["text", "characters", "nats", "passes", "trials", "stopped", "saved", "cost, nats", f"above {LIMIT}"]
    rows = [row(name, pairs, seconds) for name, pairs in found.items() if pairs]
    lines = ["# What stopping early costs, and what it saves", "", about_machine(facts), "",
             f"{lead} {of_states('runs', states, 'stopping.json')}".rstrip(), *table(heads, rows)]  # fmt: skip
    for text, why in skipped.items():
        lines += ["", f"Not measured: {text}: {why}."]
    return "\n".join(lines) + "\n"


def arguments(words: list | None) -> argparse.Namespace:
    """The command line."""
    parser = parser_for("learning.stopping", __doc__)
    parser.add_argument("--shakespeare", type=Path, metavar="PATH", help="tiny Shakespeare, to be one of the texts")
    parser.add_argument("--texts", default=",".join(TEXTS), help="which of the others")
    parser.add_argument("--time", type=float, default=20.0, help="seconds a run (20)")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--out", type=Path, default=HERE, help="where stopping.json and STOPPING.md are written")
    return parser.parse_args(words)


def main(words: list | None = None) -> None:
    """Make the runs that are not there yet; write the table."""
    args = arguments(words)
    store, facts = Store(args.out / "stopping.json"), machine()
    version = f"{VERSION}, lstmgen {__version__}, {facts['cpu']}, {facts['cores']} cores"
    found, keys = {}, []
    chosen, skipped = texts_there(filter(None, args.texts.split(",")), TEXTS)
    chosen += [tiny_shakespeare(args.shakespeare)] if args.shakespeare else []
    with tempfile.TemporaryDirectory() as folder:

        def kept(text: Text, stops: bool, seed: int) -> dict:
            key = f"{text.name}, {args.time:g} s, seed {seed}: {'with' if stops else 'without'}"
            keys.append(key)
            if store.get(key, version) is None:
                store.put(key, version, run(text, stops, args.time, seed, Path(folder)))
                print(f"{key}: {store.kept[key]['found']['nats']:.4f}", flush=True)
            return store.kept[key]["found"]

        for text in chosen:
            for seed in map(int, args.seeds.split(",")):
                first = kept(text, True, seed)
                pair = (first, kept(text, False, seed) if first["trials"] else None)
                found.setdefault(text.name, []).append(pair)
                written = page(found, args.time, facts, store.states(keys), skipped)
                (args.out / "STOPPING.md").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    run_script(main)
