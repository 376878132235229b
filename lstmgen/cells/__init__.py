"""One recurrent layer a file. Nothing outside this room asks which cell it is: it takes the record and calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lstmgen.arrays import Float32Array
from lstmgen.cells import lstm, rnn


@dataclass(frozen=True)
class Cell:
    """A cell's names, its kernels, and its step and the backward of it in plain numpy; `lstm.py` describes them."""

    name: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    peephole: bool
    forward: Callable[..., None]
    backward: Callable[..., None]
    step: Callable[..., dict[str, Float32Array]]
    step_back: Callable[..., tuple[Float32Array, Float32Array]]


def _cell(name: str, module: Any, peephole: bool = False) -> Cell:
    kernels, numpy = (module.forward, module.backward), (module.step, module.step_back)
    return Cell(name, module.GATES, module.STATES, peephole, *kernels, *numpy)


CELLS = {cell.name: cell for cell in (_cell("lstm", lstm), _cell("peephole", lstm, peephole=True), _cell("rnn", rnn))}
