"""`train` on files that are packed, no text, or in another encoding: what is said, and that the printed way works."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from tests.cli.running import Runner

SMALL = ("--steps", "1", "--hidden-size", "4", "--seq-length", "8", "--seed", "1", "-q")
PROSE = "Der alte Garten lag in der Sonne.\nDie Bäume standen schön über dem Fluss.\n" * 30


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("book.docx", docx(), "Error: book.docx is not plain text: it is a Word document.\n"
            "Save it as plain text (.txt), UTF-8.\n"),
        ("book.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "Error: book.pdf is not plain text: it is a PDF file.\n"
            "Take the text out of it first, for example with pdftotext.\n"),
        ("cut.gz", gzip.compress(PROSE.encode())[:40], "Error: cut.gz is a damaged gzip file: Compressed file ended "
            "before the end-of-stream marker was reached.\nGet it anew, or unpack what is left of it and name that.\n"),
        ("wide.txt", PROSE.encode("utf-16-be"), "Error: wide.txt is UTF-16-BE, not UTF-8. It reads: "
            "…n der Sonne. Die Bäume standen schön über dem Fluss. D…\nRead it so: --encoding utf-16-be\n"),
        ("old.txt", PROSE.encode("mac-roman"), "Error: old.txt is not UTF-8: byte 0x8a at offset 39 (line 2): invalid "
            "start byte.\nIt would read:\n"
            "  --encoding mac-roman  …n der Sonne. Die Bäume standen schön über dem Fluss. D…\n"
            "Choose the --encoding that reads right, or replace such bytes by \ufffd: --errors replace.\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_a_way_out(run: Runner, folder: Path, name: str, data: bytes, said: str) -> None:
    Path(name).write_bytes(data)
    ran = run("train", name, *SMALL)
    assert (ran.code, ran.out, ran.err) == (3, "", said)


@pytest.mark.parametrize("encoding", ["utf-16-be", "gb18030", "koi8-r", "mac-roman"])
def test_the_first_encoding_proposed_reads_the_text(run: Runner, folder: Path, encoding: str) -> None:
    text = {"gb18030": "老房子矗立在河边，没有人知道谁住在里面。\n", "koi8-r": "Старый дом стоял на берегу реки.\n"}
    words = text.get(encoding, PROSE[:80])
    Path("a.txt").write_bytes((words * 40).encode(encoding))
    refused = run("train", "a.txt", *SMALL)
    proposed = refused.err.partition("--encoding ")[2].split()[0]
    assert (refused.code, proposed) == (3, encoding)
    ran = run("train", "a.txt", "--encoding", proposed, *SMALL)
    assert ran.code == 0, ran.err
    assert run("sample", "--prompt-file", "a.txt", "-n", "0", "-q").out == words * 40 + "\n"


def test_a_packed_text_gives_a_model_of_the_text_s_name(run: Runner, folder: Path) -> None:
    Path("prose.txt.gz").write_bytes(gzip.compress(PROSE.encode()))
    ran = run("train", "prose.txt.gz", *SMALL)
    assert ran.code == 0 and Path("models/prose.npz").is_file()
    ran = run("inspect", "score", "--no-baselines")
    assert ran.code == 0 and "of prose.txt.gz" in ran.out
    assert run("train", "prose.txt.gz", "--resume", "--steps", "2", "-q").code == 0
    assert run("train", "prose.txt.gz", *SMALL).code == 2  # the model is there
