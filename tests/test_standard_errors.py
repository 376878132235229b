"""The error of a mean along a text, by batches and by blocks drawn anew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstmgen.arrays import BoolArray, Float64Array
from lstmgen.standard_errors import block_error, fixed_block_error, standard_error


def test_the_error_of_independent_values_is_the_textbooks() -> None:
    values = np.random.default_rng(3).normal(2.0, 1.0, 20_000)
    error = block_error(values, np.ones(20_000), 50)
    assert error == pytest.approx(values.std() / math.sqrt(20_000), rel=0.15)
    assert error == block_error(values, np.ones(20_000), 50)
    assert block_error(values * 4, np.full(20_000, 2.0), 50) == pytest.approx(2 * error)


def test_neighbours_that_are_alike_make_it_larger() -> None:
    values = np.repeat(np.random.default_rng(4).normal(0.0, 1.0, 500), 40)  # 500 facts, each told 40 times
    known = 1 / math.sqrt(500)
    assert block_error(values, np.ones(20_000), 400) == pytest.approx(known, rel=0.2)
    assert block_error(values, np.ones(20_000), 1) < known / 4


def test_neighbours_that_are_alike_count_as_less() -> None:
    rng = np.random.default_rng(3)
    alone, alike = rng.standard_normal(6_400), np.repeat(rng.standard_normal(200), 32)
    assert standard_error(alone) == pytest.approx(1 / 80, rel=0.15)
    assert standard_error(alike) == pytest.approx(1 / math.sqrt(200), rel=0.15)
    assert standard_error(alone[:100]) == pytest.approx(alone[:100].std() / 10)


def test_blocks_side_by_side() -> None:
    def error(values: Float64Array, where: BoolArray | None = None) -> float | None:
        weights = np.ones(len(values)) if where is None else where.astype(np.float64)
        return fixed_block_error(values * weights, weights, 50)

    values = np.random.default_rng(0).normal(size=10_000)
    assert error(values) == pytest.approx(1 / np.sqrt(10_000), rel=0.15)
    assert error(np.repeat(values, 50)) == pytest.approx(1 / np.sqrt(10_000), rel=0.15)  # neighbours are one
    assert error(np.ones(100)) == 0.0
    assert error(values[:40]) is None
    assert error(values, np.arange(10_000) % 2 == 0) == pytest.approx(1 / np.sqrt(5_000), rel=0.2)
