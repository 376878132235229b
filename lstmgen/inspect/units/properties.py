"""Properties of a text that a unit might follow: inside quotes, bracket depth, place in the line, and so on.

A property has one number for each token, true of the text up to and with that token. Those of single characters
(start of a word, capital, digit, vowel) are a token's first character's, the others its last one's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array, Int64Array
from lstmgen.errors import TextError, UsageError
from lstmgen.inspect.units import scripts, traits
from lstmgen.inspection.measured_text import TokenizedText

_Measure = Callable[[str], Float64Array]  # of every character


@dataclass(frozen=True)
class Property:
    """name: as it is typed; words: as it is said; values (T,): a number a token.

    script_note: a sentence where the text's script is one that this property does not know or has nothing for.
    """

    name: str
    words: str
    values: Float64Array
    script_note: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it has more than two values; otherwise it is 0 or 1."""
        return len(np.unique(self.values)) > 2

    @property
    def levels(self) -> Float64Array:
        """The values, those of a property of two as 0 and 1."""
        return self.values if self.numeric else (self.values > self.values.min()).astype(np.float64)


def _of_each(holds: Callable[[str], bool]) -> _Measure:
    return lambda text: np.fromiter(map(holds, text), np.float64, len(text))


_STATES: dict[str, tuple[str, _Measure]] = {
    "quotes": ("inside quotes", traits.quotes),
    "brackets": ("bracket depth", traits.brackets),
    "line": ("place in the line", traits.line),
    "indent": ("indent of the line", traits.indent),
}
_MARKS: dict[str, tuple[str, _Measure]] = {
    "word": ("start of a word", traits.word),
    "capital": ("capital letter", _of_each(str.isupper)),
    "digit": ("digit", _of_each(str.isdigit)),
    "vowel": ("vowel", _of_each(scripts.is_vowel)),
}
PROPERTIES = (*_STATES, *_MARKS)
_SCRIPT_NOTES = {  # what is said where a text of a script has none of it
    "word": "{} has no spaces between words, so where they begin is not known here.",
    "capital": "{} has no capital letters.",
    "vowel": "Which characters of {} are vowels is not known here.",
}


def property_of(name: str, reading: TokenizedText) -> Property:
    """The property of this name over a text. Raises UsageError."""
    if name in _STATES:
        words, measure = _STATES[name]
        return Property(name, words, _at(measure(reading.text), reading.lasts))
    if name in _MARKS:
        words, measure = _MARKS[name]
        empty = reading.firsts == reading.ends
        values = np.where(empty, 0.0, _at(measure(reading.text), reading.firsts))
        return Property(name, words, values, "" if values.any() else _script_note(name, reading.text))
    raise UsageError(f"There is no property {name!r}.\nThere are: {', '.join(PROPERTIES)}; or --after, --labels.")


def _script_note(name: str, text: str) -> str:
    """Why a text has none of a property, where that lies in its script."""
    script = scripts.script_of(text)
    if script is None or name not in _SCRIPT_NOTES or (name == "capital" and text.upper() != text):
        return ""
    return _SCRIPT_NOTES[name].format(script)


def property_after(pattern: str, reading: TokenizedText) -> Property:
    """Characters since the last match of a regular expression ended, before the first one since the text began.

    Raises UsageError for what is no expression, TextError where it matches nothing.
    """
    try:
        ends = [match.end() for match in re.finditer(pattern, reading.text) if match.end() > match.start()]
    except re.error as error:
        raise UsageError(f"--after {pattern!r} is no regular expression: {error}.") from error
    if not ends:
        raise TextError(f"--after {pattern!r} matches nothing in this text.\nGive another expression or another text.")
    places = np.arange(1, len(reading.text) + 1)  # characters read
    last = np.concatenate([[0], ends])[np.searchsorted(ends, places, side="right")]
    return Property("after", f"characters after {pattern}", _at((places - last).astype(np.float64), reading.lasts))


def property_of_labels(labels: str | Sequence[float], reading: TokenizedText) -> Property:
    """One number for each token, character or line of the text; as text apart by white space or commas, or 0s and 1s
    that touch.

    Raises UsageError where the labels are no numbers or their count is none of the three.
    """
    text = labels if isinstance(labels, str) else " ".join(map(str, labels))
    items = text.replace(",", " ").replace(";", " ").split()
    lines = reading.text.count("\n") + (not reading.text.endswith("\n"))
    counts = (len(reading.tokens), len(reading.text), lines)
    together = "".join(items)
    if set(together) <= set("01") and len(items) < len(together) and len(together) in counts[:2]:
        items = list(together)
    try:
        numbers = np.array([float(item) for item in items])
    except ValueError as error:
        raise UsageError(f"--labels must hold numbers alone ({error}).") from error
    if len(numbers) not in counts or not np.isfinite(numbers).all():
        raise UsageError(
            f"--labels has {len(numbers):,} numbers; the text has {counts[0]:,} tokens, {counts[1]:,} characters and "
            f"{counts[2]:,} lines.\nGive one finite number for each token, each character or each line."
        )
    if len(numbers) == counts[0]:
        return Property("labels", "the labels", numbers)
    if len(numbers) == counts[1]:
        return Property("labels", "the labels", _at(numbers, reading.lasts))
    before = np.concatenate([[0], np.cumsum([character == "\n" for character in reading.text])])
    return Property("labels", "the labels, a line each", numbers[before[reading.lasts]])


def _at(values: Float64Array, places: Int64Array) -> Float64Array:
    """Values of characters at these places; 0 for an empty text."""
    return values[np.minimum(places, len(values) - 1)] if len(values) else np.zeros(len(places))
