"""The chain of predictions against plain steps of the network and against samples at temperature 0."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import ModelFileError, TextError
from lstmgen.inspect.common.expected import likeliest, softmax
from lstmgen.inspect.unroll.measure import unroll_chain
from tests.inspection.traces import model_of

WORDS = ["Doug", "saw", "Jane", ".", "Spot"]


def chain_of(model, prompt, steps):
    asked = model.request(prompt, seed=0, length=0)
    tokens = model.vocabulary.tokens
    return unroll_chain(model.network, tokens, asked.ids, steps, document_end=asked.document_end, banned=asked.banned)


def own_ids(chain):
    return [link.id for link in chain.links if link.own]


CASES = [
    (list("abc de\n"), "char", False, None, "abc ab"),
    (list("abc de\n"), "char", True, None, "abc ab"),
    (list("abc de\n"), "char", True, None, "ab\nde\n"),
    (list("abc de\n"), "char", False, None, ""),
    (list("abc de\n"), "char", False, None, "a"),
    (WORDS, "word", False, None, "Doug saw Jane. Spot"),
    ([*WORDS, "<unknown>"], "word", False, 5, "Doug saw Mary. Spot"),
    (list("abc de\n"), "char", False, None, "abcde " * 60),
]


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_it_goes_on_as_a_sample_at_temperature_0(cell, case):
    tokens, level, lines, unknown, prompt = case
    for seed in range(3):
        model = model_of(tokens, cell, level=level, lines=lines, unknown=unknown, seed=seed)
        found = own_ids(chain_of(model, prompt, 70))
        wanted = model.sample(prompt, echo=False, temperature=0.0, length=70, seed=1)
        if lines and tokens[found[-1]] == "\n":
            found = found[:-1]
        else:
            assert len(found) == 70
        ids = model.request(prompt, seed=0, length=0).ids.tolist()
        before, whole = model.vocabulary.decode(ids), model.vocabulary.decode(ids + found)
        assert whole == before + wanted


def test_links_are_what_plain_steps_give():
    model = model_of(list("abc de\n"), lines=True)
    chain = chain_of(model, "ab\nde", 4)
    state = None
    ids = [link.id for link in chain.links]
    for at, link in enumerate(chain.links):
        anew = at == 0 or link.token == "\n"
        logits, state = model.step(None if anew else link.id, None if anew else state)
        p = np.exp(logits.astype(np.float64)) / np.exp(logits.astype(np.float64)).sum()
        assert link.anew == anew
        assert link.own == (at > 5)
        assert [guess.id for guess in link.predicted] == sorted(range(7), key=lambda k: -p[k])[:5]
        np.testing.assert_allclose([guess.p for guess in link.predicted], sorted(p)[::-1][:5], rtol=1e-5)
        assert link.next_id == (ids[at + 1] if at + 1 < len(ids) else None)
        if link.next_id is not None:
            assert link.next_p == pytest.approx(p[link.next_id], rel=1e-5)
    assert [link.token for link in chain.links[:6]] == [None, "a", "b", "\n", "d", "e"]
    assert chain.own == len(chain.links) - 6 > 0


def test_own_tokens_are_the_likeliest():
    chain = chain_of(model_of(list("abcdefg")), "abc", 20)
    for link, after in zip(chain.links[3:], chain.links[4:], strict=False):
        assert after.own and link.predicted[0].id == after.id


def test_nothing_and_no_steps_is_refused():
    with pytest.raises(TextError):
        chain_of(model_of(list("abc")), "", 0)
    assert len(chain_of(model_of(list("abc")), "", 1).links) == 2
    assert len(chain_of(model_of(list("abc")), "a", 0).links) == 2


def test_weights_that_are_no_numbers():
    model = model_of(list("abc"))
    model.network.parameters[:] = np.nan
    model.network.refresh()
    with pytest.raises(ModelFileError):
        chain_of(model, "a", 3)
    assert np.isnan(chain_of(model, "a", 0).links[0].predicted[0].p)


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=12))
@settings(max_examples=50)
def test_probabilities(logits):
    p = softmax(np.array(logits, np.float32))
    assert p.sum() == pytest.approx(1.0)
    order = likeliest(p[None], 20)[0].tolist()
    assert sorted(order) == list(range(len(logits)))
    assert all(p[a] > p[b] or (p[a] == p[b] and a < b) for a, b in pairwise(order))
