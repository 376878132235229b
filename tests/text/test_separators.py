"""Documents cut out of a text: what the separator's expression would cut in one piece, whatever the chunks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import UsageError
from lstmgen.text import separators
from lstmgen.text.separators import cut_documents, separator_pattern


def cut(text: str, separator: str, size: int = 7) -> list[str]:
    chunks = (text[a : a + size] for a in range(0, len(text), size))
    return ["".join(document) for document in cut_documents(chunks, separator_pattern(separator))]


@pytest.mark.parametrize(
    ("separator", "text", "documents"),
    [
        ("blank-line", "one\ntwo\n\nthree\n \t\n\nfour\n", ["one\ntwo", "three", "four"]),
        ("form-feed", "a\f\nb\n\fc", ["a", "b", "c"]),
        ("<|endoftext|>", "a|b<|endoftext|>c<end>", ["a|b", "c<end>"]),
        (r"\n---\n", "x\n---\ny---z\n", ["x", "y---z"]),
        (r"re:^# .*$", "# A\none\n# B\ntwo", ["one", "two"]),
        ("+", "1+2++3", ["1", "2", "3"]),
    ],
)
def test_separators(separator: str, text: str, documents: list[str]) -> None:
    for size in (1, 2, 7, 1_000):
        assert [one for one in cut(text, separator, size) if one] == documents


@given(st.text("ab\n -", max_size=60), st.integers(1, 9), st.sampled_from(["blank-line", "-", r"re:[ab]-+|--"]))
def test_chunks_do_not_matter(text: str, size: int, separator: str) -> None:
    pieces = [piece.strip("\n") for piece in re.split(separator_pattern(separator), text)]
    assert [one for one in cut(text, separator, size) if one] == [piece for piece in pieces if piece]


def test_long_documents_are_handed_out_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separators, "_LONGEST", 8)
    text = "a" * 100 + "\n\n" + "b" * 30 + "\n\n\n" + "c"
    assert cut(text, "blank-line") == ["a" * 100, "b" * 30, "c"]
    first = next(cut_documents((text[a : a + 7] for a in range(0, len(text), 7)), separator_pattern("blank-line")))
    assert max(map(len, first)) <= 16


@pytest.mark.parametrize("separator", ["re:(", "re:x*", ""])
def test_what_separates_nothing_is_refused(separator: str) -> None:
    with pytest.raises(UsageError, match="blank-line, form-feed"):
        separator_pattern(separator)
