"""One recurrent layer a file. Nothing outside this room asks which cell it is: it takes the record and calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from lstmgen.arrays import Float32Array
from lstmgen.cells import lstm, rnn
from lstmgen.cells.panel import Panel


@dataclass(frozen=True)
class Cell:
    """A cell's names, layout, kernels, and its step and the backward of it in plain numpy; `lstm.py` describes them.

    extra: rows (H) of each of a layer's arrays that is neither W, U nor a bias; `extra_gradient` computes theirs.
    """

    name: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    extra: Mapping[str, int]
    panel: Panel
    forward: Callable[..., None]
    backward: Callable[..., None]
    sample_tokens: Callable[..., None]
    sample_tokens_bf16: Callable[..., None]
    extra_gradient: Callable[..., None] | None
    step: Callable[..., dict[str, Float32Array]]
    step_back: Callable[..., tuple[Float32Array, Float32Array]]

    @property
    def extra_rows(self) -> int:
        """X: rows of all extra arrays of a layer together."""
        return sum(self.extra.values())


def _cell(name: str, module: ModuleType, extra: Mapping[str, int]) -> Cell:
    """The cell whose file is `module`."""
    return Cell(
        name=name,
        gates=module.GATES,
        states=module.STATES,
        extra={array: rows for array, rows in extra.items() if array not in module.PANEL.biases},
        panel=module.PANEL,
        forward=module.forward,
        backward=module.backward,
        sample_tokens=module.sample_tokens,
        sample_tokens_bf16=module.sample_tokens_bf16,
        extra_gradient=getattr(module, "extra_gradient", None),
        step=module.step,
        step_back=module.step_back,
    )


CELLS = {
    "lstm": _cell("lstm", lstm, {}),
    "peephole": _cell("peephole", lstm, {"p": 3}),
    "rnn": _cell("rnn", rnn, {}),
}
