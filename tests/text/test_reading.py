"""Bytes to text in chunks: places of errors, encodings, byte order marks, line ends."""

import io
import random

import pytest

from lstmgen.errors import ResourceError, TextError, UsageError
from lstmgen.text import TextReader, reading


def read(data: bytes, **options: object) -> str:
    return "".join(TextReader(**options).stream(io.BytesIO(data), "a.txt"))  # type: ignore[arg-type]


@pytest.fixture(params=[1, 2, 3, 7, 1 << 19])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(reading, "_CHUNK", request.param)
    return int(request.param)


def test_an_undecodable_byte_is_placed(chunk: int) -> None:
    with pytest.raises(TextError) as caught:
        read("é\nzwei\r\ndrei\rvier ".encode() + b"\xe9t\xe9")
    message = str(caught.value)
    assert message.startswith("a.txt is not UTF-8: byte 0xe9 at offset 19 (line 4): invalid continuation byte.")
    assert "--encoding cp1252" in message and "--errors replace" in message


def test_a_text_that_ends_within_a_character_is_placed(chunk: int) -> None:
    with pytest.raises(TextError, match=r"offset 2 \(line 2\): the text ends in the middle of a character"):
        read(b"a\n\xe2\x82")


def test_utf_16_is_recognised_and_placed(chunk: int) -> None:
    text = "Wörter\nund mehr\n"
    with pytest.raises(TextError) as caught:
        read(text.encode("utf-16"))
    wanted = "a.txt is UTF-16, not UTF-8. It reads: Wörter und mehr\nRead it so: --encoding utf-16"
    assert str(caught.value) == wanted
    assert read(text.encode("utf-16"), encoding="utf-16") == text
    with pytest.raises(TextError, match=r"not UTF-16: .* at offset 34 \(line 3\)"):
        read(text.encode("utf-16") + b"\x00\xdc\x20\x00", encoding="utf-16")


def test_replaced_places_are_counted(chunk: int) -> None:
    one = TextReader(errors="replace")
    assert "".join(one.stream(io.BytesIO(b"a\xffb\xe2\x82c \xef\xbf\xbd"), "a")) == "a\ufffdb\ufffdc \ufffd"
    assert one.replaced == 2
    two = TextReader(errors="ignore")
    assert "".join(two.stream(io.BytesIO(b"a\xffb\xff"), "a")) == "ab"
    assert two.replaced == 2


def test_line_ends_become_newlines_even_across_chunks(chunk: int) -> None:
    data = b"a\r\nb\rc\n\r\r\n\nd\r"
    assert read(data) == "a\nb\nc\n\n\n\nd\n"
    assert read(data, keep_newlines=True) == data.decode()


def test_other_separators_stay(chunk: int) -> None:
    text = "a\x0b\x0c\x1c\x85\u2028\u2029\0\x1bb"
    assert read(text.encode()) == text


def test_a_byte_order_mark_goes_once(chunk: int) -> None:
    assert read(b"\xef\xbb\xbfa\xef\xbb\xbf") == "a\ufeff"
    assert read("\ufeffa".encode("utf-16-le"), encoding="utf-16-le") == "a"
    assert "".join(TextReader().text("\ufeffa\r\nb", "a")) == "a\nb"
    assert read(b"\xef\xbb\xbf") == ""


def test_chunks_never_change_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    text = "".join(rng.choice("aé我\U0001f600\n\r ") for _ in range(2_000))
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    for encoding in ("utf-8", "utf-16", "utf-32-be", "gb18030"):
        for size in (1, 5, 64):
            monkeypatch.setattr(reading, "_CHUNK", size)
            assert read(text.encode(encoding), encoding=encoding) == wanted


@pytest.mark.parametrize("name", ["utf8x", "rot13", "base64", "", "a\0b", "hex"])
def test_an_unknown_encoding_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="--encoding"):
        TextReader(encoding=name)


def test_options_are_checked_with_a_way_out() -> None:
    with pytest.raises(UsageError, match="Did you mean latin-1"):
        TextReader(encoding="latin-q")
    with pytest.raises(UsageError, match="--errors must be one of strict, replace, ignore"):
        TextReader(errors="surrogateescape")


def test_half_a_character_is_refused_with_its_place() -> None:
    with pytest.raises(TextError, match=r"U\+D800\) at character 3"):
        list(TextReader().text("abc\ud800", "text"))
    with pytest.raises(TextError, match="lone surrogate"):
        read(b"+2AA-", encoding="utf-7")


def test_odd_codecs_end_in_our_errors() -> None:
    for encoding in ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"):
        try:
            read(b"a\\ud800 \xff\xfe .. --- \\x", encoding=encoding)
        except (TextError, UsageError) as error:
            assert str(error).count("\n") == 1 or str(error).endswith("--errors replace.")


def test_a_failing_disk_is_a_resource_error() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ResourceError, match=r"a\.txt cannot be read: Input/output error"):
        list(TextReader().stream(Failing(), "a.txt"))
