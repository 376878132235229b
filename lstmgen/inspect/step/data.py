"""Steps for other programs: what their wires carried, and how probable each next token was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.common.data import Table, legend_of
from lstmgen.inspect.step.measure import CellStep


def step_facts(steps: Sequence[CellStep], vocabulary: Sequence[str], cell: str, squashing: str) -> dict[str, Any]:
    """Every step with its wires by letter, and both names of each wire."""
    return {
        "cell": cell,
        "vocabulary": list(vocabulary),
        "steps": [
            {
                "position": step.position,
                "token": None if step.token < 0 else vocabulary[step.token],
                "wires": step.wires,
                "probabilities": step.probabilities,
            }
            for step in steps
        ],
        "legend": legend_of(CELL_FACTS[cell].wires_with(squashing)),
    }


def step_table(steps: Sequence[CellStep], vocabulary: Sequence[str]) -> Table:
    """A row for each step and unit."""
    letters = list(steps[0].wires)

    def rows() -> Iterator[list[Any]]:
        for step in steps:
            token = "" if step.token < 0 else vocabulary[step.token]
            for unit in range(len(step.wires["h"])):
                yield [step.position, token, unit, *(float(step.wires[letter][unit]) for letter in letters)]

    return Table(["position", "token", "unit", *letters], rows())


def step_arrays(steps: Sequence[CellStep]) -> Iterator[tuple[str, AnyArray]]:
    """Each wire over the steps, (T, H), under its letter, and `probabilities` (T, V)."""
    yield "positions", np.array([step.position for step in steps])
    yield "ids", np.array([step.token for step in steps])
    for letter in steps[0].wires:
        yield letter, np.stack([step.wires[letter] for step in steps])
    yield "probabilities", np.stack([step.probabilities for step in steps])
