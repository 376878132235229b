"""New tokens inside one kernel call: table row, cells, logits, filters, draw, and on with the drawn one."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Filters, NetworkWeights, SamplerSizes, Scratch, Span, States, Team, Work
from lstmgen.cells.steps import carry
from lstmgen.kernels.barrier import meet
from lstmgen.kernels.compile import inner, named_apart
from lstmgen.kernels.draw import draw
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.product import full_product
from lstmgen.kernels.vector import WIDTH, load_vector, store_rounded


@inner
def _sum_layers(states: States, L: int, B: int, Hp: int, k0: int, k1: int) -> None:
    """Units k0 to k1 of all layers' outputs after this token, added into the last one's, which have been carried on."""
    for r in range(B):
        top = ((2 * L - 1) * B + r) * Hp
        for layer in range(L - 1):
            low = ((2 * layer + 1) * B + r) * Hp
            for k in range(k0, k1):
                states.h_after[top + k] += states.h_after[low + k]
        for k in range(top + k0, top + k1, WIDTH):
            store_rounded(states.rounded_after, k, load_vector(states.h_after, k))


@inner
def _draw_rows(s: int, V: int, B: int, logits: Any, filters: Filters, scratch: Scratch, ids: Any) -> None:
    """Every row's token number s."""
    for r in range(B):
        for v in range(V):
            scratch.logits[v] = logits[(v // NR * B + r) * NR + v % NR]
        ids[r] = draw(scratch.logits, V, filters.banned, filters.temperature, filters.top_k, filters.top_p,
                      filters.min_p, filters.uniforms[s * B + r], scratch.work, scratch.order)  # fmt: skip
        scratch.tokens[s * B + r] = ids[r]


def token_loop_of(forward: Any, module: str) -> Any:
    """The loop for a cell's `forward`: a part of that cell's own kernel, which is kept in the cache.

    It is named after the cell's module (see `named_apart`).
    """

    @inner
    @named_apart(module)
    def token_loop(sizes: SamplerSizes, weights: NetworkWeights, work: Work, logits: Any,
                      filters: Filters, scratch: Scratch, member: int, team: Team) -> None:  # fmt: skip
        """n tokens for each of B rows, into scratch.tokens (n, B).

        work is a window of one step: inputs.ids are the last tokens (-1: nothing yet), replaced by the new ones; table
        (V + 1, P NR) is layer 0's input side for every token; states are carried on in place. logits (Pv, B, NR).

        A team may be at it, each with the same arguments but inputs.ids and .rows, scratch and `member` (0, 1, ...) of
        its own. Each makes its share of the panels and draws all the tokens.
        """
        V, Pv, L, P, n = sizes
        B, Hp, states, ids = work.B, work.Hp, work.states, work.inputs.ids
        q0, q1 = P * member // team.size, P * (member + 1) // team.size
        v0, v1 = Pv * member // team.size, Pv * (member + 1) // team.size
        span, alone, size = Span(0, 1, 0, B, q0, q1), Team(1, team.counter), B * Hp
        units = Hp // P
        for s in range(n):
            for r in range(B):
                work.inputs.rows[r] = ids[r] if ids[r] >= 0 else V
            for k in range(L):
                before, after = 2 * k * size, (2 * k + 1) * size
                if k:
                    full_product(states.rounded_after, after - 2 * size, Hp, weights.W, ((k - 1) * P + q0) * Hp * NR,
                                 weights.bias, (k * P + q0) * NR, work.Z, (k * P + q0) * B * NR, q1 - q0, 1, B, 0, 1, 0,
                                 B)  # fmt: skip
                forward(k, weights.layers, work, span, alone)
                meet(team.counter, team.size)
                carry(states, after, before, Hp, 0, B, q0 * units, q1 * units)
            if weights.feeds_sum:
                _sum_layers(states, L, B, Hp, q0 * units, q1 * units)
                meet(team.counter, team.size)
            full_product(states.rounded_after, (2 * L - 1) * size, Hp, weights.output, v0 * Hp * NR,
                         weights.output_bias, v0 * NR, logits, v0 * B * NR, v1 - v0, 1, B, 0, 1, 0, B)  # fmt: skip
            meet(team.counter, team.size)
            _draw_rows(s, V, B, logits, filters, scratch, ids)

    return token_loop
