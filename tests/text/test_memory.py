"""A corpus of characters takes few bytes a character, whatever characters they are."""

import tracemalloc
from pathlib import Path

import pytest

from lstmgen.text import load_corpus

CHARACTERS = 6_000_000


@pytest.mark.parametrize("kind", ["ascii", "chinese", "emoji", "lines"])
def test_under_six_bytes_a_character(kind: str, tmp_path: Path) -> None:
    line = "".join(map(chr, range(0x4E00, 0x4E00 + 999))) if kind == "chinese" else "the quick brown fox 0123" * 40
    path = tmp_path / "large.txt"
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for _ in range(CHARACTERS // (len(line) + 1)):
            stream.write(line + "\n")
        stream.write("\U0001f600" if kind == "emoji" else "x")
    tracemalloc.start()
    try:
        corpus = load_corpus([str(path)], lines=kind == "lines")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert abs(corpus.characters - CHARACTERS) < 2_000
    assert len(corpus.ids) == corpus.characters
    assert peak < 6 * CHARACTERS
