"""How each level cuts a text into tokens, as regular expressions for JavaScript (with its flag u): what `text.tokens`
does, for readers that have no Python. Characters need none.

    piece       matches one token after the other, with the space before it where that is understood
    joined      matches where a space would be understood and there is none: the empty token stands there
    last_space  the one space at a prompt's end that is understood anyway before what comes next
"""

from __future__ import annotations

_LINE_END = r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]"
_SPACE = r"\t\x1f \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_RUN = rf"([{_SPACE}])\1*"  # white space of one kind
# Scripts written without spaces between words, and marks that belong to symbols.
_UNSPACED = (
    r"\u{e00}-\u{eff}\u{1000}-\u{109f}\u{1780}-\u{17ff}\u{1950}-\u{19ff}\u{1a20}-\u{1aaf}\u{1b00}-\u{1b7f}"
    r"\u{20d0}-\u{20ff}\u{2e80}-\u{312f}\u{3190}-\u{a4cf}\u{a980}-\u{a9ff}\u{aa60}-\u{aadf}\u{f900}-\u{faff}"
    r"\u{fe00}-\u{fe0f}\u{ff66}-\u{ff9f}\u{16fe0}-\u{1b2ff}\u{20000}-\u{3ffff}\u{e0100}-\u{e01ef}"
)
_LETTER = rf"(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])"
_INNER = r"['’\-‐‑\u200c\u200d]"
_AFTER = rf"(?<=[.,;:!?)]|{_LETTER})"  # where a space is understood before a word
_WORD = rf"(?:{_AFTER} )?{_LETTER}+(?:{_INNER}{_LETTER}+)*|{_LINE_END}|{_RUN}|[^]\p{{M}}*"
_INK = rf"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029{_SPACE}]"
_PIECE = rf"(?:(?<={_INK}) )?{_INK}+|{_LINE_END}|{_RUN}"

CUTS: dict[str, dict[str, str] | None] = {
    "char": None,
    "word": {"piece": _WORD, "joined": f"{_AFTER}(?={_LETTER})", "last_space": f"{_AFTER} $"},
    "token": {"piece": _PIECE, "joined": "(?!)", "last_space": f"(?<={_INK}) $"},
}
