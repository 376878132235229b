"""The page of a model says everything in its header, whatever stands there."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.cleaning import clean
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.model.measure import ModelCard, card_facts, validation_of
from lstmgen.inspect.model.picture import draw_card
from lstmgen.inspect.model.sentences import validation_words
from lstmgen.modelfile import make_header
from lstmgen.settings import Architecture

SIZES = Architecture("lstm", 4, 3, 5, 2)
HISTORY = np.array([[k, 10 * k, 0.01, 3 - k / 5, 3.2 - k / 6, 1.0] for k in range(1, 11)], np.float64)
CLOCK = np.array([[k / 2, 1000.0] for k in range(1, 11)])


def header(**training):
    corpus = {"names": ["my text.txt"], "characters": 4000, "tokens": 1000, "digest": "abc123", "split": 900}
    training = {"updates": 1234, "tokens": 98765, "seed": 7, "command": "lstmgen train 'my text.txt'"} | training
    facts = {"corpus": corpus | {"split_character": 3500}, "training": training}
    return make_header(SIZES, level="char", vocabulary=["a", " ", "\n", "\x1b"], **facts) | {"digest": "f00"}


def card(head, history=HISTORY, clock=CLOCK, path="models/my\x1b.npz"):
    return ModelCard(path, 12345, head, history, clock, SIZES.shapes())


def page(head, width=80):
    return draw_card(card(head), Frame(width))


def test_the_page():
    plain = page(header(final_validation=1.5, final_bits_per_character=2.25, options={"dropout": 0.1})).plain
    for words in (
        "my\\x1b.npz  12,345 bytes",
        "lstm: gates f i o g, output squashing tanh",
        f"2 layers of 5 units, embedding of 3, {SIZES.parameter_count():,} parameters",
        "4 characters: a · ↵ \\x1b",
        "my text.txt, 4,000 characters, 1,000 tokens",
        "the last 100 from token 900",
        "1,234 updates, 98,765 tokens read, in 5 s, seed 7",
        "1.5000 nats per token, 2.2500 bits per character, perplexity 4.48",
        "dropout 0.1",
        "Loss in nats per token over 10 updates",
        "layers.1.U  4 x 5 x 5",
        "f00",
    ):
        assert " ".join(words.split()) in " ".join(plain.split()), words
    assert plain.endswith("The command that repeats it:\n  lstmgen train 'my text.txt'\n")


def test_everything_in_the_header_is_there():
    head = header(best_update=99, best_validation=1.25, numba="0.99", lstmgen="9.8", lanes=8, weather="fair", n=[1, 2])
    plain = " ".join(page(head | {"lines": True, "newlines": "kept", "extra": {"a": "b"}}).plain.split())
    for words in ("best at update 99 (1.2500 nats", "numba 0.99", "lstmgen 9.8", "lanes 8", "weather fair", "n [1, 2]",
                  "every line a document", "line ends kept", 'extra {"a": "b"}', "file format 1"):  # fmt: skip
        assert words in plain, words


def test_validation_in_nats_and_bits():
    assert validation_of(header()) is None
    found = validation_of(header(best_validation=2.0))  # its part has 100 tokens, 500 characters
    assert found["nats"] == 2.0
    assert found["bits_per_character"] == pytest.approx(2.0 / math.log(2) * 100 / 500)
    assert found["perplexity"] == math.exp(2.0)
    assert validation_of(header(best_validation=2.0, final_validation=1.0))["bits_per_character"] == pytest.approx(
        1.0 / math.log(2) * 100 / 500
    )
    assert "no part of the text was held out" in page(header()).plain


def test_counting_is_set_beside_the_model_only_on_the_same_tokens():
    mark = {"order": 7, "nats": 1.25, "bits": 1.75}
    for scored, beside in ((100, True), (40, False)):
        found = validation_words(header(final_validation=1.5, final_tokens=scored, ngram=mark))
        assert f"over {scored} tokens" in found
        assert ("baseline, a 7-gram: 1.2500 nats, 1.7500 bits" in found) == beside


def test_an_untrained_model():
    head = make_header(SIZES, level="word", vocabulary=["a", "b", "c", "<unk>"], unknown=3)
    plain = draw_card(card(head, HISTORY[:0], CLOCK[:0]), Frame()).plain
    assert "not trained by lstmgen" in plain
    assert "4 words (<unk> stands for all others): a b c <unk>" in plain
    assert "Loss" not in plain and "command" not in plain


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FREE = ("best_update", "undone", "halvings", "final_validation", "final_bits_per_character", "final_tokens", "averaged")


@settings(max_examples=80)
@given(st.dictionaries(st.sampled_from(FREE) | st.text(max_size=5), JSON, max_size=5), JSON, st.integers(20, 100))
def test_whatever_stands_in_unchecked_keys(training, split_character, width):
    head = header()
    head["training"] |= {key: value for key, value in training.items() if key not in head["training"]}
    head["corpus"]["split_character"] = split_character
    picture = page(head, width)
    assert clean(picture.plain) == picture.plain


def test_facts_for_machines():
    head = header(final_validation=1.5)
    facts = card_facts(card(head, path="models/x.npz"))
    found = json.loads(json.dumps(facts))
    assert found["header"] == json.loads(json.dumps(head))
    assert found["history"]["validation"] == HISTORY[:, 4].tolist()
    assert found["clock"]["seconds"] == CLOCK[:, 0].tolist()
    assert found["parameters"]["output.W"] == {"shape": [4, 5], "numbers": 20}
    assert (found["model"], found["bytes"], found["validation"]["nats"]) == ("models/x.npz", 12345, 1.5)


def test_a_beginning_that_is_not_in_the_curve_is_said():
    plain = page(header()).plain
    assert "over 10 updates; it starts at 3.03, above the picture\n" in plain
