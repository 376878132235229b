"""One step's wires against the trace and against the equations, and what wires say in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.common.expected import softmax
from lstmgen.inspect.step.measure import measure_step, speaks_for, strongest_units, units_are_words
from lstmgen.inspection.trace import trace_ids
from lstmgen.network import Network
from lstmgen.settings import Architecture
from tests.inspection.traces import network_for
from tests.naive import softmax as naive_softmax

TOKENS = list("abcdef\n")
IDS = np.array([1, 4, 6, 2, 2, 0])


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize("document_end", [None, 6])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_wires_are_the_trace(cell, document_end, layer):
    network = network_for(cell)
    trace = trace_ids(network, TOKENS, IDS, document_end=document_end)
    for at in range(len(IDS)):
        step = measure_step(network, trace, at, layer, document_end=document_end)
        anew = IDS[at] == document_end
        assert step.position == at and step.token == (-1 if anew else IDS[at])
        letters = [wire.letter for wire in trace.facts.wires_with(network.architecture.squashing) if wire.letter != "x"]
        assert list(step.wires) == letters
        for letter, values in trace.values.items():
            np.testing.assert_array_equal(step.wires[letter], values[at, layer])
        for letter in trace.initial:
            before = trace.initial[letter][layer] if at == 0 else trace[letter][at - 1, layer]
            np.testing.assert_array_equal(step.wires[letter + "'"], np.zeros(6) if anew else before)
        np.testing.assert_allclose(step.probabilities, naive_softmax(trace.logits[at].astype(float)), atol=1e-12)
        w = step.wires
        if cell == "rnn":
            np.testing.assert_allclose(w["W x + b"] + w["U h'"], w["z"])
            np.testing.assert_allclose(np.tanh(w["z"]), w["h"], atol=1e-6)
        elif cell == "gru":
            np.testing.assert_allclose(w["z∘h'"] + w["(1-z)∘n"], w["h"], atol=1e-6)
            own = network.layer_weights(layer)
            np.testing.assert_allclose(own["U"][2] @ w["h'"] + own["b_hn"], w["U h'"], rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(w["r"] * w["U h'"], w["r∘U h'"], atol=1e-6)
        else:
            np.testing.assert_allclose(w["f∘c'"] + w["i∘g"], w["c"], atol=1e-6)
            out = w["c"] if cell == "peephole" else w["tanh(c)"]
            np.testing.assert_allclose(w["o"] * out, w["h"], atol=1e-6)


def test_the_rnns_parts_with_one_hot_input():
    shape = Architecture("rnn", 7, 0, 6, 1)
    network = Network(shape, np.random.default_rng(0).normal(0, 0.8, shape.parameter_count()).astype(np.float32))
    trace = trace_ids(network, TOKENS, IDS, document_end=6)
    W, U, b = (network.views[f"layers.0.{name}"][0] for name in "WUb")
    step = measure_step(network, trace, 1, 0, document_end=6)
    np.testing.assert_allclose(step.wires["W x + b"], W[:, 4] + b, rtol=1e-6)
    np.testing.assert_allclose(step.wires["U h'"], U @ trace["h"][0, 0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(measure_step(network, trace, 2, 0, document_end=6).wires["W x + b"], b, rtol=1e-6)


def test_units_are_words_only_where_the_output_weights_say_so():
    eye = np.eye(5, dtype=np.float32)
    assert units_are_words({"output.W": 6 * eye}) and units_are_words({"output.W": eye})
    bent = 6 * eye
    bent[2, 3] = 1e-7
    for other in (-eye, 0 * eye, bent, eye[:4], eye[:, :4], eye * np.arange(1, 6, dtype=np.float32), eye[::-1]):
        assert not units_are_words({"output.W": other})


def test_speaks_for_by_hand():
    output = np.array([[1, 0], [0, 1], [-1, 0], [2, 2]], dtype=np.float32)
    assert speaks_for(np.array([1.0, 0.5]), output, 4).tolist() == [3, 0]  # 1, 0.5, -1, 3: the mean is 0.875
    assert speaks_for(np.array([-1.0, 0.0]), output, 4).tolist() == [2, 1]
    assert speaks_for(np.zeros(2), output, 4).tolist() == []
    assert speaks_for(np.array([np.nan, 0.0]), output, 4).tolist() == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
@settings(max_examples=50)
def test_speaks_for_is_the_highest_above_the_mean(seed, count):
    rng = np.random.default_rng(seed)
    output, values = rng.normal(size=(8, 3)).astype(np.float32), rng.normal(size=3)
    said = [float(sum(w * v for w, v in zip(row, values, strict=True))) for row in output]
    expected = sorted((k for k in range(8) if said[k] > sum(said) / 8), key=lambda k: -said[k])[:count]
    assert speaks_for(values, output, count).tolist() == expected


@pytest.mark.parametrize("layer", [0, 1])
def test_the_strongest_units(layer):
    network = network_for("lstm")
    trace = trace_ids(network, TOKENS, IDS)
    readers = network.views["output.W"] if layer else network.views["layers.1.W"].reshape(24, 6)
    weight = [np.mean(np.abs(trace["h"][:, layer, n])) * np.linalg.norm(readers[:, n]) for n in range(6)]
    assert strongest_units(network, trace, layer).tolist() == sorted(range(6), key=lambda n: -weight[n])


def test_the_strongest_units_where_all_layers_are_read_out():
    network = network_for("lstm", skip_sum=True)
    trace, output = trace_ids(network, TOKENS, IDS), network.views["output.W"]
    for layer, readers in enumerate((np.vstack([network.views["layers.1.W"].reshape(24, 6), output]), output)):
        weight = [np.mean(np.abs(trace["h"][:, layer, n])) * np.linalg.norm(readers[:, n]) for n in range(6)]
        assert strongest_units(network, trace, layer).tolist() == sorted(range(6), key=lambda n: -weight[n])


def test_large_logits():
    assert softmax(np.array([1e4, 0.0])).tolist() == [1.0, 0.0]
