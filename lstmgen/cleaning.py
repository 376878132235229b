"""What may be shown: text from outside without the characters that could command or confuse a terminal."""

from __future__ import annotations

import re

# C0 except tab and newline, DEL, C1; marks that reorder what is read (bidirectional overrides, isolates, marks);
# line and paragraph separators; annotation and tag characters, which are invisible; lone surrogates, which no
# terminal's encoding can carry.
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_ANYWHERE = re.compile(f"[{_UNSAFE}]")
_ON_ONE_LINE = re.compile(f"[\t\n{_UNSAFE}]")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _spelt(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def clean(text: str, *, one_line: bool = False) -> str:
    r"""The text with every character that could command or confuse a terminal spelt out, as in ``\x1b``.

    Newlines and tabs stay unless `one_line` asks for names, labels and cells of a table, where they are spelt too.
    The two characters of a Windows line end become a newline. Cleaning twice changes nothing.
    """
    if one_line:
        return _ON_ONE_LINE.sub(_spelt, text)
    return _ANYWHERE.sub(_spelt, text.replace("\r\n", "\n"))


def on_one_line(text: str) -> str:
    """Cleaned for a name, a label or a cell of a table: line ends and tabs are spelt out too."""
    return clean(text, one_line=True)
