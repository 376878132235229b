"""A corpus: ids and their type, vocabulary cuts, documents, the validation part."""

import hashlib
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import TextError, UsageError
from lstmgen.text import UNKNOWN_TOKEN, Corpus, collect, cut, load_corpus, load_text

SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug. "


def documents_of(corpus: Corpus, ids: np.ndarray, starts: np.ndarray) -> list[str]:
    return [corpus.vocabulary.decode(part) for part in np.split(ids, starts[1:])]


def beginnings(corpus: Corpus) -> np.ndarray:
    """All of them."""
    assert corpus.beginnings is not None
    return np.flatnonzero(corpus.beginnings(np.arange(len(corpus.training))))


def test_the_children_s_book_has_the_lecture_s_five_tokens() -> None:
    corpus = load_text((SENTENCES * 700)[:-1], level="word")
    assert sorted(corpus.vocabulary.tokens) == [".", "Doug", "Jane", "Spot", "saw"]
    assert corpus.vocabulary.unknown is None and len(corpus.ids) == 4 * 2_100
    assert corpus.vocabulary.decode(corpus.ids) == (SENTENCES * 700)[:-1]


def test_characters_are_in_code_point_order_and_words_by_frequency() -> None:
    assert load_text("hello b").vocabulary.tokens == list(" behlo")
    assert load_text("b c a b, c b", level="word").vocabulary.tokens == ["b", "c", ",", "a"]


def test_ids_have_the_smallest_type() -> None:
    for kinds, kind in ((256, np.uint8), (257, np.uint16), (65_536, np.uint16), (65_537, np.uint32)):
        text = "".join(map(chr, range(0x10000, 0x10000 + kinds)))
        corpus = load_text(text, validation=0.0)
        assert corpus.ids.dtype == kind and len(corpus.vocabulary) == kinds
        assert corpus.vocabulary.decode(corpus.ids) == text
    assert [collect.smallest_id_type(n) for n in (1, 256, 257)] == [np.uint8, np.uint8, np.uint16]


def test_the_digest_is_of_the_text_after_line_ends_were_treated(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa\r\n")
    (tmp_path / "b").write_bytes("é".encode())
    names = [str(tmp_path / "a"), str(tmp_path / "b")]
    wanted = hashlib.sha256("a\né".encode()).hexdigest()
    for level in ("char", "word"):
        for lines in (False, True):
            assert load_corpus(names, level=level, lines=lines).digest == wanted
    assert load_corpus(names, keep_newlines=True).digest == hashlib.sha256("a\r\né".encode()).hexdigest()
    assert load_corpus(names, keep_newlines=True).newlines == "kept" and load_corpus(names).newlines == "\n"


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("text", ["", "\ufeff"])
def test_an_empty_text_is_refused(level: str, text: str) -> None:
    with pytest.raises(TextError, match="text is empty"):
        load_text(text, level=level)
    with pytest.raises(TextError, match="no line with anything in it"):
        load_text("\n\n", level=level, lines=True)


def test_options_out_of_range_are_refused() -> None:
    for wrong in ({"level": "byte"}, {"min_count": 0}, {"validation": 1.0}, {"validation": float("nan")}):
        with pytest.raises(UsageError, match="must be"):
            load_text("a", **wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--keep-newlines"):
        load_text("a", lines=True, keep_newlines=True)


# Cutting


def test_how_often_a_word_must_occur_grows_with_the_text() -> None:
    sizes = (100, 9_999, 10_000, 1_000_000, 9_999_999, 10_000_000, 10**9)
    assert [cut.default_min_count("word", size) for size in sizes] == [1, 1, 2, 2, 2, 3, 3]
    assert [cut.default_min_count("char", size) for size in sizes] == [1] * 7


def test_a_small_text_keeps_every_word_even_of_its_validation_part() -> None:
    corpus = load_text(SENTENCES * 150 + "Last words.", level="word")
    assert corpus.split < len(corpus.ids) and corpus.characters < 10_000
    assert {"Last", "words"} <= set(corpus.vocabulary.tokens) and corpus.vocabulary.unknown is None


def test_a_larger_text_cuts_what_its_training_part_has_once() -> None:
    text = SENTENCES * 1_000 + "Rare Twice Twice. " + SENTENCES * 10 + "Late Late late."
    corpus = load_text(text, level="word", validation=0.05)
    vocabulary = corpus.vocabulary
    late = text.rindex("Twice") > corpus.training_characters
    assert late, "the rare words are to be in the validation part"
    assert sorted(vocabulary.tokens) == sorted([".", "Doug", "Jane", "Spot", "saw", UNKNOWN_TOKEN])
    assert vocabulary.unknown == 5 == vocabulary.tokens.index(UNKNOWN_TOKEN)
    assert (corpus.ids == 5).sum() == 6
    assert corpus.unknown_characters == len("RareTwiceTwiceLateLatelate")
    kept = load_text(text, level="word", validation=0.0)
    assert {"Twice", "Late"} <= set(kept.vocabulary.tokens) and kept.unknown_characters == 0
    assert (kept.ids == kept.vocabulary.unknown).sum() == 2


def test_min_count_is_taken_as_it_is_at_both_levels() -> None:
    assert load_text("a a a b b c", level="word", min_count=2).vocabulary.tokens == ["a", "b", UNKNOWN_TOKEN]
    assert load_text("a a a b b c", level="word", min_count=3).vocabulary.tokens == ["a", UNKNOWN_TOKEN]
    corpus = load_text("aaabbc", min_count=2)
    assert corpus.vocabulary.tokens == ["a", "b", UNKNOWN_TOKEN] and corpus.ids.tolist() == [0, 0, 0, 1, 1, 2]


def test_a_text_of_which_no_token_would_be_left_is_refused() -> None:
    with pytest.raises(TextError, match=r"text has no character that occurs 9 times in the part to learn from\.\nKeep"):
        load_text("ab", min_count=9)
    with pytest.raises(
        TextError, match=r"text has no word that occurs more than once .*\nKeep rare ones with --min-count 1"
    ):
        load_text("a" * 20_000, level="word")
    assert load_text("a" * 20_000, level="word", min_count=1).vocabulary.tokens == ["a" * 20_000]


def test_at_most_so_many_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "_MOST_WORDS", 3)
    corpus = load_text("d d d c c c c b b a", level="word")
    assert corpus.vocabulary.tokens == ["c", "d", "b", UNKNOWN_TOKEN]
    assert len(load_text("d d d c c b b a", level="word", min_count=1).vocabulary) == 4


def test_many_kinds_of_character_draw_a_hint() -> None:
    assert load_text("".join(map(chr, range(0x4E00, 0x4E00 + 1_000)))).notes == []
    alone = load_text("".join(map(chr, range(0x4E00, 0x4E00 + 1_001)))).notes[0]
    assert alone == "1,001 different characters make training slow; give it a longer --time."


def test_the_end_of_a_document_is_no_kind_of_character(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("".join(map(chr, range(0x4E00, 0x4E00 + 1_001))), encoding="utf-8")
    notes = load_corpus([str(tmp_path)]).notes
    assert any(note.startswith("1,001 different characters make training slow") for note in notes)


def han(often: int, rare: int) -> str:
    """Han letters: 800 kinds that often, 400 so many times."""
    return "".join(chr(0x4E00 + k) * (often if k < 800 else rare) for k in range(1_200))


@pytest.mark.parametrize(
    ("text", "min_count", "said"),
    [
        # words are no way out where each letter is one; nor is a count that is in force
        (han(400, 1), None, "; --min-count 2 leaves out 400 of them, 0.1 % of the text."),
        (han(400, 1), 1, "; --min-count 2 leaves out 400 of them, 0.1 % of the text."),
        (han(700, 3), 2, "; --min-count 5 leaves out 400 of them, 0.2 % of the text."),
        (han(400, 4), 3, "; --min-count 5 leaves out 400 of them, 0.5 % of the text."),
        (han(40, 20), None, "; give it a longer --time."),
        (han(700, 3).replace("一", "ab"), 5, None),  # those are left out
        ("".join(map(chr, range(0xAC00, 0xAC00 + 1_200))) * 9, None, "; --level word may suit the text better."),
        (han(400, 1) + "word " * 90_000, None, "0.1 % of the text, --level word may suit the text better."),
    ],
)
def test_only_what_would_change_something_is_advised(text: str, min_count: int | None, said: str | None) -> None:
    notes = load_text(text, min_count=min_count, validation=0.0).notes
    assert len(notes) == (said is not None)
    assert said is None or notes[0].endswith(said)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("The fox went home. " * 200, {}, True),
        ("The fox went home. " * 200, {"level": "char"}, False),  # that is what was asked for
        ("The fox went home. " * 200, {"level": "word"}, False),
        ("The fox went home.\n" * 200, {"lines": True}, False),
        ("The fox went home. " * 40, {}, False),  # a trifle
        ("The fox went home. " * 6_000, {}, False),  # long enough to learn how words are spelled
        (han(200, 5), {}, False),  # each letter is a word
        ("f(x,y)=x;" * 300, {}, False),  # nothing sets words apart
    ],
)
def test_words_are_proposed_for_a_short_text_of_words(text: str, options: dict[str, Any], said: bool) -> None:
    notes = [note for note in load_text(text, **options).notes if "--level word" in note]
    assert len(notes) == said
    assert all(note.startswith("A text this short reads better word by word: --level word makes no") for note in notes)


@pytest.mark.parametrize(("text", "said"), [("good 👍🏽 day\n", True), ("in 🇩🇪 now\n", True), ("a ☂️ day 😀\n", False)])
def test_emoji_of_several_characters_are_said_to_be_several_words(text: str, said: bool) -> None:
    notes = load_text(text * 100, level="word").notes
    assert sum("--level token keeps them whole" in note for note in notes) == said
    assert not any("Emoji" in note for level in ("char", "token") for note in load_text(text * 100, level=level).notes)


@pytest.mark.parametrize(
    ("text", "options", "whole", "note"),
    [
        ("ab" * 499, {}, "too short to set a part aside for validation", "Below 1,000 no part"),
        ("ab" * 499, {"validation": 0.5}, "too short to set a part aside for validation", "has only 998 tokens"),
        ("ab\n" * 400, {"validation": 0.0}, "no validation part, as asked", None),
        ("ab" * 100, {"validation": 0.0}, "no validation part, as asked", None),
        ("ab" * 900, {"lines": True}, "a single line, which cannot be divided", "Leave --lines out."),
        ("ab" * 900, {"lines": True, "validation": 0.5}, "a single line, which cannot be divided", "there is only one"),
        ("ab" * 900, {"validation": 1e-12}, "no validation part: --validation 1e-12 of 1,800 tokens is less than one",
         "Give a larger share"),
        ("ab" * 900, {}, "", None),
    ],
)  # fmt: skip
def test_why_nothing_is_held_back(text: str, options: dict[str, Any], whole: str, note: str | None) -> None:
    corpus = load_text(text, level="char", **options)
    assert corpus.no_validation_reason == whole
    assert len(corpus.notes) == (note is not None)
    assert note is None or note in corpus.notes[0]


# Splitting


def test_the_validation_part_is_the_end_of_the_text() -> None:
    corpus = load_text("abcde" * 400)
    assert (corpus.split, len(corpus.training), len(corpus.validation)) == (1_900, 1_900, 100)
    assert (corpus.training_characters, corpus.validation_characters, corpus.characters) == (1_900, 100, 2_000)
    assert corpus.validation_starts.tolist() == [0] and corpus.training_starts.tolist() == [0]
    assert load_text("ab" * 499).split == 998
    assert "only 998 tokens" in load_text("ab" * 499, validation=0.5).notes[0]
    assert load_text("ab" * 500, validation=0.0).split == 1_000
    assert load_text("ab" * 500, validation=None).split == 950


def test_the_last_tenth_of_a_text_is_nine_tenths_away() -> None:
    corpus = load_text("abcdefgh" * 139_424 + "ab", validation=0.1)  # as long as tiny Shakespeare
    assert (corpus.split, len(corpus.validation)) == (1_003_854, 111_540)


def test_the_usual_share_is_held_to_a_number_of_tokens() -> None:
    text = "abcde" * 900_000
    assert len(load_text(text).validation) == 200_000
    assert len(load_text(text, validation=0.06).validation) == 270_000


def test_characters_of_words_are_split_exactly() -> None:
    text = SENTENCES * 600
    corpus = load_text(text, level="word")
    head = corpus.vocabulary.decode(corpus.training)
    assert corpus.training_characters == len(head) and text.startswith(head)
    assert corpus.validation_characters == len(text) - len(head)
    assert 1_300 < corpus.validation_characters < 1_400


def test_several_documents_are_split_by_token(tmp_path: Path) -> None:
    names = []
    for k, name in enumerate("abc"):
        (tmp_path / name).write_text(name * (400 + 300 * k))
        names.append(str(tmp_path / name))
    corpus = load_corpus(names, validation=0.6)
    assert corpus.starts.tolist() == [0, 401, 1_102] and corpus.split == 841  # each has its end
    assert corpus.training_starts.tolist() == [0, 401] and corpus.validation_starts.tolist() == [0, 261]


# Lines as documents


@pytest.mark.parametrize("level", ["char", "word"])
def test_lines_are_shuffled_and_split_by_line(level: str) -> None:
    rng = random.Random(2)
    lines = ["".join(rng.choice("abcd ") for _ in range(rng.randrange(1, 12))) + "x" for _ in range(700)]
    corpus = load_text("\n\n".join(lines), level=level, lines=True)
    vocabulary = corpus.vocabulary
    trained = documents_of(corpus, corpus.training, corpus.training_starts)
    held = documents_of(corpus, corpus.validation, corpus.validation_starts)
    assert sorted(trained + held) == sorted(line + "\n" for line in lines)
    assert [line.rstrip("\n") for line in trained + held] != lines
    assert all(document.endswith("\n") for document in trained + held)
    assert abs(len(corpus.validation) / len(corpus.ids) - 0.05) < 0.01
    assert corpus.characters == sum(map(len, lines)) + len(lines)
    assert corpus.validation_characters == sum(map(len, held))
    assert corpus.beginnings is None and vocabulary.unknown is None
    again = load_text("\n\n".join(lines), level=level, lines=True)
    assert (again.ids == corpus.ids).all() and (again.starts == corpus.starts).all()


def test_the_last_line_of_every_file_ends(tmp_path: Path) -> None:
    for name, text in (("a", "Ann\nBea"), ("b", ""), ("c", "Cid\n")):
        (tmp_path / name).write_text(text)
    corpus = load_corpus([str(tmp_path / name) for name in "abc"], lines=True)
    assert sorted(documents_of(corpus, corpus.ids, corpus.starts)) == ["Ann\n", "Bea\n", "Cid\n"]


def test_one_long_line_is_not_split() -> None:
    corpus = load_text("abcdefghij" * 200, lines=True)
    assert corpus.split == len(corpus.ids) == 2_001 and corpus.starts.tolist() == [0]


def test_documents_are_gathered_alike_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join("x" * (k % 7) + str(k) for k in range(300))
    whole = load_text(text, lines=True)
    for size in (1, 10, 64):
        monkeypatch.setattr("lstmgen.text.spool.BLOCK", size)
        parts = load_text(text, lines=True)
        assert (parts.ids == whole.ids).all() and (parts.starts == whole.starts).all()
        assert parts.characters == whole.characters and parts.split == whole.split


@pytest.mark.parametrize("level", ["char", "word"])
def test_chunks_never_change_the_corpus(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "It's 3.14, well-known!\r\n\r\nÉté \U0001f600 ok. 我们 don't\r" * 20
    whole = load_text(text, level=level)
    for size in (1, 2, 3, 50):
        monkeypatch.setattr("lstmgen.text.reading._CHUNK", size)
        parts = load_text(text, level=level)
        assert (parts.ids == whole.ids).all() and parts.vocabulary == whole.vocabulary
        assert (parts.digest, parts.characters) == (whole.digest, whole.characters)


# Beginnings


def test_a_text_begins_after_sentences_and_blank_lines() -> None:
    text = 'He said: "Go. Now!" She did (yes.) No, 3.14 it is.\nSo be it.\n\nNext: one\ntwo'
    corpus = load_text(text)
    places = beginnings(corpus)
    assert [text[k : k + 4] for k in places] == ["Now!", "She ", "No, ", "So b", "Next"]
    worded = load_text(text, level="word")
    places = beginnings(worded)
    assert [worded.vocabulary.tokens[k] for k in worded.ids[places]] == ["Now", "She", "No", "So", "Next"]
    assert beginnings(load_text("我来。你去！他")).tolist() == [3, 6]


def test_a_text_without_sentences_begins_after_lines_or_anywhere() -> None:
    assert beginnings(load_text("one two\nthree\n")).tolist() == [8]
    assert load_text("abc" * 1_000).beginnings is None
    assert load_text("a").beginnings is None


@pytest.mark.parametrize("level", ["char", "word"])
def test_beginnings_depend_on_neither_blocks_nor_order(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = load_text('One. Two." Three\n\nFour! ' * 10, level=level)
    found = corpus.beginnings
    assert found is not None
    places = beginnings(corpus)
    mixed = np.random.default_rng(1).integers(len(corpus.ids), size=(300, 2))
    assert (found(mixed) == np.isin(mixed, places)).all()
    for size in (1, 2, 3, 7):
        monkeypatch.setattr("lstmgen.text.spool.BLOCK", size)
        assert sum(found._counts()) == len(places)


def test_whether_beginnings_are_many_enough_is_seen_wherever_they_are() -> None:
    sentences, desert = "One. Two. " * 500, "a" * 990_000  # 999 beginnings, and a place where none is for long
    for text in (sentences + desert, desert + " " + sentences + "One. Two."):
        assert load_text(text, validation=0).beginnings is not None
        assert load_text(text + "a" * 50_000, validation=0).beginnings is None


def test_what_was_met_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\xffb\xffc")
    corpus = load_corpus([str(tmp_path / "a")], errors="replace", validation=0.0)
    assert corpus.replaced == 2 and corpus.notes == ["Undecodable bytes replaced by �: 2."]
    ignored = load_corpus([str(tmp_path / "a")], errors="ignore", validation=0.0)
    assert ignored.characters == 3 and ignored.notes == ["Undecodable bytes left out: 2."]


def test_options_read_the_same_text_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((SENTENCES * 700 + "Once caf\xe9\r\n").encode("latin-1"))
    corpus = load_corpus([str(path)], level="word", encoding="latin-1", keep_newlines=True, min_count=2, validation=0.1)
    again = load_corpus(corpus.paths, level=corpus.level, lines=corpus.lines, **corpus.load_options)
    assert (again.ids == corpus.ids).all() and again.vocabulary == corpus.vocabulary
    assert (again.digest, again.split, again.newlines) == (corpus.digest, corpus.split, "kept")
