"""A process that trains a small model, for tests that signal and kill it.

worker.py train TEXT OUT STEPS     trains from the start; prints each update's number
worker.py resume OUT               goes on
worker.py deaths TEXT FOLDER N     forks N trainings and kills each at a random moment after its first save
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lstmgen.errors import InterruptedTraining
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import Corpus, load_corpus
from lstmgen.training import events, resume, stop_on_signals, train

MODEL = ModelSettings(hidden_size=8, num_layers=2)


def settings(steps: int) -> TrainingSettings:
    return TrainingSettings(steps=steps, seq_length=8, batch_size=4, seed=3, dropout=0.2, threads=1)


def follow(run: Iterator[events.Event]) -> None:
    shown = 0
    for event in run:
        if isinstance(event, events.Saved) and not shown:
            shown = 1
            print("saved", flush=True)


def guarded(kind: str, arguments: list[str]) -> int:
    with stop_on_signals() as flag:
        try:
            if kind == "train":
                corpus = load_corpus([arguments[0]])
                follow(train(corpus, MODEL, settings(int(arguments[2])), Path(arguments[1]), stop=flag))
            else:
                follow(resume(Path(arguments[0]).with_suffix(".state.npz"), stop=flag))
        except InterruptedTraining as error:
            return error.exit_code
    return 0


def deaths(text: str, folder: Path, count: int) -> None:
    corpus, rng = load_corpus([text]), random.Random(5)
    for _ in train(corpus, MODEL, settings(1)):  # the kernels are loaded once, for all children
        pass
    for n in range(count):
        out = folder / f"{n}" / "m.npz"
        out.parent.mkdir()
        child = os.fork()
        if child == 0:
            _train_and_save_often(corpus, out)
        while not out.exists():
            time.sleep(0.0005)
        time.sleep(rng.random() * 0.04)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it had ended before it was killed"


def _train_and_save_often(corpus: Corpus, out: Path) -> None:
    from lstmgen.training import checkpoint

    checkpoint.SAVE_INTERVAL, checkpoint.MAX_COST_SHARE = 0.001, 1.0
    for _ in train(corpus, MODEL, settings(1_000_000), out):
        pass
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "deaths":
        deaths(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(guarded(sys.argv[1], sys.argv[2:]))
