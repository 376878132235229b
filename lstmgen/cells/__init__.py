"""One recurrent layer a file. Nothing outside this room asks which cell it is: it takes the record and calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lstmgen.cells import lstm, rnn


@dataclass(frozen=True)
class Cell:
    """A cell's names and kernels; `lstm.py` describes their arguments."""

    name: str
    gates: tuple[str, ...]
    states: tuple[str, ...]
    peephole: bool
    forward: Callable[..., None]
    backward: Callable[..., None]


CELLS = {
    "lstm": Cell("lstm", lstm.GATES, lstm.STATES, False, lstm.forward, lstm.backward),
    "peephole": Cell("peephole", lstm.GATES, lstm.STATES, True, lstm.forward, lstm.backward),
    "rnn": Cell("rnn", rnn.GATES, rnn.STATES, False, rnn.forward, rnn.backward),
}
