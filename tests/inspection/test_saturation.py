"""Shares of saturated time are a plain count, and a gate planted open or shut is found."""

import numpy as np
import pytest

from lstmgen.inspect.gates.measure import saturation_of
from lstmgen.inspection.trace import trace_ids
from tests.inspection.traces import made_up, network_for


def test_shares_are_counted():
    trace = made_up("some text of a length", L=2, H=5)
    found = saturation_of(trace)
    assert list(found) == ["i", "f", "o"]
    for letter, one in found.items():
        for layer in range(2):
            for unit in range(5):
                values = trace[letter][:, layer, unit].tolist()
                assert one.below[layer, unit] == pytest.approx(sum(v < 0.1 for v in values) / 21)
                assert one.above[layer, unit] == pytest.approx(sum(v > 0.9 for v in values) / 21)
        assert (one.below + one.above).max() <= 1


def test_planted_gates():
    network = network_for()
    network.views["layers.0.b"][0, 3] = 50.0
    network.views["layers.1.b"][2, 1] = -50.0
    network.refresh()
    found = saturation_of(trace_ids(network, list("abcdefg"), np.arange(7)))
    assert found["f"].above[0, 3] == 1.0 and found["f"].below[0, 3] == 0.0
    assert found["o"].below[1, 1] == 1.0


def test_a_cell_without_gates():
    assert saturation_of(made_up(cell="rnn")) == {}
