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

from lstmgen.kernels.compile import CompiledWith, inner, jit
from lstmgen.kernels.llvm import data_of

HAS_BARRIER = os.name == "posix" and not CompiledWith.fallback  # where the operations below exist
_IS_X86 = platform.machine().lower() in {"x86_64", "amd64", "i686"}
_PATIENCE = 4096  # looks at the counter before the core is offered to others

_COUNT = ir.IntType(64)


@intrinsic
def _add_one(typingctx, counter):  # type: ignore[no-untyped-def]
    """Add one to counter[0] (int64); what was written before is seen by whoever then reads it."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = data_of(context, builder, sig.args[0], args[0])
        builder.atomic_rmw("add", place, _COUNT(1), "seq_cst")
        return context.get_dummy_value()

    return types.void(counter), codegen


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
        if look % _PATIENCE == _PATIENCE - 1:
            _let_others()
    return False


@jit
def put_and_watch(mine: Any, done: int, counter: Any, number: int, looks: int) -> bool:
    """Put `done` into mine[0], then do as `reached`: who sees it finds Python's lock free."""
    _put(mine, done)
    return reached(counter, number, looks)


if HAS_BARRIER:

    @inner
    def wait_for(counter: Any, arrived: int) -> None:
        """Arrive, and wait until counter[0] has reached `arrived`: all threads, times the barriers they have passed."""
        _add_one(counter)
        looks = 0
        while _look(counter) < arrived:
            looks += 1
            if looks >= _PATIENCE:
                _let_others()
                looks = 0

else:

    @inner
    def wait_for(counter: Any, arrived: int) -> None:
        """One thread alone waits for nobody."""
