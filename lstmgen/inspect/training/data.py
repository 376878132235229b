"""How models were trained, for other programs: every evaluation of every model, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.history import COLUMNS, TrainingHistory


def history_facts(name: str, history: TrainingHistory) -> dict[str, Any]:
    """A model's columns by name, and how nats per token became bits per character."""
    return {"model": name, **history.columns, "characters_per_token": history.bits_per_character.characters_per_token}


def history_table(names: Sequence[str], histories: Sequence[TrainingHistory]) -> Table:
    """A row for each model and evaluation."""

    def rows() -> Iterator[list[Any]]:
        for name, history in zip(names, histories, strict=True):
            for row in zip(*history.columns.values(), strict=True):
                yield [name, *row]

    return Table(["model", *COLUMNS], rows())


def history_arrays(names: Sequence[str], histories: Sequence[TrainingHistory]) -> Iterator[tuple[str, AnyArray]]:
    """The same rows as arrays (n,): `model` is the place in `names`."""
    yield "names", np.array(names, dtype=np.str_)
    yield "model", np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    for column in COLUMNS:
        yield column, np.concatenate([history[column] for history in histories])
