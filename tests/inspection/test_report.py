"""What was expected, what each step started from, and which units and places are picked: against plain recounts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.common.expected import expected, likeliest, log_softmax
from lstmgen.inspect.report.highlights import find_highlights
from lstmgen.inspect.report.measure import choose_units, make_report, states_before
from lstmgen.inspection.trace import trace_ids
from tests.inspection.traces import made_up, network_for

IDS = np.array([3, 1, 4, 0, 6, 2, 6, 5])


def traced(cell="lstm", document_end=None, ids=IDS):
    network = network_for(cell)
    return trace_ids(network, list("abcdefg"), ids, document_end=document_end), network


def places_of(trace, **more):
    report = make_report(trace, **more)
    return {place.kind: place for place in report.highlights}, report


def test_surprise_rank_and_likeliest_are_the_softmax() -> None:
    trace, _ = traced()
    found = expected(trace, 3)
    for t in range(len(IDS) + 1):
        logits = (trace.first_logits if t == 0 else trace.logits[t - 1]).tolist()
        total = math.fsum(math.exp(v) for v in logits)
        shares = [math.exp(v) / total for v in logits]
        best = sorted(range(7), key=lambda k: -shares[k])[:3]
        assert found.ids[t].tolist() == best
        assert found.shares[t] == pytest.approx([shares[k] for k in best], rel=1e-12)
        if t < len(IDS):
            own = shares[IDS[t]]
            assert found.bits[t] == pytest.approx(-math.log2(own), rel=1e-9)
            assert found.rank[t] == sum(share >= own for share in shares)


def test_surprise_is_that_of_the_score() -> None:
    trace, network = traced()
    x = np.concatenate([[-1], IDS[:-1]]).astype(np.int32)
    nats, _ = network.losses(x[:, None], IDS.astype(np.int32)[:, None], network.zero_state(1))
    np.testing.assert_allclose(expected(trace).bits, nats[:, 0] / np.log(2), rtol=1e-5)


@given(st.lists(st.sampled_from([-2.0, 0.0, 0.5, 3.0, math.nan]), min_size=1, max_size=9), st.integers(1, 9))
def test_likeliest_has_the_largest_in_order(row: list[float], count: int) -> None:
    found = likeliest(np.array([row]), count)[0].tolist()
    solid = [-math.inf if math.isnan(v) else v for v in row]
    assert [solid[k] for k in found] == sorted(solid, reverse=True)[:count]
    assert len(set(found)) == len(found)


def test_endless_logits_give_no_warning() -> None:
    assert np.isnan(log_softmax(np.array([[np.inf, 0.0]]))).any()
    assert log_softmax(np.array([[1e30, 0.0]]))[0].tolist() == [0.0, -1e30]


@pytest.mark.parametrize("cell", CELL_FACTS)
def test_what_a_step_started_from_gives_what_it_made(cell: str) -> None:
    trace, network = traced(cell, document_end=6)
    before = states_before(trace, [4, 6])
    assert all((before[letter][[4, 6]] == 0).all() for letter in before)
    if cell == "gru":
        made = trace["z"] * before["h"] + (1 - trace["z"]) * trace["n"]
        np.testing.assert_allclose(made, trace["h"], atol=1e-5)
        return
    if cell != "rnn":
        made = trace["f"] * before["c"] + trace["i"] * trace["g"]
        np.testing.assert_allclose(made, trace["c"], atol=1e-5)
        return
    U, b = network.views["layers.1.U"][0], network.views["layers.1.b"][0]
    W = network.views["layers.1.W"][0]
    made = np.tanh(trace["h"][:, 0] @ W.T + before["h"][:, 1] @ U.T + b)
    np.testing.assert_allclose(made, trace["h"][:, 1], atol=1e-5)


def test_means_are_over_all_units_and_sizes() -> None:
    trace, _ = traced()
    report = make_report(trace, units=2)
    assert [len(units) for units in report.shown] == [2, 2]
    assert set(report.means[0]) == {"f", "i", "o", "g", "c", "h", "c'", "i∘g"}
    np.testing.assert_allclose(report.means[1]["f"], trace["f"][:, 1].mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(report.means[1]["c"], np.abs(trace["c"][:, 1]).mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(report.means[1]["i∘g"], np.abs(trace["i"] * trace["g"])[:, 1].mean(axis=1), rtol=1e-5)


def test_units_are_the_most_varying_and_those_wanted() -> None:
    trace = made_up(H=12)
    order = np.argsort(-trace["c"][:, 0].astype(float).std(axis=0), kind="stable").tolist()
    assert choose_units(trace, 0, 12, []) == order
    assert choose_units(trace, 0, 4, []) == order[:4]
    assert choose_units(trace, 0, 4, [order[9], order[0]]) == [*order[:3], order[9]]
    assert choose_units(trace, 0, 1, [order[9], order[8]]) == [order[9]]


def test_a_large_report_keeps_to_its_room() -> None:
    report = make_report(made_up("ab" * 1000, L=3, H=200))
    assert [len(units) for units in report.shown] == [2**21 // (2000 * 3 * 7)] * 3
    for place in report.highlights:
        assert place.unit in report.shown[place.layer]


def test_places_are_where_they_say() -> None:
    trace = made_up("abcabcabcabc" * 3, L=2, H=5)
    places, report = places_of(trace)
    bits = report.expected.bits
    assert places["surprising"].position == 1 + int(bits[1:].argmax())
    assert places["surprising"].numbers["bits"] == bits.max(where=np.arange(36) > 0, initial=0)
    spread = trace["f"].astype(float).std(axis=0)
    varying = places["varying"]
    assert spread[varying.layer, varying.unit] == spread.max()
    assert trace["f"][varying.position, varying.layer, varying.unit] == np.float32(varying.numbers["lowest"])
    emptied, sizes = places["emptied"], np.abs(report.before["c"].astype(float))
    held = sizes[emptied.position, emptied.layer]
    lost = 1 - (trace["f"][emptied.position, emptied.layer] * held).sum() / held.sum()
    assert emptied.numbers["lost"] == pytest.approx(lost)
    fullest = places["fullest"]
    assert abs(trace["c"][fullest.position, fullest.layer, fullest.unit]) == np.abs(trace["c"]).max()
    written = places["written"]
    assert written.numbers["mean"] == pytest.approx(np.abs(trace["i"] * trace["g"]).mean(axis=2).max(), rel=1e-5)


def test_open_shut_and_known_are_found_only_where_they_are() -> None:
    trace = made_up("abababababab", H=4)
    kinds = {place.kind for place in make_report(trace).highlights}
    assert not kinds & {"open", "shut", "known"}
    trace["f"][:, 0, 2] = 0.95
    trace["f"][3, 0, 2] = 0.92
    trace["o"][:, 0, 1] = 0.05
    trace.logits[4:9] = -20
    trace.logits[np.arange(4, 9), trace.ids[5:10]] = 20
    places, _ = places_of(trace)
    opened, shut, known = places["open"], places["shut"], places["known"]
    assert (opened.letter, opened.unit, opened.position) == ("f", 2, 3)
    assert opened.numbers == {"edge": pytest.approx(0.92), "units": 1}
    assert (shut.letter, shut.unit, shut.numbers["edge"]) == ("o", 1, pytest.approx(0.05))
    assert known.position == 5 and known.numbers["tokens"] >= 5


def test_places_of_an_rnn() -> None:
    trace, _ = traced("rnn")
    places, report = places_of(trace)
    assert set(places) <= {"surprising", "known", "varying", "turning"} and "turning" in places
    turn = np.abs(trace["h"].astype(float) - report.before["h"]).mean(axis=2)
    assert turn[places["turning"].position, places["turning"].layer] == turn[1:].max()


def test_numbers_that_are_none_are_no_place() -> None:
    trace = made_up("abcabcabcabc")
    trace["c"][:, 0, 3] = np.nan
    trace["f"][2, 0] = np.nan
    trace.logits[4] = np.nan
    report = make_report(trace)
    assert not np.isfinite(report.expected.bits[5])
    for place in report.highlights:
        assert all(np.isfinite(list(place.numbers.values())))
    for letter in trace.values:
        trace[letter][:] = np.nan
    trace.logits[:] = np.nan
    assert find_highlights(trace, report.before, expected(trace)) == []


def test_one_token_is_enough() -> None:
    trace, _ = traced(ids=IDS[:1])
    places, report = places_of(trace)
    assert places["surprising"].position == 0
    assert len(report.expected.ids) == 2
