"""Documents' ends: a token of their own, that spells nothing, where a text has several documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.errors import UsageError
from lstmgen.inspection.passage import read_passage
from lstmgen.text import Vocabulary, load_corpus
from lstmgen.text.documents import separate_records_hint
from lstmgen.text.identity import is_recorded_corpus, recorded_load_options
from lstmgen.text.loading import load_text
from lstmgen.text.streams import Streams
from lstmgen.training.record import corpus_facts


def recipes(count: int = 120) -> list[str]:
    return [f"Soup {k}\nStir {'the pot ' * (1 + k % 5)}well.\n" for k in range(count)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "texts"
    place.mkdir()
    for k, text in enumerate(recipes()):
        (place / f"{k:03}.txt").write_text(text)
    return place


@pytest.mark.parametrize("level", ["char", "word"])
def test_many_short_documents_are_shuffled_and_held_back_as_wholes(folder: Path, level: str) -> None:
    corpus = load_corpus([str(folder)], level=level)
    end = corpus.vocabulary.end
    assert corpus.stand_alone and end == len(corpus.vocabulary) - 1 and corpus.documents == 120
    pieces = np.split(corpus.ids, corpus.starts[1:])
    assert all(piece[-1] == end and (piece[:-1] != end).all() for piece in pieces)
    texts = [corpus.vocabulary.decode(piece) for piece in pieces]
    assert sorted(texts) == sorted(recipes()) and texts != recipes()
    assert corpus.split in corpus.starts and corpus.characters == sum(map(len, recipes()))
    assert corpus.validation_characters == sum(map(len, texts[corpus.training_starts.size :]))


def test_copies_of_a_document_are_on_one_side(tmp_path: Path) -> None:
    names = []
    for k in range(400):
        (tmp_path / f"{k}.txt").write_text(f"Song number {k % 200}, sung again and again.\n")
        names.append(str(tmp_path / f"{k}.txt"))
    corpus = load_corpus(names)
    pieces = [corpus.vocabulary.decode(piece) for piece in np.split(corpus.ids, corpus.starts[1:])]
    learned = set(pieces[: corpus.training_starts.size])
    assert not learned & set(pieces[corpus.training_starts.size :]) and len(learned) < 200
    assert any("200 of 400 documents repeat another document." in note for note in corpus.notes)


def test_few_long_documents_are_learned_from_like_one_text(tmp_path: Path) -> None:
    names = []
    for k in range(3):
        (tmp_path / f"{k}.txt").write_text(f"Chapter {k}. It was a long day, and then it was over.\n" * 400)
        names.append(str(tmp_path / f"{k}.txt"))
    corpus = load_corpus(names)
    assert not corpus.stand_alone and corpus.documents == 3 and corpus.validation_pieces
    assert corpus.beginnings is not None


def test_of_one_document_no_end_is_learned() -> None:
    assert load_text("a text\n\nand more" * 100).vocabulary.end is None
    assert load_text("aa||bb", documents="||").vocabulary.end is not None


def test_a_separator_that_separates_nothing_is_said() -> None:
    said = "--documents '%%' separates nothing in the text: every file is read as a single document."
    assert load_text("aa||bb", documents="%%").notes[-1] == said
    assert all("separates" not in note for note in load_text("aa||bb", documents="||").notes)


def test_a_text_read_as_0_1_0_did_has_none(folder: Path) -> None:
    corpus = load_corpus([str(folder)], document_ends=False, validation=0.0)
    assert corpus.vocabulary.end is None and not corpus.stand_alone
    assert corpus.vocabulary.decode(corpus.ids) == "".join(recipes())


@pytest.mark.parametrize("documents", [None, "blank-line"])
def test_it_is_found_again_by_what_a_header_says(tmp_path: Path, folder: Path, documents: str | None) -> None:
    path = folder
    if documents:
        path = tmp_path / "cards.txt"
        path.write_text("\n".join(recipes()))
    corpus = load_corpus([str(path)], documents=documents)
    header = {
        "level": "char",
        "lines": False,
        "newlines": "\n",
        "corpus": corpus_facts(corpus),
        "training": {"options": {"documents": documents} if documents else {}},
    }
    again = load_corpus([str(path)], **recorded_load_options(header))
    assert is_recorded_corpus(again, header) and (again.ids == corpus.ids).all()
    assert header["corpus"]["longest_document"] == corpus.longest_document


def test_rows_begin_only_where_documents_do(folder: Path) -> None:
    corpus = load_corpus([str(folder)])
    streams = Streams(
        corpus.training, corpus.training_starts, 4, 16, np.random.default_rng(0),
        beginnings=corpus.beginnings, stand_alone=True,
    )  # fmt: skip
    firsts = {recipe[0] for recipe in recipes()}
    for k in range(60):
        x, y = streams.next_window()
        begun = y[(x == -1) & (y >= 0)]
        assert k == 0 or {corpus.vocabulary.tokens[token] for token in begun} <= firsts


def test_a_model_without_an_end_gains_one(folder: Path) -> None:
    old = Vocabulary("char", [*"\n abcdefghijklmnopqrstuvwxyzS.0123456789"])
    corpus = load_corpus([str(folder)], known_vocabulary=old)
    assert corpus.vocabulary.tokens[: len(old)] == old.tokens and corpus.vocabulary.end == len(old)
    again = load_corpus([str(folder)], known_vocabulary=corpus.vocabulary)
    assert again.vocabulary == corpus.vocabulary


def test_no_document_is_cut_into_lines_and_by_a_separator() -> None:
    with pytest.raises(UsageError, match="--lines and --documents"):
        load_text("a\nb", lines=True, documents="blank-line")


@given(st.lists(st.text("ab c.\n", min_size=1), min_size=2, max_size=5), st.sampled_from(["char", "word"]))
def test_whole_documents_are_what_is_decoded_and_counted(texts: list[str], level: str) -> None:
    tokens = sorted({token for text in texts for token in Vocabulary(level, []).tokenize(text)})
    vocabulary = Vocabulary(level, [*tokens, "<end>"], end=len(tokens))
    ids = vocabulary.encode_documents(texts)
    ends = np.flatnonzero(ids == vocabulary.end)
    assert len(ends) == len(texts)
    decoded: Iterator[str] = (vocabulary.decode(part) for part in np.split(ids, ends + 1)[:-1])
    assert list(decoded) == texts and vocabulary.decode(ids) == "".join(texts)
    passage = read_passage(vocabulary, texts)
    assert passage.documents == texts and (passage.ids == ids).all()
    assert passage.lengths.sum() == sum(map(len, texts)) and passage.starts.tolist() == [0, *(ends[:-1] + 1)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Card\nCost 3\n2/2\n\n" * 30, 3),
        ("A line.\nAnother.\n\n" * 30, 2),
        ("He said.\n\nShe said\nnothing more,\n\nand went.\n\n" * 30, None),
        ("One paragraph a line.\n\n" * 30, None),
        ("Card\nCost 3\n\n" * 10, None),
    ],
)
def test_blank_lines_are_proposed_where_records_are_alike(text: str, lines: int | None) -> None:
    notes = [note for note in load_text(text).notes if "--documents" in note]
    assert len(notes) == (lines is not None)
    if lines is not None:
        assert f"records of {lines} lines each" in notes[0]
    assert separate_records_hint(np.zeros(5, np.uint8), None) == ""
