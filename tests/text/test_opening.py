"""Packed texts are read as what is in them, from files, folders and standard input."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from lstmgen.errors import ResourceError, TextError
from lstmgen.text import TextReader, load_corpus, opening

TEXT = "The café is old.\r\nIts door is green.\n" * 500
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_text_is_that_text(ending: str) -> None:
    data = TEXT.encode()
    Path("my.corpus.txt").write_bytes(data)
    Path(f"my.corpus.txt.{ending}").write_bytes(PACKERS[ending](data))
    plain, packed = load_corpus(["my.corpus.txt"]), load_corpus([f"my.corpus.txt.{ending}"])
    assert packed.digest == plain.digest and packed.ids.tolist() == plain.ids.tolist()
    assert packed.name == "my.corpus" and packed.names == [f"my.corpus.txt.{ending}"]
    assert load_corpus(["-"], stdin=io.BytesIO(PACKERS[ending](data))).digest == plain.digest
    twice = io.BytesIO(PACKERS[ending](PACKERS[ending](data)))
    assert load_corpus(["-"], stdin=twice).digest == plain.digest


def test_what_is_packed_says_how_it_is_read_not_the_name() -> None:
    Path("a.txt").write_bytes(gzip.compress(b"hello"))
    Path("b.gz").write_bytes(b"hello")
    assert load_corpus(["a.txt"]).digest == load_corpus(["b.gz"]).digest


def test_members_one_after_the_other_are_one_text() -> None:
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    assert "".join(TextReader().stream(io.BytesIO(data), "a")) == "one two"


def test_in_a_folder_too() -> None:
    Path("texts").mkdir()
    Path("texts/a.txt.gz").write_bytes(gzip.compress(b"one"))
    Path("texts/b.txt").write_bytes(b"two")
    Path("texts/cut.gz").write_bytes(gzip.compress(TEXT.encode())[:60])
    Path("texts/picture.gz").write_bytes(gzip.compress(b"\xff\xd8\xff\xe0\0"))
    corpus = load_corpus(["texts"])
    assert corpus.vocabulary.decode(corpus.ids) == "onetwo"
    assert corpus.skipped == [
        "texts/cut.gz (a damaged gzip file: Compressed file ended before the end-of-stream marker was reached)",
        "texts/picture.gz (a JPEG image)",
    ]


@pytest.mark.parametrize("ending", PACKERS)
def test_a_damaged_file_is_called_so(ending: str) -> None:
    data = PACKERS[ending](TEXT.encode())
    kind = {"gz": "gzip", "bz2": "bzip2", "xz": "xz"}[ending]
    turned = data[:40] + bytes(255 - byte for byte in data[40:60]) + data[60:]
    for damaged in (data[: len(data) // 2], turned):
        Path("a").write_bytes(damaged)
        with pytest.raises(TextError, match=rf"^a is a damaged {kind} file: .*\nGet it anew, or unpack what is left"):
            load_corpus(["a"])


def test_an_encoding_holds_for_what_is_inside() -> None:
    Path("a.gz").write_bytes(gzip.compress("été".encode("cp1252")))
    assert load_corpus(["a.gz"], encoding="cp1252").characters == 3
    with pytest.raises(TextError, match=r"a\.gz is not UTF-8: byte 0xe9 at offset 0"):
        load_corpus(["a.gz"])


def test_an_archive_within_is_named_and_endless_packing_refused() -> None:
    with pytest.raises(TextError, match=r"it is a tar archive\.\nUnpack it and name the folder"):
        list(TextReader().stream(io.BytesIO(gzip.compress(b"a.txt".ljust(257, b"\0") + b"ustar")), "a.tgz"))
    data = b"text"
    for _ in range(opening._NESTED):
        data = gzip.compress(data)
    with pytest.raises(TextError, match="packed more than 3 times"):
        list(TextReader().stream(io.BytesIO(data), "a"))


def test_a_disk_that_fails_is_not_taken_for_damage() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(min(size or 0, 50))
            if not data:
                raise OSError(5, "Input/output error")
            return data

    with pytest.raises(ResourceError, match=r"a\.gz cannot be read: Input/output error"):
        list(TextReader().stream(Failing(gzip.compress(TEXT.encode())[:-20]), "a.gz"))


def test_little_at_a_time_is_enough() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 3))

    assert "".join(TextReader().stream(Slow(gzip.compress(TEXT.encode())), "a")) == TEXT.replace("\r\n", "\n")
