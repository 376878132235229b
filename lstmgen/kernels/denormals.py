"""Numbers too small for a full float32 (denormals) count as zero while kernels run: some CPUs take a hundred times as
long over each of them, and nothing here needs them.

The setting belongs to a thread. It is set around our own work and put back, so that a caller's numpy keeps its own.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lstmgen.kernels.compile import CompiledWith, jit

_FLUSH = 0x8040  # of the x86 control register MXCSR: results flushed to zero, operands taken as zero
_WORD, _PLACE = ir.IntType(32), ir.IntType(8).as_pointer()


def _call(builder: Any, name: str, place: Any) -> None:
    kind = ir.FunctionType(ir.VoidType(), [_PLACE])
    builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [builder.bitcast(place, _PLACE)])


@intrinsic
def _control(typingctx):  # type: ignore[no-untyped-def]
    """The control register."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = cgutils.alloca_once(builder, _WORD)
        _call(builder, "llvm.x86.sse.stmxcsr", place)
        return builder.load(place)

    return types.uint32(), codegen


@intrinsic
def _set_control(typingctx, value):  # type: ignore[no-untyped-def]
    """Put a value into the control register."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = cgutils.alloca_once(builder, _WORD)
        builder.store(args[0], place)
        _call(builder, "llvm.x86.sse.ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(types.uint32), codegen


@jit
def _set(value: int) -> int:
    """Set the control register, for 0 to what it is with FLUSH; what it was."""
    before = _control()
    _set_control(types.uint32(value if value else before | _FLUSH))
    return int(before)


def _is_x86() -> bool:
    return platform.machine().lower() in {"x86_64", "amd64", "i686"}


_ACTIVE = _is_x86() and not CompiledWith.fallback


def flush_denormals() -> None:
    """From now on, for the calling thread."""
    if _ACTIVE:
        _set(0)


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """While the block runs, for the calling thread."""
    if not _ACTIVE:
        yield
        return
    before = _set(0)
    try:
        yield
    finally:
        _set(before)
