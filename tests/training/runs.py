"""Small runs for the tests: a text, a clock that ticks by itself, and ways to stop where one wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import InterruptedTraining
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import Corpus, load_corpus, load_text
from lstmgen.training import StopFlag, resume, train
from lstmgen.training import events as E  # noqa: N812

SENTENCE = "Doug saw Jane. Jane saw Spot. Spot saw Doug. "
TINY = ModelSettings(hidden_size=5)


def text(characters: int = 2_400) -> str:
    """Lines that are not all alike."""
    rng = np.random.default_rng(7)
    words = ["Doug", "Jane", "Spot", "saw", "ran", "a", "the", "ball"]
    line = lambda: " ".join(rng.choice(words, size=5)) + ".\n"  # noqa: E731
    return "".join(line() for _ in range(characters // 20))[:characters]


AT_THE_END = {"validation": 0.05}  # what is held back is one piece, which a test can find in the text


def corpus(characters: int = 2_400, **options: Any) -> Corpus:
    return load_text(text(characters), **(AT_THE_END | options))


def corpus_file(folder: Path, characters: int = 2_400, **options: Any) -> tuple[Path, Corpus]:
    path = folder / "story.txt"
    path.write_text(text(characters), encoding="utf-8")
    return path, load_corpus([str(path)], **(AT_THE_END | options))


class Clock:
    """Half a second passes at every look."""

    def __init__(self, tick: float = 0.5) -> None:
        self.time = 0.0
        self.tick = tick

    def __call__(self) -> float:
        self.time += self.tick
        return self.time


def settings(steps: int = 24, **more: Any) -> TrainingSettings:
    return TrainingSettings(**{"steps": steps, "seq_length": 8, "batch_size": 4, "seed": 3, "threads": 1} | more)


def finish(run: Iterator[E.Event]) -> E.Finished:
    last = list(run)[-1]
    assert isinstance(last, E.Finished)
    return last


def stop_at(k: int, out: Path, c: Corpus, model: ModelSettings, training: TrainingSettings, code: int = 130) -> None:
    """Train until k updates are made, then ask to stop; the state must be of just that moment."""
    flag = StopFlag()
    with pytest.raises(InterruptedTraining) as caught:
        for event in train(c, model, training, out, stop=flag, now=Clock()):
            if isinstance(event, E.Progress) and event.step == k:
                flag.set(code)
    assert caught.value.exit_code == code


def go_on(out: Path, **more: Any) -> E.Finished:
    return finish(resume(out.with_name(out.stem + ".state.npz"), now=Clock(), **more))


def members(path: Path) -> dict[str, bytes]:
    """Every array of an .npz with type and shape, `clock` apart."""
    with np.load(path, allow_pickle=False) as file:
        return {n: f"{file[n].dtype}{file[n].shape}".encode() + file[n].tobytes() for n in file.files if n != "clock"}
