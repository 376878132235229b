"""Losses with a unit held are those of a network whose weights hold it."""

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.units.ablation import ablate, losses_with_unit_clamped
from lstmgen.inspect.units.responses import peaks, response_of
from lstmgen.network import Network
from tests.inspection.traces import network_for
from tests.inspection.wired import QUOTE, TOGGLE, quote_model, quoted_text

IDS = np.random.default_rng(2).integers(0, 7, 60).astype(np.int32)


def plain_losses(network, ids, document_end=None):
    x = np.concatenate([[-1], ids[:-1]]).astype(np.int32)
    if document_end is not None:
        x[x == document_end] = -1
    return network.losses(x[:, None], ids[:, None], network.zero_state(1))[0][:, 0]


def held_by_weights(network, layer, unit, value):
    """The same network with this unit's output constant, by its weights."""
    twin = Network(network.architecture, network.parameters.copy())
    W, U, b = (twin.views[f"layers.{layer}.{name}"] for name in "WUb")
    W[:, unit], U[:, unit] = 0.0, 0.0
    if network.architecture.cell == "rnn":
        b[0, unit] = np.arctanh(value)
    elif network.architecture.cell == "gru":  # z lets in the new, r hears nothing
        b[:, unit] = -40.0, -40.0, np.arctanh(value)
    else:
        b[:3, unit] = -40.0, 40.0, 40.0  # f shut, i and o open
        identity = network.architecture.squashing == "identity"
        b[3, unit] = np.arctanh(value if identity else np.arctanh(value))
        if network.architecture.cell == "peephole":
            twin.views[f"layers.{layer}.p"][:, unit] = 0.0
    twin.refresh()
    return twin


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize("E", (0, 4))
@pytest.mark.parametrize("document_end", (None, 3))
def test_against_weights_that_hold_it(cell, E, document_end):
    network = network_for(cell, E=E)
    free = losses_with_unit_clamped(network, IDS, 0, 1, None, document_end=document_end)
    np.testing.assert_allclose(free, plain_losses(network, IDS, document_end), rtol=1e-4, atol=2e-5)
    for layer in (0, 1):
        held = losses_with_unit_clamped(network, IDS, layer, 1, 0.3, document_end=document_end)
        expected = plain_losses(held_by_weights(network, layer, 1, 0.3), IDS, document_end)
        np.testing.assert_allclose(held, expected, rtol=1e-4, atol=2e-5)
        assert np.abs(held - free).max() > 1e-3


def test_the_quote_unit_matters_and_where():
    text = quoted_text(1500, np.random.default_rng(3))
    model = quote_model(text)
    network, (ids, _) = model.network, model.vocabulary.encode(text)
    inside = np.cumsum([c == QUOTE for c in text]) % 2 == 1
    found = ablate(network, ids, 0, TOGGLE, 0.0, property_holds=inside)
    before = np.concatenate([[False], inside[:-1]])
    free, held = (losses_with_unit_clamped(network, ids, 0, TOGGLE, value) for value in (None, 0.0))
    for cost, where in ((found.everywhere, np.ones(len(ids), bool)), (found.inside, before), (found.outside, ~before)):
        assert (cost.free, cost.held) == pytest.approx((free[where].mean(), held[where].mean()))
        assert cost.tokens == where.sum()
        assert cost.rise == pytest.approx((held - free)[where].mean())
    assert found.everywhere.sure
    sums = {k: (held - free)[ids == k].sum() for k in set(ids.tolist())}
    assert [k for k, _, _ in found.worst] == [k for k in sorted(sums, key=sums.get, reverse=True)[:5] if sums[k] > 0]
    for k, rise, times in found.worst:
        assert rise == pytest.approx((held - free)[ids == k].mean()) and times == (ids == k).sum()
    again = ablate(network, ids, 0, TOGGLE, 0.0)
    assert (again.inside, again.everywhere) == (None, found.everywhere)


def test_peaks_and_means_by_hand():
    values = np.zeros(60, np.float32)
    values[[5, 6, 30, 50]] = 3.0, 2.9, 2.0, -4.0
    assert peaks(values.astype(float), 2) == [5, 30]
    ids = np.array([0, 1, 2] * 20)
    found = response_of(values, ids, 2)
    assert (found.highest, found.lowest[0]) == ([5, 30], 50)
    assert found.means[0] == (0, pytest.approx((2.9 + 2.0) / 20), 20)
    assert found.means[-1] == (2, pytest.approx((3.0 - 4.0) / 20), 20)
    assert (found.mean, found.deviation) == (pytest.approx(values.mean()), pytest.approx(values.std()))
