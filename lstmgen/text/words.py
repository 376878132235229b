"""Word level: a text cut into words, marks and white space, so that joining gives it back exactly.

A *word* is a run of letters, marks and digits with inner apostrophes or hyphens (don't, o'clock, well-known). In
scripts written without spaces (Han, Kana, Thai ...) each letter is a token; so is every other visible character.
Marks that follow such a single character belong to it.

One space is understood where a character of OPENS_SPACE or of a word stands before it and a word's character after
it. Where the text has no white space at such a place the token JOIN (the empty string) says so; all other white
space is spelled out as tokens: runs of one kind, line ends one by one. Both rules look at two characters only, so
they can be read off the tokens alone: `space_implied(a, b)` is all that joining needs.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache

JOIN = ""
_OPENS_SPACE = ".,;:!?)"
_INNER = "'’\\-‐‑\u200c\u200d"  # apostrophes, hyphens, and the joiners inside Persian and Indic words
LINE_END = "\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]"
SPACE_CHARACTERS = (
    "\t\x1f \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_LOOKAHEAD = 2  # characters after a match that can still change it: "don" before "'t"

# First and one past the last code point of scripts written without spaces between words, and of marks that belong to
# symbols (Unicode block tables).
_UNSPACED = (
    *(0x0E00, 0x0F00),  # Thai, Lao
    *(0x1000, 0x10A0),  # Myanmar
    *(0x1780, 0x1800),  # Khmer
    *(0x1950, 0x1A00),  # Tai Le, New Tai Lue, Khmer symbols
    *(0x1A20, 0x1AB0),  # Tai Tham
    *(0x1B00, 0x1B80),  # Balinese
    *(0x20D0, 0x2100),  # marks for symbols, as the frame of a keycap
    *(0x2E80, 0x3130),  # Han radicals, Kana, Bopomofo
    *(0x3190, 0xA4D0),  # Han, Yi
    *(0xA980, 0xA9E0),  # Javanese
    *(0xA9E0, 0xAA00),  # Myanmar
    *(0xAA60, 0xAAE0),  # Myanmar, Tai Viet
    *(0xF900, 0xFB00),  # Han
    *(0xFE00, 0xFE10),  # variation selectors, as after an emoji
    *(0xFF66, 0xFFA0),  # halfwidth Kana
    *(0x16FE0, 0x1B300),  # Tangut, Khitan, Kana, Nüshu
    *(0x20000, 0x40000),  # Han
    *(0xE0100, 0xE01F0),  # variation selectors of Han
)


def in_word(character: str) -> bool:
    """Whether the character can be part of a word that is set off by spaces."""
    if character.isascii():
        return character.isalnum()
    return unicodedata.category(character)[0] in "LMN" and bisect_right(_UNSPACED, ord(character)) % 2 == 0


def takes_space(token: str) -> bool:
    """Whether a space may be understood before the token."""
    return bool(token) and in_word(token[0])


def gives_space(token: str) -> bool:
    """Whether a space may be understood after the token."""
    return bool(token) and (token[-1] in _OPENS_SPACE or in_word(token[-1]))


def space_implied(before: str, after: str) -> bool:
    """Whether a single space, that no token says, stands between two tokens."""
    return gives_space(before) and takes_space(after)


def _character_class(belongs: Iterable[bool], first: int) -> str:
    """Ranges of a regular expression's class for the code points from `first` on that belong."""
    ranges: list[str] = []
    start = code = first
    open_ = False
    for code, inside in enumerate(belongs, first):
        if inside and not open_:
            start, open_ = code, True
        elif open_ and not inside:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            open_ = False
    if open_:
        ranges.append(f"\\U{start:08x}-\\U{code:08x}")
    return "".join(ranges)


def _classes(first: int, end: int) -> tuple[str, str]:
    """Class ranges of the word characters, and of the marks, among code points first .. end - 1."""
    codes = [chr(code) for code in range(first, end)]
    marks = _character_class((unicodedata.category(c)[0] == "M" for c in codes), first)
    return _character_class(map(in_word, codes), first), marks


@cache
def _pattern(reach: int) -> re.Pattern[str]:
    """One expression whose matches tile any text: reach 0 for ASCII, 1 for the basic plane, 2 for all of Unicode.

    Three of them, because the class of all letters is seven times slower than that of the basic plane's.
    """
    word, marks = "0-9A-Za-z", ""
    spans = ((0x80, 0x10000),) if reach == 1 else ((0x80, 0x20000), (0xE0000, 0xE0200))
    for span in spans if reach else ():
        more = _classes(*span)
        word, marks = word + more[0], marks + more[1]
    after = f"(?<=[{re.escape(_OPENS_SPACE)}{word}])"
    runs = "|".join(f"{re.escape(space)}+" for space in SPACE_CHARACTERS)
    single = f".[{marks}]*" if marks else "."
    return re.compile(
        f"{after}(?=[{word}])|(?:{after} )?[{word}]+(?:[{_INNER}][{word}]+)*|{LINE_END}|{runs}|{single}", re.DOTALL
    )


def _matches(text: str, position: int = 0) -> list[str]:
    """Pieces from `position` on: a token each, a word with the space that is understood before it."""
    highest = 0 if text.isascii() else 1 if max(text) < "\U00010000" else 2
    return _pattern(highest).findall(text, position)


def token_of(piece: str) -> str:
    """The token of a piece: a word without the space that is understood before it."""
    return piece[1:] if len(piece) > 1 and piece[0] == " " and piece[1] != " " else piece


def split_chunks(chunks: Iterable[str]) -> Iterator[list[str]]:
    """Pieces of a document that arrives in chunks; the same whatever the chunks are."""
    return pieces_of_chunks(chunks, _matches)


def pieces_of_chunks(chunks: Iterable[str], matches: Callable[[str, int], list[str]]) -> Iterator[list[str]]:
    """The pieces that `matches` makes of a text from a position on, of a text that arrives in chunks.

    What a later chunk could still change is held back, with the character before it as context. A held-back rest
    that grows long (a text without any border) is looked at again only when it has doubled.
    """
    context, rest, wait = "", "", 0
    for chunk in chunks:
        rest += chunk
        if len(rest) < wait:
            continue
        pieces = matches(context + rest, len(context))
        held = 0
        while pieces and (held < _LOOKAHEAD or not pieces[-1]):
            held += len(pieces.pop())
        if len(rest) > held:
            context = rest[len(rest) - held - 1 : len(rest) - held]
            rest = rest[len(rest) - held :]
            yield pieces
        wait = 2 * len(rest)
    if rest:
        yield matches(context + rest, len(context))


def split(text: str) -> list[str]:
    """Tokens of a text; `join` gives the text back."""
    return [token_of(piece) for piece in _matches(text)]


def join(tokens: Iterable[str]) -> str:
    """The text of tokens, with the spaces that are understood."""
    parts: list[str] = []
    before = JOIN
    for token in tokens:
        if space_implied(before, token):
            parts.append(" ")
        parts.append(token)
        before = token
    return "".join(parts)
