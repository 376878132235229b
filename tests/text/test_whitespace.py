"""Token level: what stands between white space is a token, and joining gives every text back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.inspection.passage import read_passage
from lstmgen.text import Vocabulary, load_corpus, words
from lstmgen.text.loading import load_text
from lstmgen.text.whitespace import split_at_spaces, split_chunks_at_spaces
from tests.cli.running import run_alone

TEXTS = st.text(st.sampled_from("ab<_.日\u0301 \t\n\r\v\x1c\x85\xa0\u2003\u2028"), max_size=30) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("NOTE_ON_60 TIME_12 <bar>", ["NOTE_ON_60", "TIME_12", "<bar>"]),
        ("it's  two\n\nlines", ["it's", "  ", "two", "\n", "\n", "lines"]),
        (" a ", [" ", "a", " "]),
        ("a \t b", ["a", " ", "\t", " ", "b"]),
        ("今日 は", ["今日", "は"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert split_at_spaces(text) == tokens


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    vocabulary = Vocabulary("token", sorted(set(split_at_spaces(text))))
    ids, unseen = vocabulary.encode(text)
    assert vocabulary.decode(ids) == text and not unseen
    assert vocabulary.characters_of(ids).sum() == len(text)
    if text:
        assert read_passage(vocabulary, [text]).text == text


@given(TEXTS, st.integers(1, 5))
def test_chunks_do_not_matter(text: str, size: int) -> None:
    chunks = [text[a : a + size] for a in range(0, len(text), size)]
    pieces = [words.token_of(piece) for part in split_chunks_at_spaces(chunks) for piece in part]
    assert pieces == split_at_spaces(text)


def test_a_corpus_of_tokens(tmp_path: Path) -> None:
    text = "NOTE_ON_60 TIME_12 <end> NOTE_OFF_60\n" * 300
    corpus = load_text(text, level="token")
    assert sorted(corpus.vocabulary.tokens) == ["\n", "<end>", "NOTE_OFF_60", "NOTE_ON_60", "TIME_12"]
    assert corpus.vocabulary.end is None and corpus.characters == len(text)
    for name in "ab":
        (tmp_path / name).write_text(text)
    two = load_corpus([str(tmp_path / "a"), str(tmp_path / "b")], level="token", validation=0.0)
    assert two.vocabulary.tokens[two.vocabulary.end or 0] == "<<end>>"
    assert two.vocabulary.decode(two.ids) == 2 * text


def test_trained_and_written_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "tune.txt").write_text("on_60 wait_12 off_60 wait_6 <bar>\n" * 400)
    trained = run_alone("train", "tune.txt", "--level", "token", "--steps", "120", "--quiet", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    made = run_alone("sample", "--prompt", "on_60 wait_12 ", "-n", "6", "--temperature", "0", "--json", cwd=tmp_path)
    sample = json.loads(made.stdout)
    assert sample["prompt"] + sample["samples"][0]["text"] == "on_60 wait_12 off_60 wait_6 <bar>\non_60 wait_12"
    for view in ("gates", "score", "predictions", "unroll"):
        seen = run_alone("inspect", view, "--text", "on_60 wait_12 off_60 wait_6 <bar>\n", cwd=tmp_path)
        assert seen.returncode == 0, seen.stderr
    assert b"tokens" in run_alone("inspect", "model", cwd=tmp_path).stdout
