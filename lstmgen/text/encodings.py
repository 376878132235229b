"""Which encodings bytes may be in: those that decode them, by how much what comes out looks like a language."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lstmgen.cleaning import on_one_line
from lstmgen.text.alphabets import ALPHABETS, PUNCTUATION, Alphabet

_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Of those that read a text alike, the first is named.
_NARROW = (
    "utf-8", "gb18030", "big5", "shift_jis", "cp932", "euc-jp", "euc-kr", "cp949", "cp1252", "cp1250", "cp1251",
    "koi8-r", "koi8-u", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "iso8859-1", "iso8859-2",
    "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "mac-roman", "cp850", "cp437", "cp866",
)  # fmt: skip
_MARKS = (  # the longer ones first: one begins like another
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMED = 3
_SCORED = 1_000  # characters beyond ASCII that are looked at
_LEAST, _CLOSE = 0.2, 0.6  # score of a reading that is proposed: at least, and as a share of the best
_CERTAIN = 0.7  # score of a UTF-16 reading that is believed though the bytes are valid UTF-8
_AROUND = 18  # characters shown on either side of the first that is not ASCII
_WITHIN_WORDS, _BETWEEN_WORDS = "’·\xad\u200c\u200d", "—–…"
_STRANGE = re.compile(r"[^\t\n\r\x0b\x0c\x1b -~]")  # what is not ASCII text
_AFTER_LATIN_MARKS = "\u0370"
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Reading:
    """What bytes are in an encoding; score: 1 for a text of one language, 0 and less for nonsense."""

    encoding: str
    text: str
    score: float

    def glimpse(self) -> str:
        """Some words of it, on one line, around what the encodings differ in."""
        met = _STRANGE.search(self.text)
        at = met.start() if met else 0
        size = _AROUND // 2 if _is_full_width(self.text[at : at + 1] or " ") else _AROUND
        a, b = max(0, at - size), at + 2 * size
        shown = on_one_line(" ".join(self.text[a:b].split()))
        return ("…" if a else "") + shown + ("…" if b < len(self.text) else "")


def likely_readings(data: bytes, *, start: bool = True, whole: bool = True, besides: str = "") -> list[Reading]:
    """At most three readings of bytes that are not in the encoding `besides`, the likeliest first.

    start: whether they are the beginning of a text; whole: whether nothing follows them.
    """
    readings = _readings(data, [*(_WIDE if start else ()), *_NARROW], whole, besides)
    best = readings[0].score if readings else 0.0
    return [one for one in readings if one.score >= max(_LEAST, _CLOSE * best)][:_NAMED]


def wide_encoding(head: bytes, *, whole: bool = True) -> Reading | None:
    """UTF-16 or UTF-32, where a text begins so, though its bytes may be valid in another encoding; else None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            found = _readings(head, [name], whole)
            return found[0] if found else None
    if not _CONTROL.search(head):
        return None
    readings = _readings(head, _WIDE, whole)
    best = max(readings, key=lambda one: (one.score, -len(_STRANGE.findall(one.text))), default=None)
    return best if best is not None and best.score >= _CERTAIN else None


def is_wide(encoding: str) -> bool:
    """Whether a character takes at least two bytes in it."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def is_mostly_utf8(data: bytes) -> bool:
    """Whether nearly all that is not ASCII is valid UTF-8."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(_NOT_ASCII.findall(text)) >= 5 * bad


def _readings(data: bytes, encodings: Iterable[str], whole: bool, besides: str = "") -> list[Reading]:
    """All that decode, each text once, by falling score."""
    found: dict[str, Reading] = {}
    for encoding in encodings:
        if besides and codecs.lookup(encoding).name == codecs.lookup(besides).name:
            continue
        try:
            text = codecs.getincrementaldecoder(encoding)("strict").decode(data, final=whole)
        except UnicodeError:
            continue
        if text not in found:
            found[text] = Reading(encoding, text, _plausibility(text))
    return sorted(found.values(), key=lambda one: -one.score)


def _plausibility(text: str) -> float:
    """How much the characters beyond ASCII look like one language's, in their words: at most 1."""
    places = [met.start() for _, met in zip(range(_SCORED), _STRANGE.finditer(text), strict=False)]
    if not places:
        return 1.0
    counts = Counter(text[place] for place in places)
    value = max(
        sum(count * _value(character, alphabet) for character, count in counts.items()) for alphabet in ALPHABETS
    )
    return (value - sum(_misplacement(text, place) for place in places)) / len(places)


def _value(character: str, alphabet: Alphabet) -> float:
    """How much a character speaks for a text in this alphabet."""
    if character in alphabet.common:
        return 1.0
    if character in alphabet.rest:
        return 0.5
    if character in PUNCTUATION:
        return 1.0
    category = unicodedata.category(character)
    if category[0] == "C" and category != "Cf":
        return -2.0
    return 0.2 if category[0] in "LM" else 0.1


def _misplacement(text: str, place: int) -> float:
    """How little a character can stand between its neighbours: a sign or a capital within a word, another script."""
    here, before, after = text[place], text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
    latin_beside = [near.isascii() and near.isalpha() for near in (before, after)]
    if here.isalpha():
        if (here.isupper() and before.islower()) or (here.islower() and after.isupper()):
            return 1.0
        foreign = all(latin_beside) if _is_full_width(here) else any(latin_beside) and not _is_latin(here)
        return float(foreign)
    if unicodedata.category(here)[0] == "M":
        foreign = latin_beside[0] and here >= _AFTER_LATIN_MARKS
        return float(foreign or unicodedata.category(before)[0] not in "LM")
    if here in _WITHIN_WORDS or not all(near.isalpha() and not _is_full_width(near) for near in (before, after)):
        return 0.0
    return 0.5 if here in _BETWEEN_WORDS else 1.0


def _is_latin(character: str) -> bool:
    return character < "\u0250" or "\u1e00" <= character < "\u1f00"


def _is_full_width(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
