"""Files that are no plain text, by their first bytes: what each is, and how to get a text out of it."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 4096  # bytes that are looked at


@dataclass(frozen=True)
class FileType:
    """name: with its article, as in "a PDF file"; way_out: a sentence for the user."""

    name: str
    way_out: str


_TEXT = "Save it as plain text (.txt), UTF-8."
_UNPACK = "Unpack it and name the folder or the files in it."
_PICTURE = "Take the text out of it first, for example with an OCR program."
_ONLY_TEXT = "Give it a text: nothing else can be learned."
_TABLE = "Save the sheet as text (CSV, UTF-8)."
_COLUMN = "Export the text in it to a plain text file, UTF-8."
_WORD = FileType("a Word document", _TEXT)
_EXCEL = FileType("an Excel workbook", _TABLE)
_POWERPOINT = FileType("a PowerPoint presentation", "Save its outline as plain text, UTF-8.")
_NUMPY = FileType("an array file of NumPy (.npy)", _COLUMN)
_EXECUTABLE = FileType("an executable program", _ONLY_TEXT)
_AUDIO = FileType("an audio file", "Give it a transcript: only text can be learned.")
_VIDEO = FileType("a video file", "Give it its subtitles or a transcript: only text can be learned.")
_FONT = FileType("a font", _ONLY_TEXT)


def _picture(kind: str) -> FileType:
    return FileType(f"{kind} image", _PICTURE)


def _packed(kind: str) -> FileType:
    return FileType(f"a {kind} archive", _UNPACK)


# Such a beginning is enough, though it could be read as text.
_DECISIVE = (
    (b"%PDF-", FileType("a PDF file", "Take the text out of it first, for example with pdftotext.")),
    (b"{\\rtf", FileType("an RTF document", _TEXT)),
)
# These count only where a NUL is near, or where they are no ASCII: a text may begin with the letters "OggS".
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("an old Office document (Word, Excel, PowerPoint)", _TEXT)),
    (b"SQLite format 3\0", FileType("an SQLite database", _COLUMN)),
    (b"\x89PNG\r\n\x1a\n", _picture("a PNG")),
    (b"\xff\xd8\xff", _picture("a JPEG")),
    (b"GIF87a", _picture("a GIF")),
    (b"GIF89a", _picture("a GIF")),
    (b"II*\0", _picture("a TIFF")),
    (b"MM\0*", _picture("a TIFF")),
    (b"\0\0\1\0", _picture("an icon")),
    (b"\x93NUMPY", _NUMPY),
    (b"\x89HDF\r\n\x1a\n", FileType("an HDF5 file", _COLUMN)),
    (b"PAR1", FileType("a Parquet file", _COLUMN)),
    (b"ARROW1\0\0", FileType("an Arrow file", _COLUMN)),
    (b"GGUF", FileType("a GGUF model", _ONLY_TEXT)),
    (b"7z\xbc\xaf\x27\x1c", _packed("7z")),
    (b"Rar!\x1a\x07", _packed("RAR")),
    (b"\x28\xb5\x2f\xfd", FileType("a file packed with Zstandard", "Unpack it first: unzstd FILE.")),
    (b"\x04\x22\x4d\x18", FileType("a file packed with LZ4", "Unpack it first: unlz4 FILE.")),
    (b"\x1f\x9d", FileType("a file packed with compress", "Unpack it first: uncompress FILE.")),
    (b"ID3", _AUDIO),
    (b"fLaC", _AUDIO),
    (b"OggS", _AUDIO),
    (b"\xff\xfb", _AUDIO),
    (b"\xff\xf3", _AUDIO),
    (b"MThd", FileType("a MIDI file", "Turn it into text first (such as ABC notation).")),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"\x7fELF", _EXECUTABLE),
    (b"MZ", _EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", _EXECUTABLE),
    (b"\xca\xfe\xba\xbe", _EXECUTABLE),
    (b"\0asm", _EXECUTABLE),
    (b"\0\1\0\0\0", _FONT),
    (b"OTTO\0", _FONT),
    (b"wOFF", _FONT),
    (b"wOF2", _FONT),
)
_RIFF = {b"WEBP": _picture("a WebP"), b"WAVE": _AUDIO, b"AVI ": _VIDEO}
_IN_ZIP = (  # what stands near the beginning of the archive
    (b"mimetypeapplication/epub+zip", FileType("an EPUB book", "Convert it to plain text (.txt), UTF-8.")),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", FileType("an OpenDocument spreadsheet", _TABLE)),
    (b"mimetypeapplication/vnd.oasis.opendocument.", FileType("an OpenDocument file", _TEXT)),
    (b"word/", _WORD),
    (b"xl/", _EXCEL),
    (b"ppt/", _POWERPOINT),
)
_MODEL = FileType(
    "a model or another NumPy archive (.npz)",
    "To train a model further, name it with --from; to write with it: lstmgen sample --model NAME",
)
_OFFICE = FileType("an Office document (Word, Excel, PowerPoint)", _TEXT)


def recognise(head: bytes) -> FileType | None:
    """What a file is that begins so (its first `HEAD` bytes, or all of it); None where it may be a text."""
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _zip(head)
    near = _near_the_start(head)
    if near is not None:
        return near
    for start, kind in (*_DECISIVE, *_BEGINNINGS):
        if head.startswith(start) and (b"\0" in head[:512] or not start.isascii() or (start, kind) in _DECISIVE):
            return kind
    return None


def _near_the_start(head: bytes) -> FileType | None:
    """Of formats whose mark is not what they begin with."""
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp" and head[:1] == b"\0":
        return _picture("a HEIF or AVIF") if head[8:11] in {b"hei", b"mif", b"avi"} else _VIDEO
    return _packed("tar") if head[257:262] == b"ustar" and b"\0" in head[:257] else None


def _zip(head: bytes) -> FileType:
    for mark, kind in _IN_ZIP:
        if mark in head:
            return kind
    if b"[Content_Types].xml" in head:
        return _OFFICE
    return _MODEL if head[30 : 30 + int.from_bytes(head[26:28], "little")].endswith(b".npy") else _packed("ZIP")
