"""What was named: files, folders, standard input, shipped corpora."""

import io
import os
from pathlib import Path

import pytest

from lstmgen.errors import TextError, UsageError
from lstmgen.shipped import shipped_corpora, shipped_corpus_facts
from lstmgen.text import load_corpus


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_file(here: Path) -> None:
    Path("my.book.txt").write_text("abc")
    corpus = load_corpus(["my.book.txt"])
    assert (corpus.name, corpus.names, corpus.paths) == ("my.book", ["my.book.txt"], [str(here / "my.book.txt")])
    assert corpus.starts.tolist() == [0] and corpus.vocabulary.decode(corpus.ids) == "abc"


def test_several_files_are_documents_of_their_own() -> None:
    for name, text in (("b", "one two"), ("a", "."), ("empty", ""), ("c", "three\n")):
        Path(name).write_text(text)
    corpus = load_corpus(["b", "empty", "a", "c"], level="word")
    assert corpus.starts.tolist() == [0, 3, 5]
    tokens = ["one", "two", "<end>", ".", "<end>", "three", "\n", "<end>"]
    assert [corpus.vocabulary.tokens[k] for k in corpus.ids] == tokens
    assert corpus.characters == 14 and corpus.names == ["b", "empty", "a", "c"] and corpus.name == "b"


def test_a_folder_gives_its_texts_in_path_order(here: Path) -> None:
    for name in ("z.txt", "b/one.txt", "b/.git/config", ".hidden", "a/two.md", ".run.lock"):
        path = here / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name[0]}")
    (here / "texts" / "b" / "picture").write_bytes(b"\xff\xd8\xff")
    (here / "texts" / "b" / "zeros").write_bytes(b"a\0b")
    (here / "texts" / "none").write_bytes(b"")
    corpus = load_corpus(["texts"])
    assert corpus.vocabulary.decode(corpus.ids) == "toz" and corpus.starts.tolist() == [0, 2, 4]
    assert sorted(corpus.skipped) == [
        "texts/.hidden (hidden)",
        "texts/b/.git (hidden)",
        "texts/b/picture (a JPEG image)",
        "texts/b/zeros (binary)",
        "texts/none (empty)",
    ]
    assert corpus.name == "texts" and corpus.names == ["texts"] and corpus.paths == [str(here / "texts")]
    assert corpus.notes[0] == "Skipped files (hidden, empty or no text): 5."
    assert load_corpus(["./texts/."]).name == "texts"


def test_a_folder_without_text_is_refused(here: Path) -> None:
    (here / "none").mkdir()
    with pytest.raises(TextError, match=r"^The folder none has no text in it\.\nName a folder with text files"):
        load_corpus(["none"])
    (here / "none" / "empty").touch()
    with pytest.raises(
        TextError, match=r"\n1 skipped as hidden, empty or not UTF-8 text; name the files themselves\.$"
    ):
        load_corpus(["none"])


def test_a_link_to_nothing_is_called_so(here: Path) -> None:
    Path("old.txt").symlink_to("gone.txt")
    with pytest.raises(
        UsageError, match=r"^old\.txt is a link to gone\.txt, which is not there\.\nName the text itself\.$"
    ):
        load_corpus(["old.txt"])


def test_the_present_folder_has_its_own_name(here: Path) -> None:
    Path("a.txt").write_text("a")
    assert load_corpus(["."]).name == here.name


def test_standard_input() -> None:
    corpus = load_corpus(["-"], stdin=io.BytesIO(b"hello"))
    assert (corpus.name, corpus.names, corpus.paths, corpus.characters) == ("stdin", ["stdin"], ["-"], 5)
    with pytest.raises(UsageError, match="only once"):
        load_corpus(["-", "-"], stdin=io.BytesIO(b"hello"))
    with pytest.raises(TextError, match="standard input is not UTF-8"):
        load_corpus(["-"], stdin=io.BytesIO(b"\xff"))


def test_every_shipped_corpus_is_found_and_knows_itself() -> None:
    assert {"childrens-book", "dinners", "weather", "names"} <= set(shipped_corpora())
    for name, path in shipped_corpora().items():
        assert path.is_file()
        facts = shipped_corpus_facts(name)
        corpus = load_corpus([name])
        assert (corpus.level, corpus.lines) == (facts["level"], facts["lines"])
        assert corpus.names == [name] and corpus.paths == [str(path)]
    assert "no such" not in shipped_corpora()


def test_what_was_asked_for_wins_over_the_shipped_corpus_s_own_level() -> None:
    corpus = load_corpus(["names"], level="word", lines=False)
    assert (corpus.level, corpus.lines) == ("word", False)


def test_an_existing_path_wins_over_a_shipped_name() -> None:
    Path("names").write_text("mine")
    corpus = load_corpus(["names"])
    assert corpus.vocabulary.decode(corpus.ids) == "mine" and not corpus.lines


@pytest.mark.parametrize(
    ("name", "near"),
    [("corpsu.txt", "corpus.txt"), ("nmaes", "names"), ("weathr", "weather"), ("texts/tow.txt", "texts/two.txt")],
)
def test_a_wrong_name_gets_a_suggestion(here: Path, name: str, near: str) -> None:
    (here / "texts").mkdir()
    for path in ("corpus.txt", "texts/two.txt"):
        Path(path).write_text("a")
    with pytest.raises(UsageError) as caught:
        load_corpus([name])
    assert str(caught.value).splitlines()[-1] == f"Did you mean {near}?"


@pytest.mark.parametrize("name", ["qqqqqqqq", "q" * 5_000, "no/such/folder/at/all"])
def test_names_that_are_nothing_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="There is no file, folder or shipped corpus"):
        load_corpus([name])
    with pytest.raises(UsageError, match="No text was given"):
        load_corpus([])


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_file_name_that_is_no_text_is_shown_as_text() -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        Path(name).write_text("abc")
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    assert load_corpus([name]).names == ["caf\ufffd.txt"]
    assert load_corpus([name]).name == "caf\ufffd"


def test_a_pipe_can_be_read() -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    read, write = os.pipe()
    os.write(write, b"through a pipe")
    os.close(write)
    if not Path(f"/dev/fd/{read}").exists():
        pytest.skip("no /dev/fd here")
    try:
        assert load_corpus([f"/dev/fd/{read}"]).characters == 14
    finally:
        os.close(read)
