"""The records that the cells' kernels take: arrays and sizes that belong together, under one name.

Letters: B rows, T time steps, Hp units (padded), L layers, P panels of NR numbers, Q column panels of a transposed
matrix, X extra vectors. All arrays are flat and hold every layer, one behind the other; a kernel computes where its
layer begins. Records whose parts stay the same from call to call are made once.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Weights(NamedTuple):
    """What a layer's time steps read.

    U (L, P, Hp, NR)       recurrent weights, packed; bfloat16 pairs where only new tokens are wanted
    UT (L, Q, P NR, NR)    their transpose, for backward
    extra (L, X, Hp)       a cell's vectors beside W, U and the bias, such as the peepholes
    extra_rows             X
    identity               the memory goes out as it is, not through tanh
    """

    U: Any
    UT: Any
    extra: Any
    extra_rows: int
    identity: bool


class Inputs(NamedTuple):
    """What layer 0 reads: ids (T B,), -1 where a row starts anew; rows (T B,), each position's row of the table
    (n + 1, P NR), which holds W x + b."""

    ids: Any
    rows: Any
    table: Any


class States(NamedTuple):
    """States (L, T+1, B, Hp): before[t] of step t, after[t + 1] when it has been made.

    rounded_before and rounded_after hold h as products read it: in bfloat16, or the very arrays of h.
    `apart`: before and after are different arrays, since a row starts anew in mid-window; else the same ones. A cell
    without c leaves those arrays alone.
    """

    h_before: Any
    c_before: Any
    rounded_before: Any
    h_after: Any
    c_after: Any
    rounded_after: Any
    apart: bool


class Work(NamedTuple):
    """A window of T steps and B rows: what forward fills and backward reads.

    Z (L, P, T, B, NR): on entry W x + b (layer 0: nothing), after forward the gates. dZ: after backward the gradients
    of all that was added up, as products read them: in bfloat16, or in the place of Z.
    """

    T: int
    B: int
    Hp: int
    Z: Any
    dZ: Any
    inputs: Inputs
    states: States


class Gradients(NamedTuple):
    """Backward's own arrays.

    dh (L, T+1, B, Hp)   on entry the loss's gradient of each output in [1:], on return the whole gradient, and that of
                         the initial h in [0]
    dc (L, B, Hp)        the gradient of the memory after the last step, on return of the initial one
    spare (B, Hp)        scratch
    """

    dh: Any
    dc: Any
    spare: Any


class Span(NamedTuple):
    """Steps t0 to t1 of rows r0 to r1; of the panels (backward: of the column panels) q0 to q1."""

    t0: int
    t1: int
    r0: int
    r1: int
    q0: int
    q1: int


class Team(NamedTuple):
    """Threads that share the panels and meet after each step: how many, and a counter (1,) int64, at 0 before."""

    size: int
    counter: Any


class NetworkWeights(NamedTuple):
    """What the sampling kernel reads of a network.

    layers; W (L - 1, P, Hp, NR) of the layers above the first, bias (L, P NR); output (Pv, Hp, NR), output_bias
    (Pv, NR); feeds_sum: the output layer reads the sum of all layers.
    """

    layers: Weights
    W: Any
    bias: Any
    output: Any
    output_bias: Any
    feeds_sum: bool


class SamplerSizes(NamedTuple):
    """V tokens in Pv panels of logits, L layers of P panels, n tokens for each row."""

    V: int
    Pv: int
    L: int
    P: int
    n: int


class Filters(NamedTuple):
    """How a token is drawn, as in `kernels/draw.py`: banned (V,), uniforms (n, B)."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float
    banned: Any
    uniforms: Any


class Scratch(NamedTuple):
    """A thread's own room for drawing: logits, work and order (V,) of one row; tokens (n, B) are the result."""

    logits: Any
    work: Any
    order: Any
    tokens: Any
