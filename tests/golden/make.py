"""Makes the files of 0.1.0 that lie in files/. To be run with the source of 0.1.0 (commit 07b212b), never a later one.

    git worktree add ../before 07b212b
    PYTHONPATH=../before python tests/golden/make.py tests/golden/files

For each kind of text (characters, words, lines) and each cell that 0.1.0 had: a model and its state as they stand when
a run is stopped or has ended; what 0.1.0 writes with the model and how it scores a passage; and the numbers with which
0.1.0 itself goes on from the state to the end. `expected.json` holds the texts and figures, `resumed.npz` the weights
and losses of the runs that went on. The texts are written here, of few letters, so that the files stay small.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

import lstmgen
from lstmgen.api import resume
from lstmgen.errors import InterruptedTraining

CELLS = ("lstm", "peephole", "rnn")
SAMPLE: dict[str, Any] = {"length": 40, "temperature": 0.8, "seed": 5}
MADE_AT = Path(tempfile.gettempdir()) / "golden"  # recorded in the states; gone when the tests run


@dataclass(frozen=True)
class Kind:
    """A kind of text: how it is trained, the update at which it is told to stop (None: it ends), how it goes on."""

    text: str
    passage: str
    settings: dict[str, Any]
    stopped: int | None
    go_on: dict[str, Any]


def letters() -> str:
    """Sentences of a few letters: 1,100 characters, 8 different ones; enough for a part to be held back."""
    sentences = cycle(("a rat sat.", "an ant ran at a rat.", "a tan rat starts.", "a star sat at an ant."))
    return "\n".join(islice(sentences, 66))[:1_099] + "\n"


def words() -> str:
    """Sentences of nine words: 60 of them, in an order that takes long to repeat."""
    who = ("Ann", "Tom", "a cat")
    return "".join(f"{who[k % 3]} {('saw', 'met')[k * k % 5 % 2]} {who[(k + k // 7) % 3]}.\n" for k in range(60))


def lines() -> str:
    """Seventy invented names of two or three syllables, a line each."""
    syllables = ("na", "ti", "so", "tan", "is")
    return "".join(
        syllables[k % 5] + syllables[k * k % 7 % 5] + syllables[k // 5 % 5] * (k % 2) + "\n" for k in range(70)
    )


SMALL: dict[str, Any] = {"hidden_size": 5, "seq_length": 8, "batch_size": 4, "seed": 3, "threads": 1}
KINDS = {
    "char": Kind(
        letters(),
        "a rat ran at an ant.\n",
        SMALL | {"steps": 60, "validation": 0.1, "dropout": 0.2, "weight_drop": 0.2},
        stopped=37,
        go_on={},
    ),
    "word": Kind(
        words(),
        "Tom saw Ann. a cat met Tom.\n",
        SMALL | {"steps": 40, "level": "word", "embedding_size": 5, "tied": True, "embedding_dropout": 0.1},
        stopped=None,
        go_on={"steps": 60},
    ),
    "lines": Kind(
        lines(),
        "nasoti\ntanis\n",
        SMALL | {"steps": 60, "lines": True, "num_layers": 2, "embedding_size": 3},
        stopped=41,
        go_on={},
    ),
}


def settings_of(kind: str, cell: str) -> dict[str, Any]:
    """Of this kind's run with this cell: the peephole cell of characters squashes its memory, as in the lecture."""
    squashing = {"output_squashing": "tanh"} if (kind, cell) == ("char", "peephole") else {}
    return KINDS[kind].settings | {"cell": cell} | squashing


def train(kind: str, cell: str, text: Path, out: Path) -> None:
    """Leaves OUT and its state, stopped where the kind says."""
    steps = 0

    def listen(event: Any) -> None:
        nonlocal steps
        steps = getattr(event, "step", steps)

    stopped = KINDS[kind].stopped
    try:
        lstmgen.train(
            text,
            out=out,
            on_event=listen,
            stop=None if stopped is None else lambda: steps >= stopped,
            **settings_of(kind, cell),
        )
    except InterruptedTraining:
        assert stopped is not None
    else:
        assert stopped is None


def expected_of(kind: str, path: Path) -> dict[str, Any]:
    """What this version does with a model: its text or lines, and the nats of a passage."""
    model = lstmgen.load(path)
    score = model.score(KINDS[kind].passage)
    return {
        "samples": model.samples(3, **SAMPLE),
        "greedy": model.sample(length=30, temperature=0.0, seed=1),
        "nats": [float(x) for x in score.nats],
        "bits_per_character": score.bits_per_character,
    }


def went_on(state: Path, text: Path, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state's run brought to its end by this version: figures, and arrays."""
    model = resume(state, text, threads=1, **KINDS[kind].go_on)
    with np.load(state, allow_pickle=False) as file:
        arrays = {name: file[name] for name in ("state.weights", "state.best")}
        arrays["losses"] = file["history"][:, [0, 3, 4]]
    training = model.header["training"]
    figures = {name: training.get(name) for name in ("updates", "best_update", "best_validation", "final_validation")}
    return figures, arrays


def make(folder: Path) -> None:
    """Write all files into `folder`."""
    expected: dict[str, Any] = {}
    resumed: dict[str, Any] = {}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.rmtree(MADE_AT, ignore_errors=True)
    MADE_AT.mkdir()
    for kind, about in KINDS.items():
        text = MADE_AT / f"{kind}.txt"
        text.write_text(about.text, encoding="utf-8", newline="")
        shutil.copy(text, folder)
        for cell in CELLS:
            out = MADE_AT / f"{kind}-{cell}.npz"
            train(kind, cell, text, out)
            state = out.with_suffix(".state.npz")
            shutil.copy(out, folder)
            shutil.copy(state, folder)
            figures = expected_of(kind, out)
            figures["resumed"], arrays = went_on(state, text, kind)
            expected[out.stem] = figures
            resumed |= {f"{out.stem}.{name}": array for name, array in arrays.items()}
    np.savez_compressed(folder / "resumed.npz", **resumed)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(MADE_AT)


if __name__ == "__main__":
    print(f"lstmgen {lstmgen.__version__} from {Path(lstmgen.__file__).parent}")
    if lstmgen.__version__ != "0.1.0" or find_spec("lstmgen.cell_facts"):  # a room that came later
        sys.exit("This is not 0.1.0. Set PYTHONPATH to its source.")
    make(Path(sys.argv[1]))
