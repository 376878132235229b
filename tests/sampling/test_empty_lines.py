"""No line that was learned from is empty, so none is written: a line's end is not its first token."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lstmgen.sampling import generator
from lstmgen.sampling.generator import generate
from lstmgen.sampling.novel import CopyGuard
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text import Vocabulary, load_text
from lstmgen.text.spans import SpanSet
from lstmgen.training.samples import search_copies, write_sample
from tests.cli.running import cycle
from tests.sampling.networks import network_over

ENDING = cycle(["a", "b", "\n"], lines=True, first=2)  # would end every line before it begins; a and b are alike to it
ABC = Vocabulary("char", ["\n", *"abcd"])
NETWORK = network_over(ABC)


def lines(vocabulary=ENDING.vocabulary, network=ENDING.network, guard=None, prompt="", lines=True, **settings):
    wishes = SamplingSettings(**{"seed": 3, "temperature": 1.0} | settings)
    request = prepare_request(vocabulary, wishes, prompt=prompt, lines=lines, echo=False)
    return [piece.finished.text for piece in generate(network, vocabulary, request, guard) if piece.finished]


@pytest.mark.parametrize("settings", [{}, {"top_k": 1}, {"top_p": 0.5}])
def test_the_first_token_is_drawn_among_the_others(settings):
    written = lines(num_samples=200, **settings)
    if settings:
        assert set(written) <= {"ab", "b"}
    else:
        assert 75 < written.count("ab") < 125
        assert written.count("ab") + written.count("b") == 200
    assert set(lines(num_samples=3, temperature=0.0)) == {"ab"}


def test_only_where_a_line_begins():
    assert lines(prompt="ab\n", num_samples=20) == lines(num_samples=20)
    assert lines(prompt="ab\nab", num_samples=2) == ["", ""]  # the line is "ab", which may end
    assert lines(lines=False, length=4) == ["\nab\n"]
    assert lines(Vocabulary("char", ["\n"]), network_over(Vocabulary("char", ["\n"]))) == [""]  # what else?


def test_a_sample_is_the_same_whatever_the_number_of_samples(monkeypatch):
    many = lines(ABC, NETWORK, num_samples=60, length=30)
    free = lines(ABC, NETWORK, num_samples=60, length=30, lines=False)
    began = [text.partition("\n")[0] for text in free]
    assert "" in began and "" not in many
    assert [text for text, one in zip(many, began, strict=True) if one] == [one for one in began if one]
    assert lines(ABC, NETWORK, num_samples=7, length=30) == many[:7]
    for name in ("_BLOCK", "_SHORT_BLOCK", "_ROWS"):
        monkeypatch.setattr(generator, name, 3)
        assert lines(ABC, NETWORK, num_samples=9, length=30) == many[:9]


def test_where_no_long_span_may_be_copied():
    """Spans of two tokens, of which every one with a first is known: each line is one token, however often tried."""
    spans = SpanSet(np.array([1, 1, 5, 1, 2, 5, 1, 3, 5, 1, 4], np.uint8), 2)
    written = lines(ABC, NETWORK, CopyGuard(spans), num_samples=40, length=12)
    assert "" not in written and not any("a" in text[:-1] for text in written)
    assert any(text == "a" for text in written)


def test_what_is_shown_and_measured_in_training_has_none():
    corpus = load_text("ab\nab\nb\n" * 9, lines=True)
    network = cycle(list(corpus.vocabulary.tokens), lines=True).network  # "\n", "a", "b": ends at once
    rng = np.random.default_rng(1)
    assert set(write_sample(network, corpus.vocabulary, rng, lines=True).split("\n")) == {"ab", "b"}
    found = search_copies(network, corpus, rng, lambda: False, time.perf_counter)
    assert (found.texts, found.written.lines, found.new_lines) == (100, 100, 0)
    assert found.written.tokens >= 100
