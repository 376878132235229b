"""Writing token by token inside one kernel call: table row, cells, logits, filters, draw, and on with the drawn one."""

from __future__ import annotations

from typing import Any

from lstmgen.cells import lstm, rnn
from lstmgen.cells.steps import carry
from lstmgen.kernels.compile import jit
from lstmgen.kernels.draw import draw
from lstmgen.kernels.elementwise import add_rows
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.lookup import take_bias, take_rows
from lstmgen.kernels.product import full_product


@jit
def write(ids: Any, rows: Any, table: Any, U: Any, W: Any, w1: int, bias: Any, p: Any, output: Any, output_bias: Any,
          Hb: Any, Cb: Any, Ho: Any, Co: Any, Z: Any, logits: Any, one: Any, uniforms: Any, banned: Any,
          temperature: float, top_k: int, top_p: float, min_p: float, work: Any, order: Any, written: Any,
          n: int, B: int, V: int, L: int, P: int, Hp: int, Pv: int, peephole: bool,
          identity: bool, skip_sum: bool) -> None:  # fmt: skip
    """n tokens for each of B rows into `written` (n, B).

    ids (B,) are the last tokens (-1: nothing yet), replaced by the new ones; table (V + 1, P NR) layer 0's input side;
    W of layers 1 on begins at w1; states Hb, Cb (L, B, Hp) are carried on in place; Ho, Co, Z (P, B, NR),
    p is None for the plain RNN; logits (Pv, B, NR), one (V,), work and order (V,) are scratch; uniforms (n, B).
    """
    for s in range(n):
        for r in range(B):
            rows[r] = ids[r] if ids[r] >= 0 else V
        for k in range(L):
            if k == 0:
                take_rows(table, rows, Z, 0, P, 1, B, 0, 1, 0, B)
            else:
                take_bias(bias, k * P * NR, Z, 0, P, 1, B, 0, 1, 0, B)
                w0 = w1 + (k - 1) * P * Hp * NR
                full_product(Ho, (k - 1) * B * Hp, Hp, W, w0, Z, 0, P, 1, B, 0, 1, 0, B)
            u0, at = k * P * Hp * NR, k * B * Hp
            if p is None:  # known when it is compiled: only one of the two cells is
                rnn.forward(ids, U, u0, U, 0, Z, 0, Hb, Cb, at, Ho, Co, at, 1, B, Hp, 0, 1, 0, B,
                            peephole, identity, False)  # fmt: skip
            else:
                lstm.forward(ids, U, u0, p, k * 3 * Hp, Z, 0, Hb, Cb, at, Ho, Co, at, 1, B, Hp, 0, 1, 0, B,
                             peephole, identity, False)  # fmt: skip
            carry(Ho, Co, at, Hb, Cb, at, Hp, 0, B)
        if skip_sum:  # into the last layer's, which has been carried on already
            for k in range(L - 1):
                add_rows(Ho, k * B * Hp, Ho, (L - 1) * B * Hp, B, Hp, 0, 1, 0, B)
        take_bias(output_bias, 0, logits, 0, Pv, 1, B, 0, 1, 0, B)
        full_product(Ho, (L - 1) * B * Hp, Hp, output, 0, logits, 0, Pv, 1, B, 0, 1, 0, B)
        for r in range(B):
            for v in range(V):
                one[v] = logits[(v // NR * B + r) * NR + v % NR]
            ids[r] = draw(one, V, banned, temperature, top_k, top_p, min_p, uniforms[s * B + r], work, order)
            written[s * B + r] = ids[r]


@jit
def write_rnn(*arguments: Any) -> None:
    """The same for the plain RNN, whose p is None."""
    write(*arguments)


@jit
def write_bf16(*arguments: Any) -> None:
    """The same for U, W and output in bfloat16: compiled and kept apart, since most never need it."""
    write(*arguments)
