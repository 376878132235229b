"""The rows of LEARNING.md: what is measured, for how long, with which seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tests.bench.learning import measures, texts
from tests.bench.learning.store import Store

THREE = (1, 2, 3)


@dataclass(frozen=True)
class Row:
    """One row: its table, its name, how a seed of it is measured, seconds of training a seed, and its seeds.

    In the long set every row has three seeds. version: raised when the row measures something else, so that older
    results of it do not count any more.
    """

    table: str
    name: str
    measure: Callable[[measures.Place, int], dict]
    seconds: float
    seeds: tuple = (1,)
    only_long: bool = False
    version: int = 1
    peer: bool = False  # the twin's
    precision: str = ""  # in which it is trained; empty where the program chooses

    def chosen(self, long: bool) -> tuple:
        """Seeds in the default set or in the long one."""
        return THREE if long else () if self.only_long else self.seeds

    def key(self, seed: int) -> str:
        """Of one result."""
        return f"{self.table}: {self.name}, seed {seed}"


def clocked(seconds: float, name: str, **more) -> Row:
    """A row of ours over tiny Shakespeare."""
    extras = more.pop("extras", False)
    measure = partial(measures.shakespeare, seconds=seconds, extras=extras)
    return Row("shakespeare", name, measure, seconds, **more)


def twin(seconds: float, name: str, **more) -> Row:
    """The same in PyTorch."""
    measure = partial(measures.pytorch, seconds=seconds)
    return Row("shakespeare", f"PyTorch {name}", measure, seconds, peer=True, version=2, **more)


def task(name: str, measure, seconds: float, cell: str) -> Row:
    """A task that is right or wrong, by cell."""
    return Row("tasks", f"{name}, {cell}", partial(measure, seconds=seconds, cell=cell), seconds, THREE)


def kind(name: str, text) -> Row:
    """A minute on a text of another kind."""
    return Row("kinds", name, partial(measures.kind, seconds=60.0, text=text), 60.0)


ROWS = [
    clocked(60.0, "60 s", seeds=THREE),
    clocked(145.0, "145 s", seeds=THREE),
    clocked(600.0, "10 min", extras=True),
    clocked(3600.0, "60 min", only_long=True, extras=True),
    twin(60.0, "60 s", seeds=THREE),
    twin(145.0, "145 s", seeds=THREE),
    twin(600.0, "10 min", only_long=True),
    Row("words", "10 min", partial(measures.words, seconds=600.0), 600.0),
    Row("book", "20 s", partial(measures.childrens_book, seconds=20.0), 20.0),
    *(task("a^n b^n", measures.counting, 30.0, cell) for cell in ("lstm", "rnn")),
    *(task("embedded Reber", measures.reber, 30.0, cell) for cell in ("lstm", "rnn")),
    Row("small", "10 KB", partial(measures.small, seconds=60.0), 60.0),
    kind("storybook", partial(texts.shipped, "storybook")),
    kind("tunes", partial(texts.shipped, "tunes")),
    kind("python-source", texts.python_source),
    kind("python-manual", texts.python_manual),
    kind("package-log", texts.package_log),
    kind("messages-ru", partial(texts.messages, "ru", "Russian")),
    kind("messages-zh_CN", partial(texts.messages, "zh_CN", "Chinese")),
]


PRECISIONS = ("float32", "bf16")
PRECISE = [
    replace(row, name=f"{row.name}, {name}", measure=partial(row.measure, precision=name), seeds=THREE, precision=name)
    for row in ROWS
    if row.table in ("book", "tasks")
    for name in PRECISIONS
]
"""What is right or wrong, in a precision that is asked for: on the page of precisions."""


def seconds_of(long: bool, rows: list | None = None) -> float:
    """Of training, all in all."""
    return sum(row.seconds * len(row.chosen(long)) for row in (ROWS if rows is None else rows))


def version_of(row: Row, facts: dict) -> str:
    """What a result of this row is measured under."""
    versions = facts["versions"]
    parts = [f"{row.version}", f"lstmgen {versions['lstmgen']}", facts["cpu"], f"{facts['cores']} cores"]
    if getattr(row.measure, "keywords", {}).get("extras"):
        parts += [name for name, words in measures.EXTRAS.items() if facts["offered"].get(words[0])]
    return ", ".join(parts)


def found_by(rows: list, store: Store, facts: dict) -> dict:
    """Every row's results by seed, as far as they are of this machine and version."""
    return {
        row: {seed: one for seed in row.chosen(long=True) if (one := store.get(row.key(seed), version_of(row, facts)))}
        for row in rows
    }
