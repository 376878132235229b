"""Prompts, views and labels read files in one way: packed or not, in the encoding named, UTF-8 or that of the model."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmgen.errors import TextError, UsageError
from lstmgen.terminal import given_text
from lstmgen.terminal.given_text import GivenText, take_text
from lstmgen.terminal.streams import Messages
from tests.cli.running import Runner

TEXT = "Die schönen Bäume über den Flüssen.\r\n"


def header(encoding: str = "utf-8", errors: str = "strict") -> dict[str, Any]:
    options = {"encoding": encoding, "errors": errors}
    return {"level": "char", "newlines": "\n", "corpus": {}, "training": {"options": options}}


class Told(Messages):
    """What is said, kept."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def notice(self, text: str, style: str = "") -> None:
        self.lines.append(text)


def taken(data: bytes, encoding: str | None = None) -> GivenText:
    Path("a.txt").write_bytes(data)
    return take_text(None, "a.txt", encoding, too_long=lambda what: None)


@pytest.fixture(autouse=True)
def told(folder: Path) -> Iterator[Told]:
    return Told()


def test_utf8_stays_utf8_whatever_the_model_learned_from(told: Told) -> None:
    for recorded in ("utf-8", "cp1252", "gb18030", "utf-16"):
        assert taken(TEXT.encode()).read(header(recorded), told) == TEXT
        assert taken(b"\xef\xbb\xbf" + TEXT.encode()).read(header(recorded), told) == TEXT
    assert told.lines == []


@pytest.mark.parametrize("recorded", ["cp1252", "gb18030", "utf-16", "utf-16-le", "mac-roman", "utf-32"])
def test_else_the_model_s_own_encoding_is_used_and_said(told: Told, recorded: str) -> None:
    text = "老房子" if recorded == "gb18030" else TEXT
    assert taken(text.encode(recorded)).read(header(recorded), told) == text
    assert told.lines == [f"a.txt is not UTF-8 and was read as the training text was: {recorded}"]


def test_its_replacements_are_used_too(told: Told) -> None:
    assert taken(b"a\xffb").read(header("utf-8", "replace"), told) == "a\ufffdb"
    assert told.lines[0] == "Undecodable bytes of a.txt: 1."


def test_an_encoding_that_is_named_is_used(told: Told) -> None:
    assert taken("été".encode(), "latin-1").read(header(), told) == "Ã©tÃ©"
    with pytest.raises(TextError, match="is not CP1252: byte 0x81 at offset 0"):
        taken(b"\x81", "cp1252").read(header(), told)
    with pytest.raises(UsageError, match="Did you mean latin-1"):
        taken(b"", "latin-q")


def test_where_none_fits_the_encodings_that_do_are_named(told: Told) -> None:
    with pytest.raises(TextError) as caught:
        taken("привет, старый дом".encode("koi8-r")).read(header("utf-16"), told)
    assert str(caught.value).splitlines()[2] == "  --encoding koi8-r  привет, старый дом"
    assert str(caught.value).splitlines()[-1] == "Choose the --encoding that reads right, or save it as UTF-8."


def test_packed_files_are_read_and_others_named(told: Told) -> None:
    assert taken(gzip.compress(TEXT.encode())).read(header(), told) == TEXT
    with pytest.raises(TextError, match="it is a PDF file"):
        taken(b"%PDF-1.4\n")


def test_a_long_file_is_cut_where_no_character_is(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_text, "_LONGEST", 4)
    Path("a.txt").write_bytes("abcé".encode())
    long: list[str] = []
    given = take_text(None, "a.txt", None, too_long=long.append)
    assert given.read(header(), told) == "abc" and long == ["4 bytes of a.txt"]


def test_what_is_typed_is_the_text(told: Told) -> None:
    assert take_text("typed", None, None, too_long=long_is_wrong).read(header(), told) == "typed"
    assert take_text(None, None, None, too_long=long_is_wrong).read(header(), told) is None
    with pytest.raises(UsageError, match=r"^--text and --file both give the text\.\nUse only one of them\.$"):
        take_text("a", "b", None, too_long=long_is_wrong)


def long_is_wrong(what: str) -> None:
    raise AssertionError(what)


def test_a_model_s_own_text_can_be_read_by_every_command(run: Runner) -> None:
    Path("old.txt").write_bytes((TEXT * 40).encode("cp1252"))
    Path("old.txt.gz").write_bytes(gzip.compress((TEXT * 40).encode("cp1252")))
    Path("labels.txt").write_bytes("\n".join("1" for _ in range(40)).encode("utf-16"))
    ran = run("train", "old.txt", "--encoding", "cp1252", "--steps", "1", "--hidden-size", "4", "--seq-length", "8",
              "--seed", "1", "-q")  # fmt: skip
    assert ran.code == 0, ran.err
    for name in ("old.txt", "old.txt.gz"):
        said = f"{name} is not UTF-8 and was read as the training text was: cp1252"
        ran = run("sample", "--prompt-file", name, "-n", "0")
        assert ran.code == 0 and ran.out == TEXT.replace("\r", "") * 40 + "\n"
        assert said in ran.err.splitlines()
        ran = run("inspect", "score", "--file", name, "--no-baselines")
        assert ran.code == 0 and said in ran.err.splitlines() and "does not know" not in ran.err
    assert run("inspect", "score", "--file", "old.txt", "--encoding", "cp1252", "--no-baselines").code == 0
    ran = run("inspect", "units", "--file", "old.txt", "--labels", "labels.txt", "--encoding", "cp1252")
    assert ran.code == 3 and "labels.txt is UTF-16, not CP1252" in ran.err
    ran = run("inspect", "gates", "--text", "die", "--encoding", "cp1252")
    assert (ran.code, ran.err.splitlines()[-1]) == (2, "Name one with --file, or leave it out.")
