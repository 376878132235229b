"""What the CPU can do at most: loops of the instruction that products are made of, on twelve sums in registers.

LIMITS has, by precision, the loop and the floating-point operations of one turn; bf16 is there where its instruction
is.
"""

import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

from lstmgen.kernels.compile import jit
from lstmgen.kernels.lanes import BF16, LANES
from lstmgen.kernels.vector import WIDTH, broadcast, fma, store_vector

SUMS = 12  # more than an instruction's latency times how many begin in a cycle, fewer than there are registers
PAIR = np.array([0x3A833A83], np.uint32).view(np.float32)[0]  # 0.001 twice, as bfloat16, side by side


class _BFloat(ir.Type):
    """LLVM's bfloat, which llvmlite does not name."""

    def _to_string(self):
        return "bfloat"

    def __eq__(self, other):
        return isinstance(other, _BFloat)

    def __hash__(self):
        return hash(_BFloat)


@intrinsic
def add_pairs(typingctx, sums, left, right):
    """sums + left[0] right[0] + left[1] right[1] in every lane; left and right hold bfloat16 pairs."""

    def codegen(context, builder, signature, arguments):
        vector, pairs = arguments[0].type, ir.VectorType(_BFloat(), 2 * LANES)
        name = f"llvm.x86.avx512bf16.dpbf16ps.{32 * LANES}"
        dot = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector, pairs, pairs]), name)
        return builder.call(dot, [arguments[0], *(builder.bitcast(one, pairs) for one in arguments[1:])])

    return sums(sums, left, right), codegen


@jit
def _multiply_add(turns, out):
    a, b = broadcast(np.float32(0.999)), broadcast(np.float32(0.001))
    c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = broadcast(np.float32(0))
    for _ in range(turns):
        c0, c1, c2, c3 = fma(c0, a, b), fma(c1, a, b), fma(c2, a, b), fma(c3, a, b)
        c4, c5, c6, c7 = fma(c4, a, b), fma(c5, a, b), fma(c6, a, b), fma(c7, a, b)
        c8, c9, c10, c11 = fma(c8, a, b), fma(c9, a, b), fma(c10, a, b), fma(c11, a, b)
    store_vector(out, 0, c0 + c1 + c2 + c3 + c4 + c5)
    store_vector(out, LANES, c6 + c7 + c8 + c9 + c10 + c11)


@jit
def _dot_pairs(turns, out):
    a = b = broadcast(PAIR)
    c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = broadcast(np.float32(0))
    for _ in range(turns):
        c0, c1, c2, c3 = add_pairs(c0, a, b), add_pairs(c1, a, b), add_pairs(c2, a, b), add_pairs(c3, a, b)
        c4, c5, c6, c7 = add_pairs(c4, a, b), add_pairs(c5, a, b), add_pairs(c6, a, b), add_pairs(c7, a, b)
        c8, c9, c10, c11 = add_pairs(c8, a, b), add_pairs(c9, a, b), add_pairs(c10, a, b), add_pairs(c11, a, b)
    store_vector(out, 0, c0 + c1 + c2 + c3 + c4 + c5)
    store_vector(out, LANES, c6 + c7 + c8 + c9 + c10 + c11)


LIMITS = {"float32": (_multiply_add, SUMS * 2 * WIDTH)}
if BF16:
    LIMITS["bf16"] = _dot_pairs, SUMS * 4 * LANES


def made_room() -> np.ndarray:
    """Where a loop puts its sums at the end."""
    return np.zeros(2 * LANES, np.float32)
