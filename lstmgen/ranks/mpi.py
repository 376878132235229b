"""Ranks that speak by MPI. Nothing here blocks inside MPI: every wait asks now and then, so it can end.

Whoever waits gives the core to others: at first it only yields, since what it waits for is mostly near; later it
sleeps between two looks, since rank 0 may be evaluating or saving.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from mpi4py import MPI

from lstmgen.arrays import AnyArray, Float32Array, Float64Array, Int64Array, UInt16Array
from lstmgen.errors import ResourceError
from lstmgen.ranks.launcher import longest_wait
from lstmgen.ranks.tree import in_halves, widen
from lstmgen.ranks.watch import Watch, pid_space

_ORDER = 8  # numbers of an order
_END = -1.0  # the order that ends all
_CHUNK = 1 << 26  # bytes of a broadcast
_NEAR, _SLEEP = 0.005, 0.0005  # seconds of yielding only; seconds between two looks after that
_LONGEST = 1_800.0  # seconds, unless LSTMGEN_RANKS_WAIT says so; reading a text of gigabytes takes longest


class MpiRanks:
    """All processes of the world; see `Ranks`."""

    def __init__(self, cores: int) -> None:
        self._world = MPI.COMM_WORLD
        self.rank, self.size = self._world.Get_rank(), self._world.Get_size()
        self._scratch: AnyArray = np.empty(0, np.float32)
        self._within = self.rank > 0  # doing an order with the others, or waiting for one
        self._longest = longest_wait(_LONGEST)
        self._aside = self._world.Dup()  # for what is said out of turn
        self._told: MPI.Request | None = None  # what this rank has said there
        self._asks: Callable[[], int] = int  # whether this rank is asked to stop
        self._asked = 0  # what rank 0 has heard there
        near = self._neighbours()
        mine = near[near[:, 0] == self.rank][0]
        self.cores = max(1, cores // int((near[:, 3] == mine[3]).sum()))
        others = {int(rank): int(pid) for rank, pid, space, _ in near if rank != self.rank and space == mine[2]}
        self._watch = Watch(self.rank, others)

    def _neighbours(self) -> Int64Array:
        """Of the ranks on this machine (n, 4): number, process id, to whom that means something, which cores it has.

        A launcher may have bound each of them to cores of its own.
        """
        machine = self._world.Split_type(MPI.COMM_TYPE_SHARED)
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        name = hash(tuple(cores)) & 0xFFFFFFFF  # of whole numbers, so the same in every process
        said = np.zeros((machine.Get_size(), 4), np.int64)
        self._finish(machine.Iallgather(np.array([self.rank, os.getpid(), pid_space(), name], np.int64), said))
        machine.Free()
        return said

    def _finish(self, *requests: MPI.Request) -> None:
        """Wait until all are done; ResourceError where nobody answers for half an hour, or somebody is gone."""
        try:
            self._wait(list(requests))
        except MPI.Exception as error:
            raise ResourceError(
                f"Process {self.rank} has lost its connection to another one ({error.Get_error_string()}).\n"
                "Check that machine and the network; --resume goes on from the last save."
            ) from error

    def _wait(self, requests: list[MPI.Request]) -> None:
        began = time.monotonic()
        while not MPI.Request.Testall(requests):
            self._tell()
            waited = time.monotonic() - began
            if waited > self._longest:
                raise ResourceError(
                    f"Process {self.rank} has waited {waited:,.0f} s for the others in vain.\n"
                    "Check the machines and their network; --resume goes on from the last save."
                )
            time.sleep(0.0 if waited < _NEAR else _SLEEP)

    def sum(self, array: Float32Array, halved: bool = False) -> None:
        """Recursive halving, the nearest partner first, then the halves back in reverse order.

        Each element is added up along the same binary tree, whichever rank does it: a + b is b + a.
        """
        low, high, done = 0, len(array), []
        travels: AnyArray = in_halves(array) if halved else array  # what goes to others, and comes back
        if len(self._scratch) < (high + 1) // 2 or self._scratch.dtype != travels.dtype:
            self._scratch = np.empty((high + 1) // 2, travels.dtype)
        distance = 1
        while distance < self.size:
            middle, partner = (low + high) // 2, self.rank ^ distance
            halves = slice(low, middle), slice(middle, high)
            keep, give = halves if not self.rank & distance else halves[::-1]
            theirs = self._scratch[: keep.stop - keep.start]
            self._swap(partner, travels[give], theirs)
            if halved:
                _add_halves(array[keep], travels[keep], theirs)
            else:
                array[keep] += theirs
            done.append((partner, keep, give))
            low, high, distance = keep.start, keep.stop, 2 * distance
        for partner, keep, give in reversed(done):
            self._swap(partner, travels[keep], travels[give])
        if halved:
            widen(travels, array)

    def _swap(self, partner: int, mine: AnyArray, theirs: AnyArray) -> None:
        self._finish(self._world.Irecv(theirs, partner), self._world.Isend(mine, partner))

    def broadcast(self, array: AnyArray) -> None:
        """In pieces, so that no message is longer than MPI can count."""
        data = array.reshape(-1).view(np.uint8)
        for begin in range(0, len(data), _CHUNK):
            self._finish(self._world.Ibcast(data[begin : begin + _CHUNK], 0))

    def broadcast_record(self, record: dict[str, Any] | None = None) -> dict[str, Any]:
        """As JSON."""
        data = np.frombuffer(bytearray(json.dumps(record).encode()), np.uint8)
        length = np.array([len(data)], np.int64)
        self.broadcast(length)
        if self.rank:
            data = np.zeros(int(length[0]), np.uint8)
        self.broadcast(data)
        told: dict[str, Any] = json.loads(data.tobytes())
        return told

    def agree(self, *numbers: float) -> Float64Array:
        """Everybody hears everybody."""
        said = np.zeros((self.size, len(numbers)), np.float64)
        self._finish(self._world.Iallgather(np.array(numbers, np.float64), said))
        return said

    def gather(self, array: AnyArray) -> list[AnyArray]:
        """Lengths first."""
        lengths = self.agree(float(len(array)))[:, 0].astype(int)
        if self.rank:
            self._finish(self._world.Isend(np.ascontiguousarray(array), 0))
            return []
        parts = [array, *(np.empty(length, array.dtype) for length in lengths[1:])]
        self._finish(*(self._world.Irecv(part, k) for k, part in enumerate(parts) if k))
        return parts

    @contextmanager
    def order(self, *numbers: float) -> Iterator[None]:
        """Give one; while the block runs, leaving it is a break."""
        self._within = True
        self._send(*numbers)
        yield
        self._within = False

    def _send(self, *numbers: float) -> None:
        self.broadcast(np.array([*numbers, *[0.0] * (_ORDER - len(numbers))]))

    def next_order(self) -> list[float]:
        """Wait for one; SystemExit where it is to end."""
        numbers = np.zeros(_ORDER)
        self.broadcast(numbers)
        if numbers[0] == _END:
            self._within = False
            self._watch.end()
            raise SystemExit(int(numbers[1]))
        return [float(number) for number in numbers]

    def tell(self, asked: Callable[[], int]) -> None:
        """Looked at in every wait."""
        self._asks = asked

    def _tell(self) -> None:
        code = 0 if self._told else self._asks()
        if code:
            self._told = self._aside.Isend(np.array([code], np.int64), 0)

    def asked(self) -> int:
        """Whatever has arrived by now."""
        while not self.rank and self._aside.Iprobe():
            code = np.zeros(1, np.int64)
            self._aside.Recv(code)  # it is there, so this waits for nothing
            self._asked = self._asked or int(code[0])
        return self._asked

    def broken_off(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        """The others do not take the message away before it is agreed that there was one."""
        told: list[MPI.Request] = []

        def by_rank_0() -> bool:
            if stop() and not told:
                told.extend(self._aside.Isend(np.ones(1, np.int64), k) for k in range(1, self.size))
            return bool(told)

        def elsewhere() -> bool:
            self._tell()
            return self._aside.Iprobe(0)

        return elsewhere if self.rank else by_rank_0

    def all_break_off(self, broken_off: bool) -> bool:
        """Take the message away."""
        if broken_off and self.rank:
            self._finish(self._aside.Irecv(np.zeros(1, np.int64), 0))
        return broken_off

    def leave(self, code: int) -> None:
        """Rank 0 between two orders lets the others end too; whoever breaks off in the middle of one ends them all."""
        self._watch.end()
        if self._within:
            self._world.Abort(code or 1)
        elif not self.rank:
            self._send(_END, float(code))


def _add_halves(total: Float32Array, mine: UInt16Array, theirs: UInt16Array) -> None:
    """total = mine + theirs; mine becomes that sum, rounded for the next partner."""
    other = np.empty_like(total)
    widen(mine, total)
    widen(theirs, other)
    total += other
    mine[:] = in_halves(total)
