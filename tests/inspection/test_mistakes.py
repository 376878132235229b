"""The children's book's mistakes: hand-made texts, a recount by other means, and what a net without memory must do."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.api import Model
from lstmgen.inspect.mistakes.measure import (
    FRESH,
    FRESH_SEED,
    OPTIMUM,
    SENTENCE_KINDS,
    book,
    count_kinds,
    kind_of,
    loss_of,
    memoryless,
    sample_writing,
    sentences_of,
    write_sentences,
)

TOKENS = [".", "Doug", "Jane", "Spot", "saw"]


def pairs(text="Doug saw Jane. Jane saw Spot. Spot saw Doug. Doug."):
    return Model.from_arrays(memoryless(text, TOKENS), TOKENS, cell="rnn", level="word")


def recount(text):
    """By regular expressions over the whole text, with none of the package's own ways."""
    found = dict.fromkeys(SENTENCE_KINDS, 0)
    for sentence in re.findall(r"[^.]*\.", text):
        saws = len(re.findall(r"\bsaw\b", sentence))
        whole = re.fullmatch(r"\s*(Doug|Jane|Spot)\s+saw\s+(Doug|Jane|Spot)\s*\.", sentence)
        if saws != 1:
            found["run-on" if saws else "fragment"] += 1
        else:
            found["other" if not whole else "same name" if whole[1] == whole[2] else "right"] += 1
    return found


@pytest.mark.parametrize(
    ("sentence", "kind"),
    (
        ("Doug saw Jane", "right"),
        (" Spot saw\nDoug ", "right"),
        ("Doug saw Doug", "same name"),
        ("Jane saw Spot saw Doug", "run-on"),
        ("Jane saw Spot saw Doug saw", "run-on"),
        ("saw saw", "run-on"),
        ("Doug saw Doug saw Doug", "run-on"),
        ("Spot", "fragment"),
        ("", "fragment"),
        ("Doug Jane Spot", "fragment"),
        ("Doug sawed Jane", "fragment"),
        ("saw Jane", "other"),
        ("Jane saw", "other"),
        ("Doug Jane saw Spot", "other"),
        ("saw", "other"),
        ("Doug saw Mary", "other"),
        ("Mary saw Mary", "other"),
        ("Doug saw, Jane", "other"),
        ("doug saw Jane", "other"),
    ),
)
def test_each_mistake_by_hand(sentence, kind):
    assert kind_of(sentence) == kind
    assert recount(f"{sentence}.")[kind] == 1


def test_how_sentences_are_cut():
    text = "Doug saw Jane. Spot. Doug. Jane. Jane saw Spot saw Doug saw"
    assert sentences_of(text) == ["Doug saw Jane", " Spot", " Doug", " Jane"]
    assert count_kinds(text) == {"right": 1, "same name": 0, "run-on": 0, "fragment": 3, "other": 0}
    assert count_kinds("Doug saw Doug. ..") == {"right": 0, "same name": 1, "run-on": 0, "fragment": 2, "other": 0}
    assert count_kinds("") == dict.fromkeys(SENTENCE_KINDS, 0)


@given(st.lists(st.sampled_from([*TOKENS, "saw", ".", "very"]), max_size=80))
@settings(max_examples=100)
def test_counts_equal_a_recount(words):
    text = " ".join(words)
    assert count_kinds(text) == recount(text)
    assert sum(count_kinds(text).values()) == text.count(".")


def test_the_book_is_six_sentences_in_any_order():
    sentences = re.findall(r"(\w+) saw (\w+)\.", book(6000, seed=3))
    assert len(sentences) == 6000
    assert {(a, b) for a, b in sentences if a != b} == set(sentences) and len(set(sentences)) == 6
    assert all(abs(sentences.count(one) - 1000) < 150 for one in set(sentences))
    assert len(set(pairwise(sentences))) == 36
    assert book(50, seed=3) == book(50, seed=3) != book(50, seed=4)
    assert " ".join(f"{a} saw {b}." for a, b in sentences) == book(6000, seed=3)


def test_fillers_of_every_number():
    text = book(3000, seed=1, most_fillers=4)
    found = re.findall(r"(\w+)((?: very)*) saw (\w+)\.", text)
    assert " ".join(f"{a}{very} saw {b}." for a, very, b in found) == text
    numbers = [len(very.split()) for _, very, _ in found]
    assert set(numbers) == {0, 1, 2, 3, 4}
    assert all(abs(numbers.count(k) - 600) < 120 for k in range(5))


def test_what_is_written_is_whole_sentences_and_the_counts_are_theirs():
    net = pairs()
    writing = sample_writing(net, seed=5, sentences=300)
    assert writing.total == writing.text.count(".") == 300
    assert writing.text.endswith(".")
    assert writing.counts == recount(writing.text)
    assert net.sample(length=4000, temperature=1.0, min_p=0.0, seed=5).startswith(writing.text)
    assert all(writing.counts[kind] for kind in ("right", "run-on", "fragment"))


def test_who_never_ends_a_sentence_is_cut(monkeypatch):
    monkeypatch.setattr("lstmgen.inspect.mistakes.measure._LONGEST", 5)
    net = pairs("Doug saw Doug saw Doug saw Doug saw .")
    ends = write_sentences(net, 100, seed=1)
    assert ends.count(".") < 100
    assert ends == "" or ends.endswith(".")


def test_without_memory_the_loss_is_twice_the_best():
    text = book(50_000, seed=2)
    net = pairs(text)
    assert pytest.approx(math.log(6) / 4) == OPTIMUM == pytest.approx(0.4479, abs=5e-5)
    assert loss_of(net) == pytest.approx(2 * OPTIMUM, abs=1e-3)
    counts = sample_writing(net, seed=1).counts  # a name is followed by saw or a stop, each in half of the cases
    for kind, share in {"right": 1 / 6, "same name": 1 / 12, "run-on": 1 / 4, "fragment": 1 / 2, "other": 0}.items():
        assert counts[kind] == pytest.approx(1000 * share, abs=60)


def test_the_loss_is_that_of_a_table_of_pairs():
    """From counts alone, without a net; and of a net, the same whatever came two words before."""
    text = book(500, seed=2)
    words = re.findall(r"\w+|\.", text)
    fresh = re.findall(r"\w+|\.", book(FRESH, FRESH_SEED))
    after = {w: [b for a, b in pairwise(words) if a == w] for w in TOKENS}
    chances = [after[a].count(b) / len(after[a]) for a, b in pairwise([".", *fresh])]
    assert loss_of(pairs(text)) == pytest.approx(-np.log(chances).mean(), abs=1e-4)
    a, b = pairs(text).trace("Doug saw"), pairs(text).trace("Jane. Spot saw")
    np.testing.assert_array_equal(a.logits[-1], b.logits[-1])


def test_a_model_of_characters_is_measured_by_the_same_unit():
    """A net that finds every character equally likely: its loss over all of them, a fourth of it for each sentence."""
    characters = sorted(set(book(20, 1)))
    V = len(characters)
    zeros = {"layers.0.W": (1, 3, V), "layers.0.U": (1, 3, 3), "layers.0.b": (1, 3), "output.W": (V, 3), "output.b": V}
    net = Model.from_arrays({k: np.zeros(v) for k, v in zeros.items()}, characters, cell="rnn")
    assert loss_of(net) == pytest.approx(len(book(FRESH, FRESH_SEED)) * math.log(V) / (4 * FRESH), rel=1e-5)
