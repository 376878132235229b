"""Encodings are told from one another by how the bytes would read in each."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.cleaning import on_one_line
from lstmgen.errors import TextError
from lstmgen.text import load_corpus
from lstmgen.text.encodings import likely_readings, wide_encoding

TEXTS = {
    "Le vieux château se dressait au bord de la forêt, où les élèves allaient à pied. Noël était déjà passé.": [
        "cp1252",
        "mac-roman",
        "utf-16-le",
        "utf-16-be",
        "cp850",
    ],
    "Die Füße der Bäume sind größer als die schönen Häuser in München, und über uns fliegen Vögel.": [
        "cp1252",
        "mac-roman",
        "cp850",
    ],
    "El niño comió una manzana en el jardín. ¿Dónde está mi corazón? Mañana será otro día, señor.": [
        "cp1252",
        "mac-roman",
    ],
    "A canção começou ontem à noite, e não há razão para os irmãos ficarem tristes com o coração.": ["cp1252"],
    "She said “it’s a fine day” — and then, as always, nothing happened… “Well,” he said.": ["cp1252", "mac-roman"],
    "Zażółć gęślą jaźń. Książka leży na półce, a pies śpi pod stołem; będzie świeża żywność.": [
        "cp1250",
        "iso8859-2",
        "utf-16-le",
    ],
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Děti běžely přes řeku a zpívaly písně.": ["cp1250", "iso8859-2"],
    "Az öreg őr a kapuban ült, és a tűz fényénél könyvet olvasott; új hírek érkeztek, jó reggelt.": [
        "cp1250",
        "iso8859-2",
    ],
    "Старый дом стоял на берегу реки, и никто не знал, кто в нём живёт. Утром пошёл дождь.": [
        "cp1251",
        "koi8-r",
        "iso8859-5",
        "cp866",
        "utf-16-le",
        "utf-16-be",
    ],
    "Старий будинок стояв на березі річки, і ніхто не знав, хто в ньому живе. Їхній пес був її другом.": [
        "cp1251",
        "koi8-u",
    ],
    "Το παλιό σπίτι στεκόταν στην όχθη του ποταμού και κανείς δεν ήξερε ποιος ζει εκεί.": [
        "cp1253",
        "iso8859-7",
        "utf-16-le",
    ],
    "הבית הישן עמד על גדת הנהר ואף אחד לא ידע מי גר בו": ["cp1255", "utf-16-le"],
    "كان البيت القديم على ضفة النهر ولم يكن أحد يعرف من يعيش فيه": ["cp1256", "utf-16-be"],
    "Eski ev nehrin kıyısında duruyordu ve kimse içinde kimin yaşadığını bilmiyordu. Güneş doğdu, çiçekler açtı.": [
        "cp1254",
        "iso8859-9",
    ],
    "บ้านเก่าตั้งอยู่ริมแม่น้ำและไม่มีใครรู้ว่าใครอาศัยอยู่": ["cp874"],
    "老房子矗立在河边，没有人知道谁住在里面。早上下了雨，孩子们去上学了。": [
        "gb18030",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
    ],
    "老房子矗立在河邊，沒有人知道誰住在裡面。早上下了雨，孩子們去上學了。": ["big5", "gb18030", "utf-16-le"],
    "古い家は川のほとりに立っていて、誰が住んでいるのか誰も知らなかった。朝、雨が降った。": [
        "shift_jis",
        "euc-jp",
        "utf-16-le",
    ],
    "오래된 집은 강가에 서 있었고 누가 그곳에 사는지 아무도 몰랐다. 아침에 비가 내렸다.": ["euc-kr", "utf-16-le"],
}
CASES = [(text, encoding) for text, encodings in TEXTS.items() for encoding in encodings]
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize(("text", "encoding"), CASES)
def test_a_text_of_each_language_is_read_right(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        best = likely_readings(data)[0]
    else:
        found = wide_encoding(data)
        assert found is not None
        best = found
    assert best.text == text and best.score > 0.7


@pytest.mark.parametrize(("text", "encoding"), CASES)
def test_of_a_few_words_it_is_among_the_three(text: str, encoding: str) -> None:
    part = text[: max(8, len(text) // 3)]
    readings = likely_readings(part.encode(encoding), whole=True)
    assert part in [one.text for one in readings] and len(readings) <= 3


def test_a_reading_is_named_once_and_by_its_usual_encoding() -> None:
    readings = likely_readings("Die schönen Bäume".encode("iso8859-1"))
    assert readings[0].encoding == "cp1252"
    assert len({one.text for one in readings}) == len(readings)


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "text", ["a", "a\n", "ok", "hello", "hello\n" * 3_000, "привет\nмир", "Где? Там.", "été", "x = 1\r\n"]
)
def test_wide_texts_without_a_mark_are_seen_in_either_byte_order(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    found = wide_encoding(data[:4096], whole=len(data) <= 4096)
    if found is None:  # not valid in UTF-8 either, so that it is told where that fails
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        found = likely_readings(data)[0]
    assert (found.encoding, found.text) == (encoding, text[: len(found.text)])


@pytest.mark.parametrize(
    "data",
    [b"a\0b\0\0c", b"ab\0cd\0ef\0", b"\x1b[1mbold\x1b[0m\n", b"one\0two\0three\0", b"\0", bytes(8),
     bytes(range(128)) * 4, b"./a.txt\0./b.txt\0", b"plain text", b"", "Köln \u4e00\n".encode()],
)  # fmt: skip
def test_other_bytes_are_not_taken_for_wide_texts(data: bytes) -> None:
    assert wide_encoding(data) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1), st.sampled_from(WIDE))
def test_any_ascii_text_is_seen(text: str, encoding: str) -> None:
    found = wide_encoding(text.encode(encoding))
    assert found is not None and (found.text, found.encoding) == (text, encoding)


@given(st.binary(max_size=300))
def test_any_bytes_give_readings_that_decode(data: bytes) -> None:
    for one in likely_readings(data):
        assert data.decode(one.encoding) == one.text
        assert on_one_line(one.glimpse()) == one.glimpse()


def test_much_of_it_takes_no_time() -> None:
    data = ("été jardín noir " * 5_000).encode("cp1252")[:65_536]
    began = time.process_time()
    assert likely_readings(data)[0].encoding == "cp1252"
    assert time.process_time() - began < 2


def refusal(data: bytes, **options: str) -> str:
    Path("a.txt").write_bytes(data)
    with pytest.raises(TextError) as caught:
        load_corpus(["a.txt"], **options)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_here")
class TestRefusals:
    def test_chinese_is_not_advised_a_western_encoding(self) -> None:
        text = "老房子矗立在河边，没有人知道谁住在里面。\n" * 50
        lines = refusal(text.encode("gb18030")).splitlines()
        assert lines[0] == "a.txt is not UTF-8: byte 0xc0 at offset 0 (line 1): invalid start byte."
        assert lines[1:3] == ["It would read:", "  --encoding gb18030  老房子矗立在河边，没有人知道谁住在里…"]
        assert lines[-1] == "Choose the --encoding that reads right, or replace such bytes by \ufffd: --errors replace."
        assert "cp125" not in "".join(lines)
        assert load_corpus(["a.txt"], encoding="gb18030").characters == len(text)

    def test_where_it_fails_late_the_words_there_are_shown(self) -> None:
        text = "plain words\n" * 100_000 + "und schöne Bäume über Flüssen\n" * 3
        lines = refusal(text.encode("cp1252")).splitlines()
        assert lines[2] == "  --encoding cp1252  und schöne Bäume über Flüssen und schöne Bä…"

    def test_what_was_named_wrong_is_not_proposed_again(self) -> None:
        text = "plain words\n" * 100
        lines = refusal(text.encode("utf-16-le"), encoding="utf-16").splitlines()
        assert lines[0] == "a.txt is not UTF-16: UTF-16 stream does not start with BOM."
        assert lines[2] == "  --encoding utf-16-le  plain words plain words plain words…"
        lines = refusal("é\x81".encode("latin-1"), encoding="cp1252").splitlines()
        assert "cp1252" not in "".join(lines[1:])

    def test_a_text_with_a_few_bad_bytes_is_called_nearly_utf8(self) -> None:
        assert refusal("schöne Bäume über Flüssen ".encode() * 9 + b"\xff").splitlines()[1:] == [
            "Nearly all of it is UTF-8; replace such bytes by \ufffd: --errors replace."
        ]

    def test_noise_is_like_no_text(self) -> None:
        assert refusal(bytes(range(256)) * 30).splitlines()[1:] == [
            "It looks like a text in none of the encodings tried. If it is one, name its --encoding, "
            "or replace such bytes by \ufffd: --errors replace."
        ]

    def test_wide_text_is_refused_with_its_name(self) -> None:
        message = refusal("Silver river\n".encode("utf-16-le"))
        assert message == ("a.txt is UTF-16-LE, not UTF-8. It reads: Silver river\nRead it so: --encoding utf-16-le")
        assert load_corpus(["a.txt"], encoding="utf-16-le").characters == 13
        assert refusal("Silver\n".encode("utf-32"), errors="replace").endswith("--encoding utf-32")

    def test_a_folder_says_how_each_file_may_be_read(self) -> None:
        Path("texts").mkdir()
        Path("texts/a.txt").write_bytes("schöne Bäume über Flüssen".encode("cp1252"))
        Path("texts/b.txt").write_bytes("привет, старый дом".encode("koi8-r"))
        Path("texts/c.txt").write_bytes("Größe und Füße".encode("cp1252"))
        with pytest.raises(TextError) as caught:
            load_corpus(["texts"])
        assert str(caught.value).splitlines()[1] == (
            "3 skipped as hidden, empty or not UTF-8 text; try --encoding cp1252 for 2 of them, or name the files "
            "themselves."
        )
        Path("texts/d.txt").write_text("text")
        assert load_corpus(["texts"]).skipped == [
            "texts/a.txt (not UTF-8; it may be cp1252: schöne Bäume über Flüssen)",
            "texts/b.txt (not UTF-8; it may be koi8-r: привет, старый дом)",
            "texts/c.txt (not UTF-8; it may be cp1252: Größe und Füße)",
        ]
