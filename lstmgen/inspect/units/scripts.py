"""What a character is in its script, as Unicode tells it: a vowel, a quotation mark, a bracket; and which script it is.

Names are the Unicode standard's: DEVANAGARI VOWEL SIGN AA, HIRAGANA LETTER SMALL O, CJK UNIFIED IDEOGRAPH-4E00.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

BY_TURNS = ('"“”„‟＂', "«»", "‹›")  # each opens or closes by turns: „a“ “a”, «a» »a«; an apostrophe is none
OPENING_QUOTES, CLOSING_QUOTES = "「『｢﹁﹃〝", "」』｣﹂﹄〞〟"
SINGLE_OPENING, SINGLE_CLOSING = "‘‚‛", "’‘"  # ’ is an apostrophe too; ‘ closes what ‚ has opened
SPACES = " \t\xa0\u3000"  # that may begin a line
_QUOTES = frozenset("".join((*BY_TURNS, OPENING_QUOTES, CLOSING_QUOTES, SINGLE_OPENING, SINGLE_CLOSING)))

_LATIN, _GREEK, _ARMENIAN, _GEORGIAN = "aeiouæœøıəɛɔ", "αεηιουω", "աեէըիոօ", "აეიოუ"
_CYRILLIC = "аеёиоуыэюяіїєәөүұ"
_VOWELS = frozenset(_LATIN + _GREEK + _CYRILLIC + _ARMENIAN + _GEORGIAN)
_NO_VOWELS = frozenset("йў")  # though what they are composed of is one
_VOWEL_NAMES = re.compile(
    r"\bVOWEL (?!SEPARATOR|SHORTENER|KILLER)"  # the signs of Indic and other scripts
    r"| LETTER (?:SMALL |SHORT |CANDRA |LONG |VOCALIC )*(?:[AEIOU]+|VOCALIC .*)$"  # Indic, Kana, Bopomofo
    r"|^HANGUL (?:JUNGSEONG|LETTER [YW]*[AEIOU]+$)"
    r"|^THAI CHARACTER (?:SARA|MAI HAN-AKAT)"
    r"|^ARABIC (?:FATHA|DAMMA|KASRA)(?:TAN)?$"
    r"|^HEBREW POINT (?:HATAF .*|HIRIQ|TSERE|SEGOL|PATAH|QAMATS.*|HOLAM.*|QUBUTS)$"
)
_SCRIPTS = {"CJK": "Han", "HALFWIDTH": "Katakana", "FULLWIDTH": "Latin", "IDEOGRAPHIC": "Han"}


@cache
def is_vowel(character: str) -> bool:
    """Whether it is written for a vowel alone; in Latin, Greek and Cyrillic whatever accent it has."""
    if not character or character.casefold() in _NO_VOWELS:
        return False
    if unicodedata.normalize("NFD", character.casefold())[0] in _VOWELS:
        return True
    name = unicodedata.name(character, "")
    return unicodedata.category(character)[0] in "LM" and "CYRILLIC" not in name and bool(_VOWEL_NAMES.search(name))


@cache
def bracket(character: str) -> int:
    """1 for one that opens, -1 for one that closes, 0 for what is none; quotation marks are none."""
    if character in _QUOTES:
        return 0
    return {"Ps": 1, "Pe": -1}.get(unicodedata.category(character), 0)


def script_of(text: str) -> str | None:
    """The script that most letters of a text are of, by the name that Unicode has for it; None without letters."""
    letters = Counter(character for character in text if character.isalpha())
    scripts = Counter[str]()
    for character, many in letters.items():
        first = unicodedata.name(character, "").partition(" ")[0]
        if first:
            scripts[_SCRIPTS.get(first, first.title())] += many
    return scripts.most_common(1)[0][0] if scripts else None
