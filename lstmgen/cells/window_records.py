"""The records that a whole window's kernels take, beside those of `records.py`; letters and layouts as there.

V tokens, E inputs of layer 0 (padded Ep), H units, N = T B positions, Pv panels of logits, S states of the cell (c and
h, or h), n distinct tokens of the window. All arrays are flat.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lstmgen.cells.records import Gradients, Weights


class OrderPart(NamedTuple):
    """Rows `first` to `last` of an order, a flat array of int64 (see `stages.py`)."""

    rows: Any
    first: int
    last: int


class Stage(NamedTuple):
    """One such row: what is done, of which layer, over which steps or panels, and where these are counted."""

    kind: int
    layer: int
    first: int
    last: int
    counter: int


class WindowSizes(NamedTuple):
    """V, E, H, L, P, Hp, Q, Ep, Pv and `edge` as in `Geometry`; S; skip_sum: the output layer reads the sum of all
    layers; masked: there is a dropout mask."""

    V: int
    E: int
    H: int
    L: int
    P: int
    Hp: int
    Q: int
    Ep: int
    Pv: int
    edge: int
    S: int
    skip_sum: bool
    masked: bool


class Layout(NamedTuple):
    """Where arrays stand in the flat parameters: U (L,), W (L,), output and output_bias are where each begins.

    w_columns, u_columns    of a panel, where each gate begins; the output layer has one of NR
    units                   of a panel
    vectors, vector_places  of each number of the biases and the extra vectors: where it stands in the flat parameters,
                            and where in (bias, extra), one behind the other
    cleared                 how many parameters at the beginning get a gradient only where a token was read
    """

    U: Any
    W: Any
    output: int
    output_bias: int
    output_columns: Any
    w_columns: Any
    u_columns: Any
    units: int
    vectors: Any
    vector_places: Any
    cleared: int


class WindowWeights(NamedTuple):
    """All weights: `flat` the parameters, the others packed.

    layers; W, WT: of all layers, that of layer k from w_at[k], wt_at[k] on; bias (L, P NR); output (Pv, Hp, NR),
    outputT (Q, Pv NR, NR), output_bias (Pv, NR).
    """

    layers: Weights
    layout: Layout
    flat: Any
    W: Any
    w_at: Any
    WT: Any
    wt_at: Any
    bias: Any
    output: Any
    outputT: Any
    output_bias: Any


class Beginning(NamedTuple):
    """What is read.

    tokens (V,), of which the first `distinct` are the window's, each once; state (S, L, B, H) before it; token_mask
    (V,), with which embeddings are multiplied if `drops_tokens`; embedded (n, Ep) is filled with them.
    """

    tokens: Any
    distinct: int
    state: Any
    token_mask: Any
    drops_tokens: bool
    embedded: Any


class Outputs(NamedTuple):
    """What comes of it.

    Y (L, T+1, B, Hp)       outputs under the mask (L, B, Hp)
    sum, S (T, B, Hp)       of all layers, and as products read it, if that is what the output layer reads
    read, read_at           the array it reads and where that begins
    logits, dlogits         (Pv, N, NR); y (N,) targets, nats (N,); the gradient is that of the nats' sum times scale
    state (S, L, B, H)      after the last step
    """

    Y: Any
    mask: Any
    sum: Any
    S: Any
    read: Any
    read_at: int
    logits: Any
    dlogits: Any
    y: Any
    nats: Any
    scale: float
    state: Any


class Backward(NamedTuple):
    """The way back: gradients; DS (T, B, Hp) of the layers' sum; read, from read_at on, of what the output layer read;
    initial (S, L, B, H): the gradient of the state before the first step."""

    gradients: Gradients
    DS: Any
    read: Any
    read_at: int
    initial: Any


class WeightInputs(NamedTuple):
    """What the products over all positions read: arrays, where layer k's numbers begin (at + k layer), rows N.

    before: each layer's outputs before every step; below: what a layer k > 0 reads; read: what the output layer reads;
    embedded: the distinct tokens' embedding. Where they are bfloat16, they are these arrays' own, two positions side by
    side, and `paired` is set.
    """

    paired: bool
    before: Any
    before_layer: int
    below: Any
    below_at: int
    below_layer: int
    read: Any
    read_at: int
    embedded: Any


class WeightGradients(NamedTuple):
    """Gradients as the kernels lay them out: flat, as the parameters; table (n, P NR) as products read it; vectors:
    bias (L, P NR) and extra (L, X, Hp), one behind the other; output_bias (Pv, NR); embedding (n, Ep)."""

    inputs: WeightInputs
    flat: Any
    table: Any
    vectors: Any
    extra_at: int
    output_bias: Any
    embedding: Any


class SumScratch(NamedTuple):
    """A thread's own room: sums (D, NR) of a product over positions; pairs (SUMMED, NR), gradients in bfloat16; rows
    (n + 1, NR), a panel of the table's gradient."""

    sums: Any
    pairs: Any
    rows: Any
