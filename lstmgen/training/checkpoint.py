"""When a run is put on the disk, and how: the state first, then the model, so that no kill finds a model alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.errors import ResourceError
from lstmgen.modelfile import ModelFile, OutputLock, write_model, write_state
from lstmgen.paths import state_path
from lstmgen.text import Corpus
from lstmgen.training import events
from lstmgen.training.plan import Plan
from lstmgen.training.plan_io import state_facts
from lstmgen.training.record import model_file
from lstmgen.training.state import TrainingState

SAVE_INTERVAL = 30.0  # seconds
_PART = 0.02  # of a time budget, where that is longer
RETRY_PAUSE = 1.0  # seconds between a save that failed and its second try
MAX_COST_SHARE = 0.03  # a save may not take a larger share of the time than this, except at the end


def output_lock(out: Path | None) -> OutputLock:
    """The lock of a run that writes these two files; of none where nothing is written."""
    return OutputLock() if out is None else OutputLock(out, state_path(out))


@dataclass
class Checkpointer:
    """Remembers when was saved and what it cost. Without `out` nothing is ever written."""

    out: Path | None
    now: Callable[[], float]
    budget_seconds: float | None
    lock: OutputLock = field(default_factory=OutputLock)  # held by whoever began the run
    last: float | None = None  # when was saved
    cost: float = 0.0  # seconds that it took
    _written: tuple[int, ...] | None = None  # which best weights the model on the disk holds

    def __post_init__(self) -> None:
        if self.out is not None:
            self._target = Path(os.path.abspath(self.out))  # noqa: PTH100 - a link stays one; from any folder

    def due(self, is_best: bool) -> bool:
        """At first, at each new best, and every 30 s or 2 % of the budget, unless that cost too much time."""
        if self.out is None or self.last is None:
            return self.out is not None
        since = self.now() - self.last
        every = max(SAVE_INTERVAL, _PART * (self.budget_seconds or 0.0))
        return (is_best or since >= every) and since >= self.cost / MAX_COST_SHARE

    @property
    def holds_final(self) -> bool:
        """Whether the model on the disk, if there is to be one, is that of a run that has ended."""
        return self.out is None or bool(self._written and self._written[-1])

    def save(
        self, corpus: Corpus, plan: Plan, state: TrainingState, final: dict[str, Any] | None
    ) -> Iterator[events.Event]:
        """Put a run on the disk, if a file was named, the best weights as the model; only finite numbers are saved.

        final: the figures of a run that has ended. Raises ResourceError.
        """
        for notice in _mended(state):
            yield events.Notice(notice)
        if self.out is None:
            return
        counters = state.counters
        arrays, header = state.to_arrays()
        best = (counters.best_step, int(counters.best_averaged), int(final is not None))
        facts = header | state_facts(corpus, plan)
        model, trouble = self.write(model_file(corpus, plan, state, final), arrays, facts, best)
        if trouble:
            yield events.Notice(f"Saving succeeded only at the second attempt: {trouble}")
        yield events.Saved(counters.step, state_path(self.out), model)

    def write(
        self, model: ModelFile, arrays: dict[str, AnyArray], facts: dict[str, Any], best: tuple[int, ...]
    ) -> tuple[Path | None, str | None]:
        """Write the state, and the model if its best changed: the model's path where it was written.

        What goes wrong is tried once more after a moment, since hours of training are worth one; why, if so, is the
        second value. Raises ResourceError.
        """
        try:
            return self._write(model, arrays, facts, best), None
        except ResourceError as error:
            trouble = str(error).partition("\n")[0]
            time.sleep(RETRY_PAUSE)
            return self._write(model, arrays, facts, best), trouble

    def _write(
        self, model: ModelFile, arrays: dict[str, AnyArray], facts: dict[str, Any], best: tuple[int, ...]
    ) -> Path | None:
        self.lock.take()
        began, model_written = self.now(), None
        write_state(state_path(self._target), model, arrays, facts)
        if best != self._written or not self._target.exists():  # it may have been deleted
            write_model(self._target, model)
            self._written, model_written = best, self.out
        self.last = self.now()
        self.cost = self.last - began
        return model_written


def _mended(state: TrainingState) -> list[str]:
    """Whatever is not finite beside the weights (a damaged memory) is made anew, with a sentence on each."""
    counters, notices = state.counters, []
    if not (np.isfinite(state.first).all() and np.isfinite(state.second).all()):
        state.reset_moments()
        notices.append("The optimiser's moments were not finite; they start from zero again.")
    if not np.isfinite(state.best).all() and np.isfinite(state.weights).all():
        state.keep_as_best(state.weights, None)
        notices.append("The best weights were not finite; the current ones replace them.")
    if not np.isfinite(state.average).all():
        state.average[:], counters.averaged = 0.0, 0
    if not np.isfinite(state.carried).all():
        state.carried = np.zeros_like(state.carried)
    return notices
