"""What training asks of the processes that share it, and the trivial case: one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array


class Ranks(Protocol):
    """Processes 0 to size - 1, of which this is number `rank`; size is a power of two.

    Rank 0 leads: it gives an order, a few numbers; all others wait for the next one and do it with rank 0, calling the
    methods below in the same sequence.
    """

    rank: int
    size: int
    cores: int  # that this process may use, the others on this machine considered

    def sum(self, array: Float32Array, halved: bool = False) -> None:
        """Put the sum of all ranks' arrays (n,) in place of each, added by the tree of `tree.py`.

        halved: as bfloat16, on every way up the tree and down.
        """

    def broadcast(self, array: AnyArray) -> None:
        """Put rank 0's array in place of each."""

    def broadcast_record(self, record: dict[str, Any] | None = None) -> dict[str, Any]:
        """What rank 0 gives, as JSON can hold it."""

    def agree(self, *numbers: float) -> Float64Array:
        """What every rank says, (size, n): the same everywhere."""

    def gather(self, array: AnyArray) -> list[AnyArray]:
        """Flat arrays of one type, of any lengths, from all ranks in their order: on rank 0; elsewhere nothing."""

    def order(self, *numbers: float) -> Any:
        """`with ranks.order(...):` by rank 0; an error in the block leaves the others in the middle of it."""

    def next_order(self) -> list[float]:
        """The next one, waited for by all others."""

    def tell(self, asked: Callable[[], int]) -> None:
        """Let rank 0 hear, whatever it is doing, that this other one is asked to end: asked() is its exit code or 0."""

    def asked(self) -> int:
        """On rank 0, at any time: the exit code with which another one is asked to end, or 0."""

    def broken_off(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        """Of work that all do at the same time, what to ask whether it is broken off: rank 0's `stop`, told to all."""

    def all_break_off(self, broken_off: bool) -> bool:
        """After such work and an `agree`, with what rank 0 has said there; the same again."""

    def leave(self, code: int) -> None:
        """End the processes that still wait, with this exit code, if this one must end them."""


class SingleProcess:
    """There are no others."""

    rank, size = 0, 1

    def __init__(self, cores: int = 1) -> None:
        self.cores = cores

    def sum(self, array: Float32Array, halved: bool = False) -> None:
        """It is its own."""

    def broadcast(self, array: AnyArray) -> None:
        """It is there."""

    def broadcast_record(self, record: dict[str, Any] | None = None) -> dict[str, Any]:
        """What was given."""
        return record or {}

    def agree(self, *numbers: float) -> Float64Array:
        """What was said."""
        return np.array([numbers], np.float64)

    def gather(self, array: AnyArray) -> list[AnyArray]:
        """It alone."""
        return [array]

    @contextmanager
    def order(self, *numbers: float) -> Iterator[None]:
        """Nobody hears it."""
        yield

    def next_order(self) -> list[float]:
        """Nobody gives one."""
        raise AssertionError("a single process waits for nobody")

    def tell(self, asked: Callable[[], int]) -> None:
        """It knows."""

    def asked(self) -> int:
        """By nobody else."""
        return 0

    def broken_off(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        """It decides."""
        return stop

    def all_break_off(self, broken_off: bool) -> bool:
        """If it does."""
        return broken_off

    def leave(self, code: int) -> None:
        """Nobody waits."""


SINGLE = SingleProcess()
