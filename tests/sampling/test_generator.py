"""Whole samples: exact whatever the batch, ended where they should, joined with their prompt."""

import itertools

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import ModelFileError, TextError
from lstmgen.sampling import generator
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text.tokens import Vocabulary
from tests.sampling.networks import ABC, BOOK, CHARS, WORDS, network_over, records, run, written


def texts(*args, **more):
    return [record.text for record in records(*args, **more)]


def naive(vocabulary, network, index, length, prompt=(), seed=7, document_end=None, **filters):
    """One sample, one token a time, by the logits of all that came before it."""
    from tests.naive import filtered

    uniform = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, index])))
    ids = [-1, *prompt]
    banned = np.zeros(len(vocabulary), np.uint8)
    if vocabulary.unknown is not None:
        banned[vocabulary.unknown] = 1
    for _ in range(length):
        z, _state = network.logits(np.array(ids, np.int32)[:, None], network.zero_state(1))
        p = filtered(z[-1, 0], banned=banned, **filters)
        token = int(np.searchsorted(np.cumsum(p), uniform.random() * p.sum(), side="right"))
        if token == document_end:
            break
        ids.append(token)
    return vocabulary.decode([*prompt, *ids[1 + len(prompt) :]])[len(vocabulary.decode(prompt)) :]


@pytest.mark.parametrize("filters", [{}, {"temperature": 0.6, "top_k": 5}, {"top_p": 0.8, "min_p": 0.1}])
def test_the_tokens_are_drawn_from_the_networks_own_distribution(filters):
    filters = {"temperature": 1.0, "min_p": 0.0} | filters
    prompt = ABC.encode("a bad")[0].tolist()
    expected = [naive(ABC, CHARS, k, 60, prompt, **filters) for k in range(3)]
    assert texts(prompt="a bad", length=60, num_samples=3, **filters) == expected
    expected = [naive(BOOK, WORDS, k, 30, [0, 3], **filters) for k in range(3)]
    assert texts(BOOK, prompt="Doug saw ", length=30, num_samples=3, **filters) == expected


@pytest.mark.parametrize("lines", [False, True])
def test_a_sample_is_the_same_whatever_the_number_of_samples(lines):
    many = texts(length=130, num_samples=70, lines=lines)
    assert texts(length=130, num_samples=1, lines=lines) == many[:1]
    assert texts(length=130, num_samples=5, lines=lines) == many[:5]
    assert len(set(many)) > 40  # short lines may be equal
    assert texts(length=130, num_samples=5, lines=lines, seed=8) != many[:5]


@pytest.mark.parametrize(("length", "prompt"), [(77, ""), (77, "ab\nhead"), (6, "c")])
@pytest.mark.parametrize("vocabulary", [ABC, BOOK], ids=["char", "word"])
def test_block_and_batch_sizes_do_not_show(monkeypatch, vocabulary, length, prompt):
    how = {"length": length, "num_samples": 12, "lines": True, "prompt": "Doug saw" if vocabulary is BOOK else prompt}
    found = set()
    for block, rows in ((48, 12), *itertools.product((1, 5, 500), (1, 2, 7))):
        monkeypatch.setattr(generator, "_BLOCK", block)
        monkeypatch.setattr(generator, "_LONG_BLOCK", block)
        monkeypatch.setattr(generator, "_ROWS", rows)
        found.add(tuple(records(vocabulary, **how)))
    assert len(found) == 1
    assert {record.stopped for record in found.pop()} == {"line", "length"} or length == 77


def test_samples_side_by_side_do_not_space_each_others_words():
    quotes = Vocabulary("word", ["Doug", "saw", '"', "(", " "])
    network = network_over(quotes)
    many = texts(quotes, network=network, length=60, num_samples=6, prompt="Doug", min_p=0.0)
    assert many == [naive(quotes, network, k, 60, [0]) for k in range(6)]


def test_a_shorter_sample_is_the_beginning_of_a_longer_one():
    assert texts(length=200)[0].startswith(texts(length=49)[0])


def test_pieces_stream_in_order_and_join_to_the_records():
    pieces = run(length=300, num_samples=40)
    assert [piece.sample for piece in pieces] == sorted(piece.sample for piece in pieces)
    assert len([piece for piece in pieces if piece.sample == 0]) > 3  # the first one comes while it is made
    for k in range(40):
        own = [piece for piece in pieces if piece.sample == k]
        assert [piece.last for piece in own] == [False] * (len(own) - 1) + [True]
        assert "".join(piece.text for piece in own) == own[-1].finished.text


def test_lengths_are_tokens_after_the_prompt():
    (record,) = records(length=123, prompt="abc")
    assert (len(record.text), record.tokens, record.stopped, record.prompt) == (123, 123, "length", "abc")
    (record,) = records(BOOK, length=9, prompt="Doug")
    assert (len(BOOK.encode("Doug" + record.text)[0]), record.tokens) == (10, 9)
    assert [record.tokens for record in records() + records(BOOK)] == [500, 100]


def test_nothing_to_write_is_the_prompt_alone():
    pieces = run(length=0, prompt="abc", echo=True, num_samples=2)
    assert [(piece.sample, piece.text, piece.last) for piece in pieces] == [(0, "abc", True), (1, "abc", True)]
    assert texts(length=0) == [""]


def test_the_prompt_is_printed_first_unless_told_not_to():
    loud, quiet = run(prompt="abc", length=20, echo=True), run(prompt="abc", length=20)
    assert "".join(p.text for p in loud) == "abc" + "".join(p.text for p in quiet)
    assert loud[-1].finished == quiet[-1].finished
    assert len(quiet[-1].finished.text) == 20


def test_words_join_to_a_prompt_with_or_without_its_last_space():
    with_space, without = (run(BOOK, prompt=p, length=12, echo=True) for p in ("Doug saw ", "Doug saw"))
    assert with_space == without
    text = "".join(piece.text for piece in without)
    assert "  " not in text
    assert BOOK.encode(text)[0].tolist() == [0, 3, *BOOK.encode(text)[0].tolist()[2:]]
    assert len(BOOK.encode(text)[0]) == 14


def test_the_unknown_word_is_never_written():
    written = BOOK.encode(texts(BOOK, length=3000, min_p=0.0, temperature=5.0)[0])[0]
    assert set(written.tolist()) == {0, 1, 2, 3, 4, 6}


def test_stop_is_left_out_and_ends_the_sample():
    plain = texts(length=400)[0]
    for at in (0, 1, 46, 47, 48, 100):
        stop = plain[at : at + 4]
        (record,) = records(length=400, stop=stop)
        assert record.text == plain[: plain.find(stop)]
        assert (record.stopped, record.tokens) == ("stop", plain.find(stop) + 4)
    pieces = run(length=400, stop=plain[46:50])
    assert "".join(piece.text for piece in pieces) == plain[: plain.find(plain[46:50])]


def test_a_stop_begun_but_not_completed_is_shown():
    plain = texts(length=60)[0]
    (record,) = records(length=60, stop=plain[-3:] + "?")
    assert (record.text, record.stopped) == (plain, "length")


def test_a_stop_in_the_prompt_stops_nothing():
    (record,) = records(prompt="abc", length=30, stop="abc" * 9)
    assert (record.stopped, record.tokens) == ("length", 30)


def test_lines_end_at_the_newline_which_is_not_written():
    found = records(lines=True, length=1000, num_samples=40)
    assert {record.stopped for record in found} == {"line"}
    assert not any("\n" in record.text for record in found)
    assert all(record.tokens == len(record.text) + 1 for record in found)
    free = texts(length=1000)[0]
    assert found[0].text == free.split("\n")[0]


def test_a_line_is_written_as_if_earlier_lines_had_not_been():
    assert texts(lines=True, prompt="ab\nfed\nhe", num_samples=3) == texts(lines=True, prompt="he", num_samples=3)
    assert texts(lines=True, prompt="ab\n", num_samples=3) == texts(lines=True, num_samples=3)


def test_temperature_zero_knows_no_seed():
    assert len({*texts(temperature=0.0, num_samples=3, seed=1), *texts(temperature=0.0, seed=2)}) == 1


def test_errors_come_before_the_first_piece():
    with pytest.raises(TextError):
        written(CHARS, ABC, SamplingSettings(), prompt="é", unknown="error")


def test_weights_that_are_no_numbers_are_said():
    class Broken:
        zero_state, logits, geometry = CHARS.zero_state, CHARS.logits, CHARS.geometry

        def sampler(self, rows, precision):
            return self

        def next_tokens(self, last, state, uniforms, *_):
            return np.full(uniforms.shape, -1, np.int32), state

    with pytest.raises(ModelFileError, match="no usable number"):
        run(network=Broken())


def test_a_long_prompt_is_read_whole():
    prompt = "abcdefghij " * 300
    assert texts(prompt=prompt, length=40) == [naive(ABC, CHARS, 0, 40, ABC.encode(prompt)[0].tolist())]


@pytest.mark.parametrize("cell", CELL_FACTS)
def test_short_and_long_prompts_are_read_alike(cell, monkeypatch):
    network = network_over(ABC, cell)
    for prompt, lines in (("a", False), ("abc\nhead\nbad fig", False), ("abc\nhead\nbad fig", True)):
        found = []
        for limit in (0, 100):
            monkeypatch.setattr(generator, "_SHORT_PROMPT", limit)
            found.append(texts(prompt=prompt, lines=lines, length=50, num_samples=3, network=network))
        assert found[0] == found[1]


def test_some_samples_are_what_they_are_among_all() -> None:
    request = prepare_request(ABC, SamplingSettings(seed=7, num_samples=40, length=12))
    everything = [piece.finished for piece in generator.generate(CHARS, ABC, request) if piece.finished]
    some = [
        piece.finished for piece in generator.generate(CHARS, ABC, request, samples=range(33, 37)) if piece.finished
    ]
    assert some == everything[33:37]
    assert list(generator.generate(CHARS, ABC, request, samples=range(5, 5))) == []
