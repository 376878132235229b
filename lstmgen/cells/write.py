"""Writing token by token inside one kernel call: table row, cells, logits, filters, draw, and on with the drawn one."""

from __future__ import annotations

from typing import Any

from lstmgen.cells import lstm, rnn
from lstmgen.kernels.barrier import wait_for
from lstmgen.kernels.compile import inner, jit
from lstmgen.kernels.draw import draw
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.product import full_product


@jit
def write(ids: Any, rows: Any, table: Any, U: Any, W: Any, w1: int, bias: Any, p: Any, output: Any, output_bias: Any,
          Hb: Any, Cb: Any, Ho: Any, Co: Any, Z: Any, logits: Any, one: Any, uniforms: Any, banned: Any,
          temperature: float, top_k: int, top_p: float, min_p: float, work: Any, order: Any, written: Any,
          n: int, B: int, V: int, L: int, P: int, Hp: int, Pv: int, peephole: bool, identity: bool, skip_sum: bool,
          counter: Any, seat: int, seats: int) -> None:  # fmt: skip
    """n tokens for each of B rows into `written` (n, B).

    ids (B,) are the last tokens (-1: nothing yet), replaced by the new ones; table (V + 1, P NR) layer 0's input side;
    W of layers 1 on begins at w1; states Hb, Cb (L, B, Hp) are carried on in place; Ho, Co, Z (P, B, NR),
    p is None for the plain RNN; logits (Pv, B, NR), one (V,), work and order (V,) are scratch; uniforms (n, B).

    As many threads as there are `seats` may be at it, each with the same arguments but ids, rows, one, work, order and
    written of its own, and counter (1,) int64 at 0. Each makes its share of the panels and draws all the tokens.
    """
    q0, q1, v0, v1 = P * seat // seats, P * (seat + 1) // seats, Pv * seat // seats, Pv * (seat + 1) // seats
    arrived, units = 0, Hp // P
    for s in range(n):
        for r in range(B):
            rows[r] = ids[r] if ids[r] >= 0 else V
        for k in range(L):
            if k:
                w0, b0 = w1 + ((k - 1) * P + q0) * Hp * NR, (k * P + q0) * NR
                full_product(Ho, (k - 1) * B * Hp, Hp, W, w0, bias, b0, Z, q0 * B * NR, q1 - q0, 1, B, 0, 1, 0, B)
            u0, at = k * P * Hp * NR, k * B * Hp
            if p is None:  # known when it is compiled: only one of the two cells is
                rnn.forward(ids, table, rows, k == 0, U, u0, U, 0, Z, 0, Hb, Cb, at, Ho, Co, at, 1, B, Hp, 0, 1, 0, B,
                            q0, q1, peephole, identity, False, counter, 1)  # fmt: skip
            else:
                lstm.forward(ids, table, rows, k == 0, U, u0, p, k * 3 * Hp, Z, 0, Hb, Cb, at, Ho, Co, at, 1, B, Hp,
                             0, 1, 0, B, q0, q1, peephole, identity, False, counter, 1)  # fmt: skip
            if seats > 1:
                arrived += seats
                wait_for(counter, arrived)
            _carry(Ho, Co, Hb, Cb, at, Hp, B, q0 * units, q1 * units)
        if skip_sum:
            _sum_layers(Ho, L, B, Hp, q0 * units, q1 * units)
            if seats > 1:
                arrived += seats
                wait_for(counter, arrived)
        full_product(Ho, (L - 1) * B * Hp, Hp, output, v0 * Hp * NR, output_bias, v0 * NR, logits, v0 * B * NR, v1 - v0,
                     1, B, 0, 1, 0, B)  # fmt: skip
        if seats > 1:
            arrived += seats
            wait_for(counter, arrived)
        for r in range(B):
            for v in range(V):
                one[v] = logits[(v // NR * B + r) * NR + v % NR]
            ids[r] = draw(one, V, banned, temperature, top_k, top_p, min_p, uniforms[s * B + r], work, order)
            written[s * B + r] = ids[r]


@inner
def _carry(Ho: Any, Co: Any, Hb: Any, Cb: Any, at: int, Hp: int, B: int, k0: int, k1: int) -> None:
    """Units k0 to k1 of the states after this token, to where the next one reads them."""
    for r in range(B):
        for k in range(at + r * Hp + k0, at + r * Hp + k1):
            Hb[k] = Ho[k]
            Cb[k] = Co[k]


@inner
def _sum_layers(Ho: Any, L: int, B: int, Hp: int, k0: int, k1: int) -> None:
    """Units k0 to k1 of all layers' outputs, added into the last one's, which have been carried on already."""
    for layer in range(L - 1):
        for r in range(B):
            low, top = (layer * B + r) * Hp, ((L - 1) * B + r) * Hp
            for k in range(k0, k1):
                Ho[top + k] += Ho[low + k]


@jit
def write_rnn(*arguments: Any) -> None:
    """The same for the plain RNN, whose p is None."""
    write(*arguments)


@jit
def write_bf16(*arguments: Any) -> None:
    """The same for U, W and output in bfloat16: compiled and kept apart, since most never need it."""
    write(*arguments)
