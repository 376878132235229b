"""The stages of a window up to the loss; `stages.py` names them."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Span, States, Team, Work
from lstmgen.cells.stages import (
    BEGIN,
    DROPOUT,
    END,
    INPUT_SIDE,
    LOGITS,
    OWN_STEPS,
    SCORE,
    SHARED_STEPS,
    SUM_LAYERS,
    TABLE,
)  # fmt: skip
from lstmgen.cells.window_records import Beginning, Outputs, Stage, WindowSizes, WindowWeights
from lstmgen.kernels.bfloat_numbers import put_number
from lstmgen.kernels.compile import inner, named_apart
from lstmgen.kernels.elementwise import add_rows, copy_rounded, mask_rows, set_zero
from lstmgen.kernels.lanes import NR, VECTORS
from lstmgen.kernels.lookup import fill_table_onehot
from lstmgen.kernels.product import table_product, window_product
from lstmgen.kernels.softmax import cross_entropy
from lstmgen.kernels.vector import WIDTH, broadcast, load_vector, store_rounded, store_vector


@inner
def part(size: int, member: int, members: int) -> tuple[int, int]:
    """A thread's share of a range: its first and the one after its last."""
    return size * member // members, size * (member + 1) // members


@inner
def _take_state(sizes: WindowSizes, work: Work, state: Any, r0: int, r1: int) -> None:
    """Put the states before the window where the first step reads them."""
    states = work.states
    for s in range(sizes.S):
        before = states.h_before if s == sizes.S - 1 else states.c_before
        for k in range(sizes.L):
            for r in range(r0, r1):
                source = ((s * sizes.L + k) * work.B + r) * sizes.H
                to = (k * (work.T + 1) * work.B + r) * sizes.Hp
                for j in range(sizes.H):
                    before[to + j] = state[source + j]
    for k in range(sizes.L):
        at = k * (work.T + 1) * work.B * sizes.Hp
        for j in range(at + r0 * sizes.Hp, at + r1 * sizes.Hp, WIDTH):
            store_rounded(states.rounded_before, j, load_vector(states.h_before, j))


@inner
def _give_state(sizes: WindowSizes, states: States, T: int, B: int, state: Any, r0: int, r1: int) -> None:
    """The states after the window's last step."""
    for s in range(sizes.S):
        after = states.h_after if s == sizes.S - 1 else states.c_after
        for k in range(sizes.L):
            for r in range(r0, r1):
                to, source = ((s * sizes.L + k) * B + r) * sizes.H, ((k * (T + 1) + T) * B + r) * sizes.Hp
                for j in range(sizes.H):
                    state[to + j] = after[source + j]


@inner
def _embed(sizes: WindowSizes, weights: WindowWeights, begin: Beginning, k0: int, k1: int) -> None:
    """Embeddings of the distinct tokens k0 to k1, under their mask."""
    E, whole = sizes.E, sizes.E // WIDTH * WIDTH
    for k in range(k0, k1):
        source, to = begin.tokens[k] * E, k * sizes.Ep
        for j in range(0, whole, WIDTH):
            numbers = load_vector(weights.flat, source + j)
            if begin.drops_tokens:
                numbers = numbers * broadcast(begin.token_mask[begin.tokens[k]])
            store_vector(begin.embedded, to + j, numbers)
        for j in range(whole, E):
            number = weights.flat[source + j]
            if begin.drops_tokens:
                number = number * begin.token_mask[begin.tokens[k]]
            put_number(begin.embedded, to + j, number)


@inner
def _make_table(sizes: WindowSizes, weights: WindowWeights, begin: Beginning, table: Any, k0: int, k1: int,
                last: bool) -> None:  # fmt: skip
    """table[k] = W (embedding of the k-th distinct token) + b for k0 to k1, and if `last` the row of b alone."""
    size, layout = sizes.P * NR, weights.layout
    for k in range(k0, k1 + 1 if last else k1):
        for j in range(0, size, WIDTH):
            store_vector(table, k * size + j, load_vector(weights.bias, j))
    if sizes.E == 0:
        fill_table_onehot(weights.flat, layout.W[0], sizes.H, sizes.V, layout.w_columns, layout.units, begin.tokens,
                          weights.bias, table, sizes.P, k0, k1)  # fmt: skip
    else:
        _embed(sizes, weights, begin, k0, k1)
        table_product(begin.embedded, sizes.Ep, weights.W, table, sizes.P, k0, k1)


@inner
def _sum_layers(sizes: WindowSizes, work: Work, outputs: Outputs, r0: int, r1: int) -> None:
    """The sum of all layers' outputs, and that as products read it."""
    T, B, Hp = work.T, work.B, work.Hp
    for t in range(T):
        set_zero(outputs.sum, (t * B + r0) * Hp, (t * B + r1) * Hp)
    for k in range(sizes.L):
        add_rows(outputs.Y, (k * (T + 1) + 1) * B * Hp, outputs.sum, 0, B, Hp, 0, T, r0, r1)
    for t in range(T):
        at = (t * B + r0) * Hp
        copy_rounded(outputs.sum, at, outputs.S, at, (r1 - r0) * Hp)


def forward_stage_of(forward: Any, module: str) -> Any:
    """A stage up to the loss, for a cell's `forward`. It is named after the cell's module (see `named_apart`)."""

    @inner
    @named_apart(module)
    def forward_stage(
        stage: Stage, sizes: WindowSizes, weights: WindowWeights, work: Work, begin: Beginning, outputs: Outputs,
        member: int, team: Team,
    ) -> None:  # fmt: skip
        """Some steps of a layer, or whatever the stage is of."""
        kind, k, first, last, _ = stage
        T, B, Hp, P, layer = work.T, work.B, sizes.Hp, sizes.P, (work.T + 1) * work.B * sizes.Hp
        r0, r1 = part(B, member, team.size)
        if kind == BEGIN:
            _take_state(sizes, work, begin.state, r0, r1)
        elif kind == TABLE:
            k0, k1 = part(begin.distinct, member, team.size)
            _make_table(sizes, weights, begin, work.inputs.table, k0, k1, member == team.size - 1)
        elif kind == INPUT_SIDE:
            window_product(
                outputs.Y, (k - 1) * layer + B * Hp, Hp, weights.W, weights.w_at[k], weights.bias, k * P * NR, work.Z,
                k * P * T * B * NR, P, VECTORS, T, B, first, last, r0, r1,
            )  # fmt: skip
        elif kind == OWN_STEPS:
            forward(k, weights.layers, work, Span(first, last, r0, r1, 0, P), Team(1, team.counter))
        elif kind == SHARED_STEPS:
            q0, q1 = part(P, member, team.size)
            forward(k, weights.layers, work, Span(first, last, 0, B, q0, q1), team)
        elif kind == DROPOUT:
            at = k * layer + B * Hp
            mask_rows(work.states.h_after, at, outputs.mask, k * B * Hp, outputs.Y, at, B, Hp, first, last, r0, r1)
        elif kind == SUM_LAYERS:
            _sum_layers(sizes, work, outputs, r0, r1)
        elif kind == LOGITS:
            window_product(
                outputs.read, outputs.read_at, Hp, weights.output, 0, weights.output_bias, 0, outputs.logits, 0,
                sizes.Pv, sizes.edge, T, B, first, last, r0, r1,
            )  # fmt: skip
        elif kind == SCORE:
            cross_entropy(
                outputs.logits, outputs.dlogits, outputs.y, outputs.nats, outputs.scale, B, T * B, sizes.Pv, sizes.edge,
                first, last, r0, r1,
            )  # fmt: skip
        elif kind == END:
            _give_state(sizes, work.states, T, B, outputs.state, r0, r1)

    return forward_stage
