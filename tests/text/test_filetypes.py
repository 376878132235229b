"""Files that are no text are recognised by their first bytes; texts that begin a little like them are not."""

from __future__ import annotations

import io
import sqlite3
import tarfile
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lstmgen.errors import TextError
from lstmgen.shipped import shipped_model
from lstmgen.text import load_corpus
from lstmgen.text.filetypes import HEAD, recognise


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in names:
            name, _, contents = member.partition("=")
            archive.writestr(zipfile.ZipInfo(name) if contents else name, contents or "some text of it")
    return out.getvalue()


def arrays() -> bytes:
    out = io.BytesIO()
    np.savez(out, weights=np.zeros(3))
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 4, "NONE", ""))
        file.writeframes(b"\1\2" * 4)
    return out.getvalue()


def database(folder: Path) -> bytes:
    path = folder / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (x)")
    connection.close()
    return path.read_bytes()


KINDS = {
    "a Word document": zipped("[Content_Types].xml", "word/document.xml"),
    "an Excel workbook": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "a PowerPoint presentation": zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "an OpenDocument file": zipped("mimetype=application/vnd.oasis.opendocument.text", "content.xml"),
    "an OpenDocument spreadsheet": zipped("mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
    "an EPUB book": zipped("mimetype=application/epub+zip", "META-INF/container.xml"),
    "a ZIP archive": zipped("a.txt"),
    "a model or another NumPy archive (.npz)": arrays(),
    "a tar archive": tarred(),
    "a PDF file": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "an RTF document": rb"{\rtf1\ansi hello}",
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "a GIF image": b"GIF89a\1\0\1\0\0\0",
    "a WebP image": b"RIFF\x24\0\0\0WEBPVP8 ",
    "an audio file": sound(),
    "a video file": b"\0\0\0\x20ftypisom\0\0\2\0",
    "an old Office document (Word, Excel, PowerPoint)": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20),
    "an executable program": b"\x7fELF\2\1\1\0",
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_named(name: str) -> None:
    found = recognise(KINDS[name][:HEAD])
    assert found is not None and found.name == name
    assert found.way_out[0].isupper() and found.way_out.endswith((".", "NAME"))


def test_a_database_and_a_model_are_named(tmp_path: Path) -> None:
    found = recognise(database(tmp_path)[:HEAD])
    assert found is not None and found.name == "an SQLite database"
    ready = shipped_model()
    if ready is not None:
        found = recognise(ready.read_bytes()[:HEAD])
        assert found is not None and found.name.startswith("a model")


@pytest.mark.parametrize(
    "text",
    ["", "P", "PK is a name", "ID3 tags", "OggS is how it begins", "GIF89a\n", "MZ", "fLaC", "RIFF, chapter one",
     "Rar! he cried", "%PD", "BZh", "MThd", "SQLite format 3 is a file format", "\0\0", "II*", "word/",
     "PAR1 and PAR2"],
)  # fmt: skip
def test_a_text_that_begins_alike_is_a_text(text: str) -> None:
    assert recognise(text.encode()) is None


def test_such_a_file_is_refused_whatever_the_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("book.docx").write_bytes(KINDS["a Word document"])
    for how in ({}, {"encoding": "latin-1"}, {"errors": "replace"}):
        with pytest.raises(TextError) as caught:
            load_corpus(["book.docx"], **how)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "book.docx is not plain text: it is a Word document.\nSave it as plain text (.txt), UTF-8."
        )


def test_in_a_folder_they_are_skipped_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("texts").mkdir()
    for number, data in enumerate(KINDS.values()):
        Path(f"texts/{number:02}").write_bytes(data)
    Path("texts/text.txt").write_text("hello")
    corpus = load_corpus(["texts"])
    assert corpus.characters == 5
    assert corpus.skipped == [f"texts/{number:02} ({name})" for number, name in enumerate(KINDS)]
