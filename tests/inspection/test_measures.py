"""Measures are what numpy says, and find what was planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstmgen.errors import UsageError
from lstmgen.inspect.common.measures import (
    check_layer,
    check_units,
    measure,
    measure_values,
    most_varying,
    order_units,
    shares,
)
from tests.inspection.traces import made_up, network_for

VALUES = arrays(np.float32, (7, 5), elements=st.floats(-1, 1, width=32))


@given(VALUES)
def test_shares_are_numpys(values):
    found = measure_values(values)
    assert found.below == (np.abs(values) < 0.1).sum() / values.size
    assert found.above == (np.abs(values) > 0.9).sum() / values.size
    assert (found.lowest, found.highest) == (values.min(), values.max())
    assert (found.below, found.above) == shares(values)


@given(VALUES)
def test_units_are_found_one_by_one(values):
    found = measure_values(values)
    for unit, column in enumerate(np.abs(values).T):
        assert (unit in found.always_open) == all(column > 0.9)
        assert (unit in found.always_shut) == all(column < 0.1)
    for unit, column in enumerate(values.T):
        assert (unit in found.never_moving) == (column.max() - column.min() <= 0.01)
    assert sorted(found.varying) == list(range(5))
    spread = values.astype(np.float64).std(axis=0)[found.varying]
    assert all(spread[:-1] >= spread[1:])


def test_planted_units_are_found_by_their_gate():
    trace = made_up("a text of some length", L=2, H=9)
    for name in "fio":
        trace[name][:] = np.clip(trace[name], 0.15, 0.85)
        trace[name][::2] = np.clip(trace[name][::2] + 0.1, 0, 0.85)
    trace["f"][:, 1, 4] = 0.97
    trace["i"][:, 1, 2] = 0.03
    trace["o"][:, 1, 7] = 0.5
    found = measure(trace, 1)
    assert found["f"].always_open.tolist() == [4]
    assert found["i"].always_shut.tolist() == [2]
    assert found["o"].never_moving.tolist() == [7]
    assert not len(found["f"].always_shut) and not len(found["i"].always_open)
    assert not any(len(measures.always_open) for measures in (measure(trace, 0)[k] for k in "fio"))


def test_an_always_open_gate_planted_in_the_weights():
    from lstmgen.inspection.trace import trace_ids

    network = network_for()
    network.views["layers.1.b"][0, 3] = 20.0  # forget gate of unit 3
    network.views["layers.0.b"][1, 5] = -20.0  # input gate of unit 5
    network.refresh()
    trace = trace_ids(network, list("abcdefg"), np.arange(7))
    assert 3 in measure(trace, 1)["f"].always_open
    assert 5 in measure(trace, 0)["i"].always_shut


def test_orders():
    values = np.array([[0, 5, 1, 1], [9, 5, 1, 2], [0, 5, 1, 3]], np.float32)
    assert order_units(values, "varying").tolist() == [0, 3, 1, 2] == most_varying(values).tolist()
    assert order_units(values, "mean").tolist() == [1, 0, 3, 2]
    assert order_units(values, "number").tolist() == [0, 1, 2, 3]
    with pytest.raises(UsageError, match="--sort must be one of"):
        order_units(values, "beauty")


def test_what_is_no_number_comes_last_and_counts_as_nothing():
    values = np.array([[np.nan, 0.95, 0.2], [0.95, 0.95, 0.4]], np.float32)
    found = measure_values(values)
    assert found.varying.tolist() == [2, 1, 0]
    assert found.always_open.tolist() == [1]
    assert found.above == 0.5
    assert order_units(values, "mean").tolist() == [1, 2, 0]


def test_units_and_layers_that_are_not_there():
    check_units([0, 7], 8)
    check_layer(1, 2)
    with pytest.raises(UsageError, match="no unit 8: they are numbered 0 to 7"):
        check_units([0, 8], 8)
    with pytest.raises(UsageError, match="no layer -1: they are numbered 0 to 1"):
        check_layer(-1, 2)
    with pytest.raises(UsageError, match="this model has one, number 0"):
        check_layer(1, 1)
