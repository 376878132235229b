"""How sure a mean along a text is: neighbouring tokens are alike, so each counts as less than one value."""

from __future__ import annotations

import math

import numpy as np

from lstmgen.arrays import Float64Array

_BATCH, _FEWEST_BATCHES = 32, 20  # tokens whose mean is one value; fewer batches would tell nothing
_REPLICATES = 1000  # of the bootstrap: the error itself is then known to about 2 %
_FEWEST_BLOCKS = 10  # a text of fewer than so many blocks gets shorter ones


def standard_error(values: Float64Array, batch: int = _BATCH, ddof: int = 0) -> float:
    """Standard error of the mean of values (n,) in the order of the text, by means of batches (Law 2015).

    Fewer than twenty batches: of the single values.
    """
    batches = len(values) // batch
    if batches >= _FEWEST_BATCHES:
        values = values[: batches * batch].reshape(batches, batch).mean(axis=1)
    return float(values.std(ddof=ddof) / math.sqrt(max(1, len(values))))


def block_error(values: Float64Array, weights: Float64Array, block: int) -> float | None:
    """Standard error of sum(values) / sum(weights) along a text (n,); None for fewer than two values.

    Circular block bootstrap (Politis & Romano 1992, after Künsch 1989): 1,000 texts of the same length are put together
    from blocks that begin anywhere, the end going on at the beginning. Texts of fewer than ten blocks get shorter ones.
    """
    n = len(values)
    if n < 2:
        return None
    block = min(block, max(1, n // _FEWEST_BLOCKS))
    return _bootstrap(_circular_sums(values, block), _circular_sums(weights, block), -(-n // block))


def fixed_block_error(values: Float64Array, weights: Float64Array, block: int) -> float | None:
    """The same from blocks that stand side by side; None for fewer than two of them."""
    blocks = np.arange(len(values)) // block
    sums, totals = (np.bincount(blocks, each).astype(np.float64) for each in (values, weights))
    return _bootstrap(sums, totals, len(sums), ddof=0) if len(sums) > 1 else None


def _bootstrap(sums: Float64Array, totals: Float64Array, count: int, ddof: int = 1) -> float:
    """Spread of sum(sums) / sum(totals) over `count` blocks drawn from all; draws without any weight do not count."""
    rng, ratios = np.random.default_rng(0), []
    for _ in range(_REPLICATES):
        drawn = rng.integers(0, len(sums), count)
        total = float(totals[drawn].sum())
        if total > 0:
            ratios.append(float(sums[drawn].sum()) / total)
    return float(np.std(ratios, ddof=ddof))


def _circular_sums(values: Float64Array, block: int) -> Float64Array:
    """Sum of the block that begins at each place (n,)."""
    total = np.concatenate(([0.0], np.cumsum(np.concatenate((values, values[: block - 1])))))
    return total[block:] - total[:-block]
