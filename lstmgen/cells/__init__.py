"""One recurrent layer a file. Nothing outside this room asks which cell it is: it takes the record and calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from lstmgen.arrays import Float32Array
from lstmgen.cell_facts import CELL_FACTS, CellFacts
from lstmgen.cells import gru, lstm, rnn
from lstmgen.cells.panel import Panel


@dataclass(frozen=True)
class Cell:
    """A cell's names, layout, kernels, and its step and the backward of it in plain numpy; `lstm.py` describes them.

    extra: of each of a layer's arrays that is neither W, U nor a bias, how many rows (H) it has.
    """

    name: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    extra: Mapping[str, int]
    panel: Panel
    forward_window: Callable[..., None]
    training_window: Callable[..., None]
    sample_tokens: Callable[..., None]
    sample_tokens_bf16: Callable[..., None]
    step: Callable[..., dict[str, Float32Array]]
    step_back: Callable[..., tuple[Float32Array, Float32Array]]

    @property
    def extra_rows(self) -> int:
        """X: rows of all extra arrays of a layer together."""
        return sum(self.extra.values())


_FILES = {"lstm": lstm, "peephole": lstm, "gru": gru, "rnn": rnn}


def _cell(facts: CellFacts, file: ModuleType) -> Cell:
    extra = {name: len(array.gates) for name, array in facts.extra.items() if name not in file.PANEL.biases}
    return Cell(
        name=facts.name,
        gates=facts.gates,
        states=facts.states,
        extra=extra,
        panel=file.PANEL,
        forward_window=file.forward_window,
        training_window=file.training_window,
        sample_tokens=file.sample_tokens,
        sample_tokens_bf16=file.sample_tokens_bf16,
        step=file.step,
        step_back=file.step_back,
    )


CELLS = {name: _cell(CELL_FACTS[name], file) for name, file in _FILES.items()}
"""Every cell by its name."""
