"""The runs of the ablation and what they say each ingredient brings: ABLATION.md."""

import math
from dataclasses import dataclass
from statistics import mean, stdev

from tests.bench.learning.ingredients import FULL, INGREDIENTS
from tests.bench.learning.store import Store, about_machine, counted, of_states
from tests.bench.tables import table

VERSION = counted(1)
SHOWN_NOTHING = "nothing changed"


@dataclass(frozen=True)
class Run:
    """One of them."""

    text: str
    ingredient: str
    seed: int
    steps: int  # of the full recipe
    hidden_size: int | None = None

    @property
    def key(self) -> str:
        """In the file of results."""
        size = f", {self.hidden_size} units" if self.hidden_size else ""
        return f"{self.text}, {self.steps} updates{size}: {self.ingredient}, seed {self.seed}"


def differences(runs: list, store: Store) -> dict:
    """Nats a token above what it is compared with by text and ingredient, a list over seeds.

    "same" where no byte differs.
    """
    found = {(one.text, one.ingredient, one.seed): store.get(one.key, VERSION) for one in runs}
    compared = {one.name: one.beside for one in INGREDIENTS}
    apart: dict = {}
    for one in runs:
        it = found[one.text, one.ingredient, one.seed]
        beside = found.get((one.text, compared.get(one.ingredient), one.seed))
        if it and beside:
            row = apart.setdefault((one.text, one.ingredient), {"nats": [], "same": True})
            row["nats"].append(it["nats"] - beside["nats"])
            row["same"] &= it["digest"] == beside["digest"]
    return apart


def told(apart: dict | None) -> str:
    """ "+0.0123 ± 0.0040 (3)": mean, its standard error, seeds."""
    if apart is None:
        return ""
    nats = apart["nats"]
    if apart["same"]:
        return SHOWN_NOTHING
    error = f" ± {stdev(nats) / math.sqrt(len(nats)):.4f}" if len(nats) > 1 else ""
    return f"{mean(nats):+.4f}{error} ({len(nats)})"


def page(runs: list, store: Store, facts: dict) -> str:
    """ABLATION.md."""
    apart = differences(runs, store)
    texts = list(dict.fromkeys(one.text for one in runs))
    names = [one.name for one in INGREDIENTS if any((text, one.name) in apart for text in texts)]
    named = {one.name: one.name + f" (beside {one.beside})" * (one.beside != FULL.name) for one in INGREDIENTS}
    full, sizes = [], {}
    for text in texts:
        mine = [one for one in runs if (one.text, one.ingredient) == (text, FULL.name)]
        there = [it for one in mine if (it := store.get(one.key, VERSION))]
        nats = [it["nats"] for it in there]
        full.append(f"{mean(nats):.4f} ({len(nats)})" if nats else "")
        sizes[text] = there[0]["options"] if there else {}
    lines = [[FULL.name, *full]]
    lines += [[named[name], *(told(apart.get((text, name))) for text in texts)] for name in names]
    said = [
        f"{text}: {mine.steps:,} updates, " + ", ".join(f"{name} {value}" for name, value in sizes[text].items())
        for text in texts
        if (mine := next(one for one in runs if one.text == text))
    ]
    lead = (
        "Nats a token over the last 10 % of each text, which took part in nothing: of the full recipe, and how much "
        "more (+: so it is worse) without an ingredient or with it set otherwise; mean over seeds, paired by "
        "seed, ± its standard error, and how many seeds. All with the same number of tokens. Where "
        f"{SHOWN_NOTHING}, the plan for this text and number of updates has not got the ingredient anyway."
    )
    lead = f"{lead} {of_states('runs', store.states([one.key for one in runs]), 'ablation.json')}".rstrip()
    return "\n".join(["# What the ingredients bring", "", about_machine(facts), "", lead, "",
                      *(f"- {one}" for one in said), *table(["", *texts], lines)]) + "\n"  # fmt: skip
