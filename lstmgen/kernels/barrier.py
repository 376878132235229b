"""A barrier inside kernels: threads that work on one text wait for each other without leaving their calls.

Nothing is locked: each thread adds one to a counter in memory and reads it until all have. Waiting is for parts of a
microsecond; who waits longer lets other programs have the core in between.
"""

from __future__ import annotations

import os
import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lstmgen.arrays import Int64Array
from lstmgen.kernels.compile import CompiledWith, inner, jit
from lstmgen.kernels.llvm import data_of

HAS_BARRIER = os.name == "posix" and not CompiledWith.fallback  # where the operations below exist
_IS_X86 = platform.machine().lower() in {"x86_64", "amd64", "i686"}
_PATIENCE = 4096  # looks at the counter before the core is offered to others: some microseconds
_RESTED_PATIENCE = 256  # the same where each look is followed by a rest
_ABANDONED = 1 << 40  # arrivals that no team comes to: nobody waits any more

_COUNT = ir.IntType(64)


@intrinsic
def _take(typingctx, counter, at):  # type: ignore[no-untyped-def]
    """counter[at] (int64), which becomes one more; what was written before is seen by whoever then reads it."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = builder.gep(data_of(context, builder, sig.args[0], args[0]), [args[1]])
        return builder.atomic_rmw("add", place, _COUNT(1), "seq_cst")

    return types.int64(counter, types.intp), codegen


@intrinsic
def _look(typingctx, counter):  # type: ignore[no-untyped-def]
    """counter[0] as it is now."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = data_of(context, builder, sig.args[0], args[0])
        return builder.load_atomic(place, "seq_cst", 8)

    return types.int64(counter), codegen


@intrinsic
def _let_others(typingctx):  # type: ignore[no-untyped-def]
    """Offer the core to other threads and programs (POSIX sched_yield)."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _rest(typingctx):  # type: ignore[no-untyped-def]
    """Leave the core's units to its other thread for a moment (x86 PAUSE)."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if _IS_X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _put(typingctx, counter, number):  # type: ignore[no-untyped-def]
    """counter[0] = number; what was written before is seen by whoever then reads it."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = data_of(context, builder, sig.args[0], args[0])
        builder.store_atomic(args[1], place, "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(counter, types.int64), codegen


@jit
def reached(counter: Any, number: int, looks: int) -> bool:
    """Whether counter[0] (int64) came to `number` while it was looked at so many times."""
    for look in range(looks):
        if _look(counter) >= number:
            return True
        _rest()
        if look % _RESTED_PATIENCE == _RESTED_PATIENCE - 1:  # the other thread may be waiting for this very core
            _let_others()
    return False


@jit
def put_and_watch(mine: Any, done: int, counter: Any, number: int, looks: int, grace: int) -> bool:
    """Put `done` into mine[0], then do as `reached`: who sees it finds Python's lock free.

    Return `grace` looks later: by then whoever gave the number has left that lock, too.
    """
    _put(mine, done)
    seen = reached(counter, number, looks)
    for _ in range(grace if seen else 0):
        _rest()
    return seen


if HAS_BARRIER:

    @inner
    def meet(counter: Any, size: int) -> None:
        """Wait until all threads of a team of so many are here; counter (1,) int64 is theirs alone, at 0 before."""
        if size > 1:
            before = _take(counter, 0)
            arrived = (before // size + 1) * size  # by all, as often as by this one
            looks = 0
            while before < _ABANDONED and _look(counter) < arrived:
                looks += 1
                if looks >= _PATIENCE:
                    _let_others()
                    looks = 0

    @inner
    def next_number(counter: Any, at: int, last: int, size: int) -> Any:
        """The next of the numbers 0, 1, ... that a team's threads share out: counter[at] is at 0 before."""
        return _take(counter, at)

else:

    @inner
    def meet(counter: Any, size: int) -> None:
        """Threads that cannot wait here meet between two calls."""

    @inner
    def next_number(counter: Any, at: int, last: int, size: int) -> Any:
        """Every size-th number from `last`, the thread's own one before, on."""
        return last + size


def abandon(counter: Int64Array) -> None:
    """Let the threads of a team go on alone, of which one will not come: what they compute is of no use."""
    counter[0] = _ABANDONED
