"""The cells' plain numpy steps: what the naive twin says, and a backward that is their derivative."""

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.cells import CELLS
from tests import naive
from tests.network.cases import CELLS as KINDS

H, B = 4, 3


def layer_of(cell, rng):
    """What a step reads of a layer's arrays, inputs, and the states before, in float64."""
    G, S = len(cell.gates), len(cell.states)
    weights = {"U": rng.normal(size=(G, H, H))}
    for name, extra in CELL_FACTS[cell.name].extra.items():
        weights[name] = np.squeeze(rng.normal(size=(len(extra.gates), H)))
    return weights, rng.normal(size=(B, G, H)), rng.normal(size=(S, B, H))


@pytest.mark.parametrize(("name", "squashing"), KINDS)
def test_a_step_is_the_twins(name, squashing):
    cell = CELLS[name]
    weights, inputs, before = layer_of(cell, np.random.default_rng(1))
    found = cell.step(weights, inputs, before, squashing == "identity")
    assert {*cell.gates, *cell.states} <= set(found)
    G, new = len(cell.gates), np.zeros((1, 1), bool)
    for row in range(B):  # the row's inputs stand in the bias
        own = weights | {"W": np.zeros((G, H, 1)), "b": inputs[row]}
        right = naive.layer_forward(own, np.zeros((1, 1, 1)), before[:, row : row + 1], new, squashing)
        for letter in (*cell.gates, *cell.states):
            np.testing.assert_allclose(found[letter][row], right[letter][0, 0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("name", "squashing"), KINDS)
def test_the_backward_of_a_step_is_its_derivative(name, squashing):
    cell, rng = CELLS[name], np.random.default_rng(2)
    weights, inputs, before = layer_of(cell, rng)
    after, identity = rng.normal(size=before.shape), squashing == "identity"

    def loss():
        values = cell.step(weights, inputs, before, identity)
        return sum((values[letter] * d).sum() for letter, d in zip(cell.states, after, strict=True))

    values = cell.step(weights, inputs, before, identity)
    for of, gradient in zip((inputs, before), cell.step_back(weights, values, before, after, identity), strict=True):
        assert gradient.shape == of.shape
        for place in np.ndindex(of.shape):
            kept, high_low = of[place], []
            for step in (1e-5, -1e-5):
                of[place] = kept + step
                high_low.append(loss())
            of[place] = kept
            assert gradient[place] == pytest.approx((high_low[0] - high_low[1]) / 2e-5, rel=1e-7, abs=1e-8)


def test_a_clamp_sees_each_gate_and_output_and_what_follows_sees_the_clamp():
    for cell in CELLS.values():
        weights, inputs, before = layer_of(cell, np.random.default_rng(3))
        asked = []

        def clamp(letter, values, asked=asked):
            asked.append(letter)
            return np.full_like(values, 0.5)

        found = cell.step(weights, inputs, before, False, clamp)
        assert set(asked) == {*cell.gates, "h"}
        assert all((found[letter] == 0.5).all() for letter in asked)
        if "c" in cell.states:
            np.testing.assert_allclose(found["c"], 0.5 * before[0] + 0.25)
