"""When a run is put on the disk, and how: the state first, then the model, so that no kill finds a model alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.errors import ResourceError, UsageError
from lstmgen.modelfile import ModelFile, OutputLock, write_model, write_state

EVERY = 30.0  # seconds
_PART = 0.02  # of a time budget, where that is longer
PAUSE = 1.0  # seconds between a save that failed and its second try
COST = 0.03  # a save may not take a larger share of the time than this, except at the end

_Now = Callable[[], float]


def state_path(out: Path) -> Path:
    """NAME.npz -> NAME.state.npz, beside it."""
    return out.with_name(out.name.removesuffix(".npz") + ".state.npz")


def model_path(path: Path) -> Path:
    """The model that belongs to either of the two."""
    name = path.name.removesuffix(".npz").removesuffix(".state")
    return path.with_name(name + ".npz")


def lock_of(out: Path | None) -> OutputLock:
    """The lock of a run that writes these two files; of none where nothing is written."""
    return OutputLock() if out is None else OutputLock(out, state_path(out))


def refuse_to_replace(out: Path) -> None:
    """UsageError where a model or its state exists already."""
    for path in (out, state_path(out)):
        if path.exists() or path.is_symlink():
            raise UsageError(
                f"{path} exists already.\nGo on with it by --resume, choose another file with --out, or use --force."
            )


@dataclass
class Keeper:
    """Remembers when was saved and what it cost. Without `out` nothing is ever written."""

    out: Path | None
    now: _Now
    budget_seconds: float | None
    lock: OutputLock = field(default_factory=OutputLock)  # held by whoever began the run
    last: float | None = None
    cost: float = 0.0
    written: tuple[int, ...] | None = None  # which best weights the model on the disk holds
    trouble: str | None = None  # why the last save had to be tried twice

    def __post_init__(self) -> None:
        if self.out is not None:
            self._target = Path(os.path.abspath(self.out))  # noqa: PTH100 - a link stays one; from any folder

    def due(self, is_best: bool) -> bool:
        """At first, at each new best, and every 30 s or 2 % of the budget, unless that cost too much time."""
        if self.out is None or self.last is None:
            return self.out is not None
        since = self.now() - self.last
        every = max(EVERY, _PART * (self.budget_seconds or 0.0))
        return (is_best or since >= every) and since >= self.cost / COST

    def save(
        self, model: ModelFile, arrays: dict[str, np.ndarray[Any, Any]], facts: dict[str, Any], best: tuple[int, ...]
    ) -> Path | None:
        """Write the state, and the model if its best changed; the model's path where it was written.

        What goes wrong is tried once more after a moment: hours of training are worth one. Raises ResourceError.
        """
        self.trouble = None
        if self.out is None:
            return None
        try:
            return self._save(model, arrays, facts, best)
        except ResourceError as error:
            self.trouble = str(error).partition("\n")[0]
            time.sleep(PAUSE)
            return self._save(model, arrays, facts, best)

    def _save(
        self, model: ModelFile, arrays: dict[str, np.ndarray[Any, Any]], facts: dict[str, Any], best: tuple[int, ...]
    ) -> Path | None:
        self.lock.take()
        began = self.now()
        write_state(state_path(self._target), model, arrays, facts)
        model_written = None
        if best != self.written or not self._target.exists():  # it may have been deleted
            write_model(self._target, model)
            self.written, model_written = best, self.out
        self.last = self.now()
        self.cost = self.last - began
        return model_written
