"""A unit wired by hand to follow quotation marks is found, and nothing is found in networks that learned nothing."""

import numpy as np
import pytest

from lstmgen.inspect.units.association import far_shifts, margin_over, mean_by_token, rank_units
from lstmgen.inspect.units.detail import best_threshold, detail_of, f1_of, shared_bits
from lstmgen.inspect.units.measure import Verdict, associate, unit_states
from lstmgen.inspect.units.permutation_control import PermutationControl, permuted_networks
from lstmgen.inspect.units.properties import PROPERTIES, Property, property_of
from lstmgen.inspection.measured_text import TokenizedText
from lstmgen.inspection.trace import trace_ids
from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from lstmgen.shipped import shipped_corpora
from tests.inspection.wired import QUOTE, TOGGLE, quote_model, quoted_text


def states(network, tokens, ids):
    trace = trace_ids(network, tokens, ids)
    return unit_states(trace, range(trace.layers))


def reading_of(vocabulary, ids):
    tokens = [vocabulary.tokens[k] for k in ids]
    return TokenizedText("".join(tokens), tokens, np.arange(1, len(tokens) + 1))


def judged(network, vocabulary, ids, names):
    reading = reading_of(vocabulary, ids)
    twins = (states(twin, vocabulary.tokens, ids).values for twin in permuted_networks(network))
    wanted = [property_of(name, reading) for name in names]
    return associate(states(network, vocabulary.tokens, ids).values, wanted, ids, len(vocabulary), twins)


def test_a_wired_quote_unit_is_first():
    text = quoted_text(3000, np.random.default_rng(1))
    model = quote_model(text)
    ids, _ = model.vocabulary.encode(text)
    names = states(model.network, model.vocabulary.tokens, ids).names
    quotes, brackets, vowel = judged(model.network, model.vocabulary, ids, ("quotes", "brackets", "vowel"))
    assert quotes.verdict == Verdict.FOUND
    assert {names[k] for k in quotes.order[:2]} == {("c", 0, TOGGLE), ("h", 0, TOGGLE)}
    assert quotes.held_out(quotes.best) >= 0.99
    assert quotes.direction(quotes.best) == 1
    assert quotes.token < 0.6 and quotes.permuted < 0.8 and quotes.shifted < 0.8
    assert quotes.margin > 0.2 and quotes.margin == pytest.approx(1.0 - max(quotes.token, quotes.permuted), abs=0.01)
    assert 0 < quotes.p < 0.01
    assert brackets.verdict == Verdict.ABSENT
    assert (vowel.verdict, vowel.token) == (
        Verdict.LAST_TOKEN,
        1.0,
    )  # no unit knows the letter better than the letter itself


def test_nothing_is_found_in_a_hundred_untrained_models():
    text = shipped_corpora()["storybook"].read_text(encoding="utf-8")[20_000:21_500]
    from lstmgen.text import Vocabulary

    vocabulary = Vocabulary("char", sorted(set(text)))
    ids, _ = vocabulary.encode(text)
    architecture = Architecture("lstm", len(vocabulary), 0, 12, 1)
    wrong = 0
    for seed in range(100):
        network = Network(architecture, initialise(architecture, np.random.default_rng(seed)))
        wrong += any(found.verdict == Verdict.FOUND for found in judged(network, vocabulary, ids, PROPERTIES))
    assert wrong <= 5


def smooth(rng, units, size):
    """Values that drift, as those of a network do."""
    return np.cumsum(rng.normal(size=(units, size)), axis=1).astype(np.float32)


def test_drifting_values_are_luck():
    rng = np.random.default_rng(5)
    values, ids = smooth(rng, 40, 2000), np.zeros(2000, np.int32)
    wanted = Property("line", "line", np.arange(2000) % 400.0)
    assert associate(values, [wanted], ids, 1)[0].verdict == Verdict.CHANCE
    half = Property("half", "half", (np.arange(2000) // 100 % 2).astype(float))
    assert associate(values, [half], ids, 1)[0].verdict == Verdict.CHANCE


def test_what_twins_do_as_well_is_an_echo():
    rng = np.random.default_rng(6)
    target = (np.cumsum(rng.random(2000) < 0.02) % 2).astype(float)
    values = np.stack([target + rng.normal(0, 0.5, 2000)]).astype(np.float32)
    twins = [np.stack([target + rng.normal(0, 0.5, 2000)]).astype(np.float32) for _ in range(4)]
    ids, wanted = np.zeros(2000, np.int32), Property("x", "x", target)
    alone, with_twins = (associate(values, [wanted], ids, 1, given)[0] for given in ((), twins))
    assert (alone.verdict, with_twins.verdict) == (Verdict.FOUND, Verdict.PERMUTED_WEIGHTS)
    assert np.isnan(alone.permuted) and with_twins.permuted == pytest.approx(alone.held_out(0), abs=0.05)
    weak = [rng.normal(size=(1, 2000)).astype(np.float32) for _ in range(4)]
    assert associate(values, [wanted], ids, 1, weak)[0].verdict == Verdict.FOUND


def test_low_with_the_property_is_said():
    rng = np.random.default_rng(8)
    target = (np.cumsum(rng.random(2000) < 0.02) % 2).astype(float)
    values = np.stack([rng.normal(size=2000), -target + rng.normal(0, 0.1, 2000)]).astype(np.float32)
    found = associate(values, [Property("x", "x", target)], np.zeros(2000, np.int32), 1)[0]
    assert (found.best, found.direction(1)) == (1, -1)
    assert found.all[1] < 0.01 and found.held_out(1) > 0.99 and found.oriented(float(found.all[1]), 1) > 0.99


def test_too_rare_to_tell():
    target = np.zeros(400)
    target[[10, 300]] = 1
    values = np.random.default_rng(0).normal(size=(3, 400)).astype(np.float32)
    found = associate(values, [Property("x", "x", target)], np.zeros(400, np.int32), 1)[0]
    assert (found.verdict, found.measured) == (Verdict.RARE, False)


def test_twins_have_the_same_weights_in_another_order_and_are_the_same_every_time():
    architecture = Architecture("peephole", 5, 3, 4, 2, "identity")
    network = Network(architecture, initialise(architecture, np.random.default_rng(0)))
    first, again = (list(permuted_networks(network, 2)) for _ in range(2))
    for twin, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(twin.parameters, other.parameters)
        for name, view in network.views.items():
            rows = zip(view, twin.views[name], strict=True) if name.startswith("layers") else [(view, twin.views[name])]
            assert all(sorted(a.ravel()) == sorted(b.ravel()) for a, b in rows)
    assert (first[0].parameters != first[1].parameters).any()


def test_an_echos_limit_is_a_prediction_interval():
    reached = [0.6, 0.7, 0.65]
    scale = np.arctanh(2 * np.array(reached) - 1)
    expected = scale.mean() + 6.965 * scale.std(ddof=1) * np.sqrt(1 + 1 / 3)
    assert PermutationControl(reached, np.zeros(0)).limit(numeric=False) == pytest.approx(expected)
    assert PermutationControl([0.6], np.zeros(0)).limit(numeric=False) == -np.inf


def test_what_the_token_tells_by_hand():
    seen, levels = np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 0.0, 1.0])
    found = mean_by_token(levels, seen, np.array([0, 1, 2]), 3)
    assert found == pytest.approx([2.75 / 3, 1.75 / 3, 0.75])


def test_leads_and_choices_by_hand():
    target = np.tile([0.0, 1.0], 200)
    noise = np.random.default_rng(0).normal(size=400)
    lead, error = margin_over(target, noise, target, numeric=False)
    assert (
        lead == pytest.approx(0.5, abs=0.06) and 0.02 < error < 0.04
    )  # of an AUROC of noise: sqrt(401 / (12 100 200))
    order, direction = rank_units(np.array([0.6, 0.1, 0.7]), numeric=False)
    assert (order.tolist(), direction) == ([1, 2, 0], -1)
    assert far_shifts(8000)[[0, -1]].tolist() == [400, 7600]
    assert far_shifts(20).tolist() == list(range(5, 16))


def test_f1_and_threshold_by_hand():
    sided, levels = np.array([3.0, 2.0, 2.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    assert best_threshold(sided, levels) == 1.0  # 3 of 4 right and none missed: 6/7
    assert f1_of(sided >= 1.0, levels > 0) == pytest.approx(6 / 7)
    assert f1_of(sided >= 3.0, levels > 0) == pytest.approx(0.5)
    values = np.concatenate([sided, sided]).astype(np.float32)
    found = detail_of(-values, Property("x", "x", np.concatenate([levels, levels])), -1)
    assert (found.f1, found.threshold) == (pytest.approx(6 / 7), -1.0)


def test_bits_by_hand():
    levels = (np.arange(4000) % 2).astype(float)
    assert shared_bits(levels, levels, numeric=False) == pytest.approx(1.0, abs=1e-3)
    noise = np.random.default_rng(0).normal(size=4000)
    assert shared_bits(noise, levels, numeric=False) < 0.003
    eighths = (np.arange(4000) % 8).astype(float)
    assert shared_bits(eighths, eighths, numeric=True) == pytest.approx(3.0, abs=0.02)


def test_the_mark_itself_is_no_letter_of_the_text():
    assert QUOTE not in quoted_text(50, np.random.default_rng(0))[:19]
