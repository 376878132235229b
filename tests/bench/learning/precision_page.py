"""PRECISION.md: what bfloat16 costs in learning at the same number of updates, and what it brings in the same time."""

from statistics import mean
from typing import Any

from tests.bench.learning import report
from tests.bench.learning.stopping import interval
from tests.bench.learning.store import about_machine, of_states
from tests.bench.tables import table

FLOAT32, BF16 = "float32", "bf16"
COUNTING = "counting"  # the text of a^n b^n, in which what is right counts
LIMIT = 0.01  # nats: the interval of what it costs at the same number of updates shall lie below
INTRODUCTION = (
    "Training in bf16 rounds the factors of all products to bfloat16; sums, weights and everything else are float32. "
    "Nats a token over the last tenth of each text, which took part in nothing, scored in float32. The difference is "
    "that in bf16 minus that in float32, paired by text and seed (below 0: bf16 is better), with the 95 % interval of "
    "its mean (Student's t)."
)


def paired(found: dict[Any, dict]) -> dict[Any, tuple[dict, dict]]:
    """What was found in float32 and in bf16, by the float32 run, where both are there."""
    others = {one: one.key.rpartition(": ")[0] for one in found}
    by_pair = {(others[one], one.precision): it for one, it in found.items()}
    return {
        one: (it, by_pair[others[one], BF16])
        for one, it in found.items()
        if one.precision == FLOAT32 and (others[one], BF16) in by_pair
    }


def apart(pairs: list) -> list[float]:
    """bf16 minus float32, nats."""
    return [second["nats"] - first["nats"] for first, second in pairs]


def told(differences: list[float]) -> str:
    """ "+0.0012 ± 0.0034": mean and half its interval; alone, the one difference. Nothing at all is no difference."""
    if not any(differences):
        return "none: not trained in bf16"
    middle, half = interval(differences)
    return f"{middle:+.4f} ± {half:.4f}" if len(differences) > 1 else f"{middle:+.4f}"


def means(pairs: list) -> list[str]:
    """Nats of both."""
    return [f"{mean(pair[side]['nats'] for pair in pairs):.4f}" for side in (0, 1)]


def groups(pairs: dict, name: str) -> dict[Any, dict]:
    """The pairs by what their runs have of that name, in their order."""
    found: dict[Any, dict] = {}
    for one, pair in pairs.items():
        found.setdefault(getattr(one, name), {})[one] = pair
    return found


def same_updates(pairs: dict) -> list[str]:
    """A line a text, one of all, and each pair."""
    if not pairs:
        return []
    lines, singles = [], []
    for text, mine in groups(pairs, "text").items():
        first, (found, _) = next(iter(mine.items()))
        lines.append([
            text, f"{found['characters_of_text']:,}", f"{first.steps:,}", f"{found['passes']:.1f}",
            *means(list(mine.values())), told(apart(list(mine.values()))), f"{len(mine)}",
        ])  # fmt: skip
        singles += [[text, f"{one.seed}", *means([pair]), told(apart([pair]))] for one, pair in mine.items()]
    differences = apart(list(pairs.values()))
    lines.append(["all", "", "", "", *means(list(pairs.values())), told(differences), f"{len(pairs)}"])
    middle, half = interval(differences)
    where = "lies below" if middle + half < LIMIT and any(differences) else "does not lie below"
    said = f"128 units, a fixed number of updates, no early stopping. The interval over all pairs {where} {LIMIT} nats."
    heads = ["text", "characters", "updates", "passes", FLOAT32, BF16, "difference", "pairs"]
    return ["", "## The same number of updates", "", said, *table(heads, lines),
            *table(["text", "seed", FLOAT32, BF16, "difference"], singles)]  # fmt: skip


def same_counting(pairs: dict) -> list[str]:
    """A line a number of updates: how far those count that have learned a^n b^n."""
    lines = []
    for steps, mine in groups(pairs, "steps").items():
        rights = [[pair[side]["right"] for pair in mine.values()] for side in (0, 1)]
        most = next(iter(mine.values()))[0]["of"]
        all_right = [f"{sum(right == most for right in some)} of {len(some)}" for some in rights]
        shown = [", ".join(map(str, some)) for some in rights]
        lines.append([f"{steps:,}", *all_right, *shown, ", ".join(str(one.seed) for one in mine)])
    if not lines:
        return []
    said = f"Trained on a^n b^n up to n = 30. Right: every n up to {most}; then how many are, seed by seed."
    heads = ["updates", f"right, {FLOAT32}", BF16, f"n of {most}, {FLOAT32}", BF16, "seeds"]
    return ["", "## Counting with the same number of updates", "", said, *table(heads, lines)]


def same_time(pairs: dict) -> list[str]:
    """A line a run of each time, and their mean."""
    lines = []
    for seconds, mine in groups(pairs, "seconds").items():
        for one, pair in mine.items():
            updates = [f"{it['step']:,}" for it in pair]
            sizes = [f"{it['plan']['architecture']['layers']} x {it['plan']['architecture']['units']}" for it in pair]
            shown = ", ".join(dict.fromkeys(sizes))
            lines.append([f"{seconds:g} s", f"{one.seed}", *means([pair]), told(apart([pair])), *updates, shown])
        if len(mine) > 1:
            several = list(mine.values())
            lines.append([f"{seconds:g} s", "mean", *means(several), told(apart(several)), "", "", ""])
    if not lines:
        return []
    said = "Tiny Shakespeare, `lstmgen train --time ... --seed ... --precision ...` and nothing else, one run at a "
    said += "time, the precisions in turns. More updates, and a larger network where the plan takes one."
    heads = ["time", "seed", FLOAT32, BF16, "difference", f"updates, {FLOAT32}", BF16, "layers x units"]
    return ["", "## The same time", "", said, *table(heads, lines)]


def page(found: dict[Any, dict], facts: dict, states: set, right: report.Found | None = None) -> str:
    """The page. found: by run; those that count updates have `steps`, those by the clock `seconds`.

    right: what was found of tasks that are right or wrong, by row and seed.
    """
    pairs = paired(found)
    lead = f"{INTRODUCTION} {of_states('runs', states, 'precision.json')}".rstrip()
    lines = ["# What bfloat16 costs and brings in learning", "", about_machine(facts), "", lead]
    by_updates = {one: pair for one, pair in pairs.items() if hasattr(one, "steps")}
    lines += same_updates({one: pair for one, pair in by_updates.items() if one.text != COUNTING})
    lines += same_counting({one: pair for one, pair in by_updates.items() if one.text == COUNTING})
    lines += same_time({one: pair for one, pair in pairs.items() if hasattr(one, "seconds")})
    there = {row: seeds for row, seeds in (right or {}).items() if seeds}
    for name in ("book", "tasks"):
        lines += report.TABLES[name]({row: seeds for row, seeds in there.items() if row.table == name})
    return "\n".join(lines) + "\n"
