"""AdamW, the global norm and the initial weights of the network, against the naive twin and their definitions."""

import numpy as np
import pytest

from lstmgen.network import Network, initialise
from tests import naive
from tests.network.cases import CELLS, Case, assert_outputs, both, decays, named

CASES = [Case(cell, squashing, V=13, E=6, H=17, L=2, B=3) for cell, squashing in CELLS]
KEYWORDS = {"rate": 0.01, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weight_decay": 0.3}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_three_updates_equal_the_twins(case):
    _, network, window = both(case, 1)
    n = len(network.parameters)
    first, second = np.zeros((2, n), dtype=np.float32)
    parameters, m, v = network.parameters.astype(np.float64), np.zeros(n), np.zeros(n)
    for step in (1, 2, 3):
        gradient = np.random.default_rng(step).normal(size=n).astype(np.float32)
        network.adamw(gradient, first, second, **KEYWORDS, step=step, scale=0.25)
        parameters, m, v = naive.adamw(
            parameters, gradient.astype(np.float64), m, v, decays(case), **KEYWORDS, step=step, scale=0.25
        )
    np.testing.assert_allclose(network.parameters, parameters, rtol=0, atol=1e-6)
    np.testing.assert_allclose(first, m, rtol=0, atol=1e-6)
    np.testing.assert_allclose(second, v, rtol=0, atol=1e-6)
    found, _ = network.logits(window.x, window.state)  # the kernels work with the new weights at once
    expected, _ = naive.logits(named(case, parameters), window.x, window.state64, case.squashing)
    assert_outputs(found, expected, "logits after the updates")


def test_the_global_norm_is_the_same_number_by_any_number_of_threads(monkeypatch):
    monkeypatch.setattr("lstmgen.network.network._SQUARES_PER_CALL", 100)
    norms = set()
    for threads in (1, 2, 3):
        _, network, _ = both(CASES[0], 2, threads)
        gradient = np.random.default_rng(2).normal(size=len(network.parameters)).astype(np.float32)
        norms.add(network.global_norm(gradient))
    assert len(norms) == 1
    assert norms.pop() == pytest.approx(naive.global_norm(gradient), rel=1e-6)
    for place in (0, 99, 100, len(gradient) - 1):
        bad = gradient.copy()
        bad[place] = np.inf
        assert network.global_norm(bad) == np.inf


@pytest.mark.parametrize("wrong", ["float64", "too few", "with gaps"])
def test_parameters_that_kernels_would_read_wrongly_are_refused(wrong):
    architecture = both(CASES[0], 2)[1].architecture
    n = architecture.parameter_count()
    given = {
        "float64": np.zeros(n), "too few": np.zeros(n - 1, np.float32), "with gaps": np.zeros(2 * n, np.float32)[::2],
    }  # fmt: skip
    with pytest.raises(ValueError, match=f"contiguous float32 vector of {n} numbers"):
        Network(architecture, given[wrong])


def test_the_global_norm():
    _, network, _ = both(CASES[0], 2)
    gradient = np.random.default_rng(2).normal(size=len(network.parameters)).astype(np.float32)
    assert network.global_norm(gradient) == pytest.approx(naive.global_norm(gradient), rel=1e-6)
    assert network.global_norm(gradient * np.float32(1e25)) == pytest.approx(
        naive.global_norm(gradient) * 1e25, rel=1e-6
    )
    gradient[5] = np.nan
    assert np.isnan(network.global_norm(gradient))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_initial_weights(case):
    frequencies = np.arange(1.0, case.V + 1)
    weights = initialise(case.architecture, np.random.default_rng(3), frequencies)
    again = initialise(case.architecture, np.random.default_rng(3), frequencies)
    np.testing.assert_array_equal(weights, again)
    assert (weights.dtype, weights.shape) == (np.float32, (case.architecture.parameter_count(),))
    assert np.isfinite(weights).all()
    arrays = named(case, weights)
    for layer in range(case.L):
        for U in arrays[f"layers.{layer}.U"]:
            np.testing.assert_allclose(U @ U.T, np.eye(case.H) * (U @ U.T)[0, 0], atol=1e-5)
        forget = 1.0 if case.cell in ("lstm", "peephole") else 0.0  # the first gate's bias is the forget gate's there
        np.testing.assert_array_equal(arrays[f"layers.{layer}.b"][0], forget)
