"""The vector words against float64: each word's values, its NaN, and the vector type in the emitted code."""

import os
import subprocess
import sys

import numpy as np
import pytest

from lstmgen.kernels.compile import jit
from lstmgen.kernels.vector import (
    WIDTH,
    exp,
    largest,
    load_vector,
    maximum,
    root,
    sigmoid,
    sigmoid_for,
    store_vector,
    tanh,
    tanh_for,
    tanh_within,
    total,
)

EXACT, SHORT = np.zeros(0, np.float32), np.zeros(0, np.uint16)  # what the results are going to be


@jit
def _tanh(source, found):
    for k in range(0, len(source), WIDTH):
        store_vector(found, k, tanh(load_vector(source, k)))


@jit
def _sigmoid(source, found):
    for k in range(0, len(source), WIDTH):
        store_vector(found, k, sigmoid(load_vector(source, k)))


@jit
def _exp(source, found):
    for k in range(0, len(source), WIDTH):
        store_vector(found, k, exp(load_vector(source, k)))


@jit
def _fold(source, found):
    top, sums = load_vector(source, 0), load_vector(source, 0)
    for k in range(WIDTH, len(source), WIDTH):
        top, sums = maximum(load_vector(source, k), top), sums + load_vector(source, k)
    found[0], found[1] = largest(top), total(sums)
    for k in range(0, len(source), WIDTH):
        store_vector(found, k + 16, root(load_vector(source, k) * load_vector(source, k)))


@jit
def _tanh_for(source, found, factors):
    for k in range(0, len(source), WIDTH):
        store_vector(found, k, tanh_for(factors, load_vector(source, k)))


@jit
def _sigmoid_for(source, found, factors):
    for k in range(0, len(source), WIDTH):
        store_vector(found, k, sigmoid_for(factors, load_vector(source, k)))


@jit
def _tanh_within(source, found, factors):
    """tanh(x) again, of an output sigmoid(x) tanh(x)."""
    for k in range(0, len(source), WIDTH):
        x = load_vector(source, k)
        o = sigmoid_for(factors, x)
        store_vector(found, k, tanh_within(factors, o * tanh_for(factors, x), o, x))


def _run(kernel, numbers, *more):
    found = np.zeros_like(numbers)
    kernel(numbers, found, *more)
    return found.astype(np.float64)


SPREAD = np.concatenate([np.linspace(-12, 12, 160_000), np.logspace(-30, 1, 16_000)]).astype(np.float32)


def test_tanh_is_exact_to_four_units_in_the_last_place():
    right = np.tanh(SPREAD.astype(np.float64))
    assert np.abs(_run(_tanh, SPREAD) / right - 1).max() < 4e-7
    assert np.abs(_run(_tanh, SPREAD)).max() <= 1


def test_sigmoid_is_exact_and_stays_between_zero_and_one():
    found = _run(_sigmoid, SPREAD)
    assert np.abs(found - 1 / (1 + np.exp(-SPREAD.astype(np.float64)))).max() < 2e-7
    assert found.min() >= 0
    assert found.max() <= 1


def test_exp_is_exact_from_minus_87_to_88():
    numbers = np.linspace(-87, 88, 160_000, dtype=np.float32)
    assert np.abs(_run(_exp, numbers) / np.exp(numbers.astype(np.float64)) - 1).max() < 3e-7
    assert _run(_exp, np.full(64, -1e30, np.float32)).max() < 2e-38


ANY = [_tanh, _sigmoid, _exp, *((kernel, SHORT) for kernel in (_tanh_for, _sigmoid_for, _tanh_within))]


@pytest.mark.parametrize("kernel", ANY)
def test_a_nan_stays_a_nan_and_infinities_saturate(kernel):
    kernel, *more = kernel if isinstance(kernel, tuple) else (kernel,)
    numbers = np.zeros(64, np.float32)
    numbers[3], numbers[7], numbers[11], numbers[13], numbers[17] = np.nan, np.inf, -np.inf, 3e38, -3e38
    found = _run(kernel, numbers, *more)
    assert np.isnan(found[3])
    assert np.isfinite(np.delete(found, 3)).all()
    assert (found[[7, 11]] == found[[13, 17]]).all()


@pytest.mark.parametrize(("chosen", "exact"), [(_tanh_for, _tanh), (_sigmoid_for, _sigmoid), (_tanh_within, _tanh)])
def test_for_float32_nothing_is_short(chosen, exact):
    assert _run(chosen, SPREAD, EXACT).tobytes() == _run(exact, SPREAD).tobytes()


def test_the_short_tanh_is_exact_to_one_part_in_100_000_odd_and_below_one():
    found = _run(_tanh_for, SPREAD, SHORT)
    assert np.abs(found / np.tanh(SPREAD.astype(np.float64)) - 1).max() < 1e-5
    assert (found == -_run(_tanh_for, -SPREAD, SHORT)).all()
    assert np.abs(found).max() < 1


def test_the_short_sigmoid_is_exact_to_one_part_in_200_000_and_never_quite_zero_or_one():
    found = _run(_sigmoid_for, 2 * SPREAD, SHORT)
    assert np.abs(found - 1 / (1 + np.exp(-2 * SPREAD.astype(np.float64)))).max() < 5e-6
    assert found.min() > 0
    assert found.max() < 1


@pytest.mark.parametrize("kernel", [_tanh_for, _sigmoid_for])
def test_short_ones_never_fall(kernel):
    """But for some units in the last place."""
    found = _run(kernel, 2 * np.sort(SPREAD), SHORT)
    assert np.diff(found).min() > -4e-7


def test_the_short_tanh_again_is_the_one_that_was_computed():
    first, again = _run(_tanh_for, SPREAD, SHORT), _run(_tanh_within, SPREAD, SHORT)
    assert np.abs(again / first - 1).max() < 1e-6


def test_largest_total_and_root():
    rng = np.random.default_rng(1)
    numbers = rng.standard_normal(64 * 5).astype(np.float32)
    found = np.zeros(64 * 5 + 16, np.float32)
    _fold(numbers, found)
    assert found[0] == numbers.max()
    assert abs(found[1] - numbers.astype(np.float64).sum()) < 1e-4
    assert (found[16:] == np.abs(numbers)).all()


SHOW = """
import numpy as np
from lstmgen.kernels import compile as c
c.CompiledWith.cache_folder = None
from lstmgen.kernels.product import product
from lstmgen.kernels.simd import LANES
@c.jit
def run(a):
    product(a, 0, 16, 1, 0, a, 0, 64, 0, a, 0, 64, 4, 1, 6)
run(np.zeros(4096, np.float32))
(code,) = run.inspect_llvm().values()
print(LANES, f"<{LANES} x float>" in code, "llvm.fmuladd" in code or "fma" in code, "tanhf" in code or "expf" in code)
"""


@pytest.mark.parametrize("lanes", ["4", "8", "16"])
def test_the_emitted_tile_has_the_lanes_asked_for(lanes):
    env = os.environ | {"LSTMGEN_LANES": lanes, "LSTMGEN_TILE": ""}
    told = subprocess.run([sys.executable, "-c", SHOW], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [lanes, "True", "True", "False"]
