"""How much memory a run will take: the weights and what goes with them, and the buffers of each kind of window."""

from __future__ import annotations

import os

from lstmgen.errors import ResourceError
from lstmgen.kernels.lanes import NR
from lstmgen.network.geometry import Geometry
from lstmgen.settings import Architecture
from lstmgen.training.validation import MAX_ROWS, MIN_ROW_TOKENS, VALIDATION_WINDOW

_COPIES = 8.0  # of all weights: live, best, average, two moments, gradient, packed twice, and one while saving
_SPARE = 1.1  # what the allocator takes on top
_COUNTING = 65  # bytes a token in which n-grams are counted, of half a million and more
_BASE = 1 << 20  # bytes for everything small


def _machine_memory() -> int | None:
    """Bytes of memory in this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def check_fits(growth: int) -> None:
    """ResourceError where `growth` bytes are more than the machine has: better than being killed in mid-run."""
    there = _machine_memory()
    if there is not None and growth > there:
        raise ResourceError(
            f"These sizes need about {growth / 1e9:,.1f} GB of memory; this machine has {there / 1e9:,.1f} GB.\n"
            "Choose a smaller --hidden-size, --num-layers, --batch-size or --seq-length."
        )


def expected_growth(
    sizes: Architecture,
    rows: int,
    window: int,
    dropout: float = 0.0,
    weight_drop: float = 0.0,
    scored: int = 0,
    shards: int = 1,
    precision: str = "float32",
) -> int:
    """Bytes by which the process grows at its peak, over what it holds with the corpus read and the kernels loaded."""
    numbers = _COPIES * sizes.parameter_count() + _training_window(sizes, rows, window, dropout)
    numbers += _rounded(sizes, rows * window) if precision == "bf16" else 0.0
    numbers += sizes.parameter_count() * (shards.bit_length() - 1)  # gradients that wait for their neighbours
    if weight_drop:  # a second set of weights, masks of U as bytes, as truths and as numbers
        numbers += sizes.parameter_count() + 1.5 * sizes.layers * sizes.num_gates * sizes.units**2
    if scored:
        beside = min(max(1, scored // MIN_ROW_TOKENS), MAX_ROWS)
        numbers += _window(sizes, beside * min(VALIDATION_WINDOW, -(-scored // beside))) + _window(
            sizes, VALIDATION_WINDOW
        )
    return _BASE + 4 * int(numbers + _writer_table(sizes))


def order_growth(documents: int) -> int:
    """For the documents: first tokens, lengths, order, places in that order, and one of them twice while it is made."""
    return 5 * 8 * documents


def counting_growth(sizes: Architecture, tokens: int) -> int:
    """The same while n-grams are counted in so many tokens, before the first update: weights, no windows yet."""
    return _BASE + 2 * int(_COPIES * sizes.parameter_count()) + _COUNTING * tokens


def probing_growth(sizes: Architecture, rows: int, window: int, precision: str = "float32") -> int:
    """The same while the speed of these sizes is measured: no best, no average, nothing scored or saved."""
    numbers = (_COPIES - 2.0) * sizes.parameter_count() + _training_window(sizes, rows, window, 0.0)
    return _BASE + 4 * int(numbers + (_rounded(sizes, rows * window) if precision == "bf16" else 0.0))


def _writer_table(sizes: Architecture) -> float:
    """Of a sample: the first layer's input for every token, twice while it is made."""
    g = Geometry.of(sizes)
    return 2.0 * (g.V + 1) * g.P * NR


def _window(sizes: Architecture, positions: int) -> float:
    """Float32 numbers that a forward pass keeps: gates, states before and after, logits."""
    g = Geometry.of(sizes)
    return _SPARE * positions * (g.L * (g.P * NR + 4 * g.Hp) + g.skip_sum * g.Hp + g.Pv * NR)


def _rounded(sizes: Architecture, positions: int) -> float:
    """What training in bfloat16 has beside that: weights packed for scoring, factors of products at half the size."""
    g = Geometry.of(sizes)
    factors = g.L * (g.P * NR + 3 * g.Hp) + g.skip_sum * g.Hp + g.Pv * NR  # gradients; outputs, and paired in time
    return sizes.parameter_count() + _SPARE * 0.5 * positions * factors


def _training_window(sizes: Architecture, rows: int, window: int, dropout: float) -> float:
    g = Geometry.of(sizes)
    more = g.L * g.Hp * (2 if dropout else 1) + g.skip_sum * g.Hp
    table = 2.0 * min(g.V + 1, 2 * rows * window) * g.P * NR
    return _window(sizes, rows * window) + float(rows * window) * more + table
