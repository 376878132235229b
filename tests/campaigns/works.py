"""What is struck: commands over all that the program does, in small."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import load_corpus
from lstmgen.training import train
from tests.training.runs import text

SMALL = ["--hidden-size", "8", "--batch-size", "4", "--seq-length", "16", "--seed", "1", "--threads", "1"]


@dataclass(frozen=True)
class Work:
    """A command; HOME in it stands for the folder of `prepare`.

    product: what it writes to stdout is to be compared; ends: what it says when all is done; begins: files of HOME that
    its own folder begins with.
    """

    name: str
    arguments: tuple[str, ...]
    product: bool = False
    ends: str = "Saved "
    cold: bool = False
    stdin: str | None = None
    begins: tuple[str, ...] = ()

    def at(self, home: Path) -> list[str]:
        """Its arguments."""
        return [argument.replace("HOME", str(home)) for argument in self.arguments]


def _train(text: str, *more: str) -> tuple[str, ...]:
    return ("train", text, "-o", "m.npz", *SMALL, *more)


WORKS = (
    Work("steps", _train("HOME/story.txt", "--steps", "1000", "--validation", "0")),
    Work("time", ("train", "HOME/story.txt", "-o", "m.npz", "--time", "1s")),
    Work("large", ("train", "HOME/story.txt", "-o", "m.npz", "--steps", "8", "--hidden-size", "500")),
    Work("big", _train("HOME/big.txt", "--steps", "20")),
    Work("words", _train("HOME/big.txt", "--steps", "20", "--level", "word")),
    Work("lines", _train("-", "--steps", "200", "--lines", "--json"), ends='"finished"', stdin="story.txt"),
    Work(
        "resume",
        ("train", "HOME/story.txt", "--resume", "-o", "m.npz", "--steps", "600"),
        begins=("m.npz", "m.state.npz"),
    ),
    Work("sample", ("sample", "-m", "HOME/m.npz", "--length", "200000", "--seed", "1"), product=True, ends=""),
    Work(
        "many",
        ("sample", "-m", "HOME/m.npz", "--num-samples", "200", "--seed", "1", "-o", "out.txt"),
        ends="wrote out.txt",
    ),
    Work("report", ("inspect", "report", "-m", "HOME/m.npz", "-o", "report.html"), ends="Open it in a browser"),
    Work("score", ("inspect", "score", "-m", "HOME/m.npz", "--file", "HOME/story.txt"), product=True, ends=""),
    Work("cold", _train("HOME/story.txt", "--steps", "50"), cold=True),
)

RESUME = next(work for work in WORKS if work.name == "resume")
QUICK = (  # for every day
    Work("steps", _train("HOME/story.txt", "--steps", "300")),
    Work("lines", _train("-", "--steps", "150", "--lines", "--json"), ends='"finished"', stdin="story.txt"),
    RESUME,
    Work("sample", ("sample", "-m", "HOME/m.npz", "--length", "50000", "--seed", "1"), product=True, ends=""),
)


def prepare(home: Path) -> None:
    """The texts, and a model with its state."""
    story = home / "story.txt"
    story.write_text(text(40_000), encoding="utf-8")
    words = np.random.default_rng(2).choice(story.read_text("utf-8").split(), 400_000)
    (home / "big.txt").write_text("\n".join(" ".join(line) for line in words.reshape(-1, 8)), encoding="utf-8")
    sizes = ModelSettings(hidden_size=8)
    how = TrainingSettings(steps=300, seq_length=16, batch_size=4, seed=1, threads=1)
    for _ in train(load_corpus([str(story)]), sizes, how, home / "m.npz"):
        pass
