"""What cannot be seen in a text, tables cut into lines, and files read twice are said."""

from __future__ import annotations

import csv
import io
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.text import load_corpus, load_text, reading
from lstmgen.text.noticing import broken_records

LONG = "word after word\n" * 200


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["latin-1", "iso8859-15", "cp1252"])
def test_a_text_from_windows_read_as_iso_8859_is_told_from_its_controls(encoding: str) -> None:
    Path("a.txt").write_bytes((LONG + "„Ach Mühle“ – hier.\n").encode("cp1252"))
    said = (
        f"Read as {encoding}, the text has 3 control characters (U+0080 to U+009F), where texts from Windows have "
        "quotation marks and dashes: try --encoding cp1252."
    )
    notes = load_corpus(["a.txt"], level="char", encoding=encoding).notes
    assert notes == ([] if encoding == "cp1252" else [said])


def test_marks_that_cannot_be_seen_are_counted() -> None:
    corpus = load_text(LONG + "co\u00adop\u00ader\u00adate\u200b\n", level="char")
    assert corpus.notes == [
        "In the text are 3 soft hyphens (U+00AD) and 1 zero-width space (U+200B), which cannot be seen and are learned "
        "as characters."
    ]
    assert load_text(LONG + "می\u200cخواهم 👩\u200d👧\n", level="char").notes == []


def test_files_joined_with_their_byte_order_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_CHUNK", 7)
    Path("a.txt").write_bytes((LONG.encode("utf-8-sig")) * 3)
    corpus = load_corpus(["a.txt"], level="char")
    assert corpus.notes == [
        "In the text are 2 byte order marks (U+FEFF), which cannot be seen and are learned as characters."
    ]


def test_nuls_are_counted() -> None:
    assert load_text(LONG + "a\0b\0").notes[0].startswith("In the text are 2 NULs (U+0000)")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_records_that_are_cut_by_lines_are_counted(delimiter: str) -> None:
    rows = [
        [str(k), "one\ntwo" if k % 4 == 0 else "a, b; c|d", "x\ny\nz" if k % 10 == 0 else "plain"] for k in range(100)
    ]
    text = table(rows, delimiter)
    assert broken_records(text) == 25 + 20
    wanted = (
        "The text looks like a table (CSV) in which 45 lines end inside quotes: with --lines each is a text of its "
        "own. Replace line ends inside quotes by spaces first."
    )
    assert wanted in load_text(text, lines=True).notes
    assert wanted not in load_text(text).notes


def test_of_several_files_each_beginning_counts() -> None:
    for name in ("a.csv", "b.csv"):
        Path(name).write_text(table([["id", "text"], *[[str(k), "one\ntwo"] for k in range(50)]]))
    assert any("100 lines end inside quotes" in note for note in load_corpus(["a.csv", "b.csv"], lines=True).notes)


@pytest.mark.parametrize(
    "text",
    [
        '"Come in," said he,"and sit.\n"I will," she said, "if I may,\nthank you."\n' * 30,
        '"A speech of several paragraphs,\n"each of which begins with a mark,\n"and only the last ends."\n' * 30,
        table([[str(k), "a, b", 'said "no"'] for k in range(50)]),
        '5" of rain, 3" of snow\n' * 50,
        'name,height\n' + 'Bo,5\' 7"\n' * 50,
        "no quotes, here\n" * 50,
        '"',
        "",
    ],
)  # fmt: skip
def test_other_texts_are_no_broken_tables(text: str) -> None:
    assert broken_records(text) == 0


@given(st.lists(st.lists(st.text("ab \n", min_size=1, max_size=5), min_size=3, max_size=3), min_size=3, max_size=20))
def test_every_line_end_within_a_table_is_found(rows: list[list[str]]) -> None:
    text = table([["x", 'a,"b', "y"], *rows])
    assert broken_records(text) == sum(field.count("\n") for row in rows for field in row)


def test_a_file_named_twice_counts_twice_and_is_said_to() -> None:
    Path("a.txt").write_text(LONG)
    corpus = load_corpus(["a.txt", "./a.txt"], level="char")
    assert corpus.characters == 2 * len(LONG)
    assert corpus.notes == ["a.txt and ./a.txt are one file, which is read twice and counts as often."]
    assert load_corpus(["a.txt"] * 3, level="char").notes == ["a.txt is read 3 times and counts as often."]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_to_a_file_are_seen() -> None:
    Path("texts").mkdir()
    rng = random.Random(1)
    for name in ("a.txt", "b.txt", "c.txt"):
        Path(f"texts/{name}").write_text(rng.choice("xyz") + LONG)
    Path("texts/d.txt").symlink_to("a.txt")
    Path("texts/e.txt").hardlink_to("texts/b.txt")
    notes = load_corpus(["texts"], level="char").notes
    assert notes == [
        "texts/a.txt and texts/d.txt are one file, which is read twice and counts as often; so is another file."
    ]
    assert load_corpus(["texts/a.txt", "texts/b.txt", "texts/c.txt"], level="char").notes == []
