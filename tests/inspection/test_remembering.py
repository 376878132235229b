"""The three tasks of holding on, asked of nets made by hand whose answers are known, and recounted."""

import re

import pytest

from lstmgen.inspect.mistakes.measure import BOOK_NAMES
from lstmgen.inspect.mistakes.memory_tasks import (
    COUNTS,
    FILLERS,
    LENGTHS,
    counting_accuracy,
    filler_errors,
    reber_accuracy,
    reber_strings,
)
from tests.corpora.shipped import text as shipped
from tests.inspection.test_unroll import model_of


class Says:
    """A speaker that goes on from a prompt as it is told, sample by sample."""

    def __init__(self, rest):
        self.rest = rest

    def samples(self, count, prompt="", *, echo=True, **settings):
        assert settings["temperature"] in (0.0, 1.0)
        ended = [self.rest(prompt, k)[: settings["length"] * 6] for k in range(count)]
        return [(prompt if echo else "") + rest for rest in ended]


def other(name):
    return BOOK_NAMES[(BOOK_NAMES.index(name) + 1) % 3]


@pytest.mark.parametrize(
    ("rest", "wrong"),
    (
        (lambda prompt, k: f" {other(prompt.split()[0])}.", 0),
        (lambda prompt, k: f" {prompt.split()[0]}.", 300),
        (lambda prompt, k: f" {BOOK_NAMES[k % 3]}.", 100),
        (lambda prompt, k: f" {other(prompt.split()[0])} saw", 300),
        (lambda prompt, k: f" {other(prompt.split()[0])}", 300),
        (lambda prompt, k: " very.", 300),
        (lambda prompt, k: ".", 300),
    ),
)
def test_filler_errors(rest, wrong):
    found = filler_errors(Says(rest), seed=1)
    assert found.of == 300 and found.at == tuple(map(str, FILLERS))
    assert found.hits == pytest.approx((wrong,) * len(FILLERS), abs=2)


def test_filler_errors_that_begin_somewhere():
    def rest(prompt, k):
        name, *fillers = prompt.removesuffix(" saw").split()
        assert set(fillers) <= {"very"}
        return f" {other(name) if len(fillers) <= 8 else name}."

    assert filler_errors(Says(rest), seed=1).hits == tuple(300 * (k > 8) for k in FILLERS)


def test_counting_accuracy():
    def rest(prompt, k):
        n = prompt.count("a")
        assert prompt == "a" * n + "b"
        return "b" * (n - 1 if n <= 12 else n if k % 2 else n - 2)

    found = counting_accuracy(Says(rest), seed=1)
    assert found.hits == tuple(100 * (n <= 12) for n in COUNTS) and found.of == 100


def test_a_line_that_does_not_end_is_not_right():
    endless = Says(lambda prompt, k: "b" * 1000)
    assert sum(counting_accuracy(endless, seed=1).hits) == 0


def test_reber_accuracy():
    assert set(reber_accuracy(Says(lambda prompt, k: prompt[1])).hits) == {100}
    assert set(reber_accuracy(Says(lambda prompt, k: "TP"[prompt[1] == "T"])).hits) == {0}
    always = reber_accuracy(Says(lambda prompt, k: "T"))
    strings = reber_strings()
    assert always.hits == tuple(sum(string[1] == "T" for string in strings[at]) for at in always.at)
    assert all(30 <= hits <= 70 for hits in always.hits)


def walks_reber(string):
    """Whether a string is one of the grammar's, by its states."""
    ways = {"0T": 1, "0P": 2, "1S": 1, "1X": 3, "2T": 2, "2V": 4, "3X": 2, "3S": 5, "4P": 3, "4V": 5}
    state = 0
    for letter in string[3:-3]:
        state = ways.get(f"{state}{letter}", -1)
    return string[:3] in ("BTB", "BPB") and string[-3:] == f"E{string[1]}E" and state == 5


def test_new_reber_strings_are_of_the_grammar_and_of_their_lengths():
    for (low, high), strings in zip(LENGTHS, reber_strings().values(), strict=True):
        assert len(strings) == 100
        assert all(walks_reber(string) and low <= len(string) <= high for string in strings)


def test_a_recount_of_what_a_real_net_says():
    words = model_of(["Doug", "Jane", "Spot", ".", "saw", "very"], level="word")
    found = filler_errors(words, seed=3)
    for at, hits in zip(found.at, found.hits, strict=True):
        wrong = 0
        for name in BOOK_NAMES:
            prompt = f"{name}{' very' * int(at)} saw"
            for text in words.samples(100, prompt, length=2, temperature=1.0, min_p=0.0, seed=3):
                right = re.fullmatch(rf"{prompt} (Doug|Jane|Spot)\.", text)
                wrong += not right or right[1] == name
        assert hits == wrong
    assert 0 < sum(found.hits) < 300 * len(FILLERS)
    letters = model_of(list("ab\n"), lines=True)
    counting = counting_accuracy(letters, seed=3)
    for n, hits in zip(COUNTS, counting.hits, strict=True):
        texts = letters.samples(100, "a" * n + "b", length=n + 1, temperature=1.0, min_p=0.0, seed=3)
        assert hits == sum(bool(re.fullmatch(f"a{{{n}}}b{{{n}}}", text)) for text in texts)


def test_the_shipped_strings_are_of_the_same_grammar():
    assert all(walks_reber(line) for line in shipped("reber").splitlines())
