"""The building blocks of emitted code: LLVM's types for vectors of LANES numbers, and what `simd.py`, `tiles.py` and
`bfloat.py` make their operations of. `b` is llvmlite's builder."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from lstmgen.kernels.lanes import LANES

SCALAR, INDEX, INT16, INT32 = ir.FloatType(), ir.IntType(64), ir.IntType(16), ir.IntType(32)
VECTOR, HALVES, WORDS = (ir.VectorType(kind, LANES) for kind in (SCALAR, INT16, INT32))
INTP = types.intp


def fma_of(b: Any, x: Any, y: Any, z: Any) -> Any:
    """x y + z, rounded once where the CPU can (fmuladd: on one that cannot, `fma` would be a library call)."""
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    return b.call(cgutils.get_or_insert_function(b.module, kind, f"llvm.fmuladd.v{LANES}f32"), [x, y, z])


def data_of(context: Any, b: Any, kind: Any, array: Any) -> Any:
    """Where an array's numbers begin."""
    return context.make_array(kind)(context, b, array).data


def load_at(b: Any, data: Any, offset: Any, kind: Any = VECTOR) -> Any:
    """The vector at data[offset]."""
    return b.load(b.bitcast(b.gep(data, [offset]), kind.as_pointer()), align=2 if kind is HALVES else 4)


def store_at(b: Any, value: Any, data: Any, offset: Any) -> None:
    """Put a vector at data[offset]."""
    b.store(value, b.bitcast(b.gep(data, [offset]), value.type.as_pointer()), align=2 if value.type is HALVES else 4)


def prefetch_at(b: Any, data: Any, offset: Any) -> None:
    """Have the line around data[offset] brought into the second nearest cache; any offset will do."""
    numbers = ir.Constant(INT32, 0), ir.Constant(INT32, 2), ir.Constant(INT32, 1)  # to be read, soon, data
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), INT32, INT32, INT32])
    place = b.bitcast(b.gep(data, [offset]), ir.IntType(8).as_pointer())
    b.call(cgutils.get_or_insert_function(b.module, kind, "llvm.prefetch.p0"), [place, *numbers])


def broadcast_of(b: Any, number: Any) -> Any:
    """The vector of LANES times a number."""
    undefined = ir.Constant(ir.VectorType(number.type, LANES), ir.Undefined)
    one = b.insert_element(undefined, number, ir.Constant(INT32, 0))
    return b.shuffle_vector(one, undefined, ir.Constant(WORDS, [0] * LANES))
