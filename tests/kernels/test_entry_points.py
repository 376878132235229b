"""Kernels called past Numba's look at the types of their arguments."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import config

from lstmgen.kernels.compile import jit
from lstmgen.kernels.entry_points import EntryPoints


class Pair(NamedTuple):
    """A record."""

    numbers: np.ndarray
    factor: float


@jit
def scaled_sum(pair, more):
    """factor times the sum of the numbers and `more`."""
    total = 0.0
    for k in range(len(pair.numbers)):
        total += pair.numbers[k]
    return pair.factor * (total + more)


def test_a_kernel_gives_the_same_from_its_entry_point():
    points = EntryPoints()
    for n in (3, 0, 5):
        numbers = np.arange(n, dtype=np.float32)
        assert points.call(scaled_sum, Pair(numbers, 2.0), n) == 2.0 * (numbers.sum() + n)


def test_other_kernels_have_entry_points_of_their_own():
    @jit
    def negated(x):
        return -x

    points = EntryPoints()
    numbers = np.ones(2, np.float32)
    for _ in range(3):
        assert points.call(scaled_sum, Pair(numbers, 1.0), 1) == 3.0
        assert points.call(negated, 4) == -4


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="nothing is compiled")
def test_numba_is_asked_for_types_only_once(monkeypatch):
    @jit
    def doubled(x):
        return 2 * x

    points = EntryPoints()
    assert points.call(doubled, 4) == 8
    found = points._found[doubled]
    assert found is not doubled
    assert found is doubled.overloads[doubled.signatures[0]].entry_point
    assert points.call(doubled, 5) == 10


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="nothing is compiled")
def test_numbers_of_another_size_are_refused():
    points = EntryPoints()
    for numbers in (np.ones(2, np.float32), np.ones(3, np.float32)):
        assert points.call(scaled_sum, Pair(numbers, 1.0), 1) == len(numbers) + 1
    with pytest.raises(TypeError):
        points.call(scaled_sum, Pair(np.ones(2, np.float64), 1.0), 1)


def test_what_is_not_compiled_is_called_as_it_is():
    seen, points = [], EntryPoints()
    for k in range(3):
        points.call(seen.append, k)
    assert seen == [0, 1, 2]


def test_of_a_first_call_that_fails_nothing_is_kept():
    answers, points = iter([ValueError("no"), "yes", "yes"]), EntryPoints()

    def moody():
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    with pytest.raises(ValueError, match="no"):
        points.call(moody)
    assert [points.call(moody), points.call(moody)] == ["yes", "yes"]
