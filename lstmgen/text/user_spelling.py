"""A user's text spelled as the training text was: its line ends, and of a character's normal forms the one learned.

What the model does not know even so is put into words here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from lstmgen.settings import TOKEN_NOUNS
from lstmgen.text.tokens import Vocabulary

_NAMED = 10  # this many unseen characters or words are named one by one
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_CHARACTER = re.compile(
    r".[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u0655\u093c\u09bc\u1160-\u11ff\u3099\u309a]*", re.DOTALL
)


class UserSpelling(NamedTuple):
    """A text as the model reads it; reformed: what of it was put into another normal form of Unicode, as it was."""

    text: str
    reformed: list[str]

    def notes(self, vocabulary: Vocabulary) -> list[str]:
        """What the user should be told of it."""
        if not self.reformed:
            return []
        what = describe_tokens(self.reformed, vocabulary.level)
        return [f"The training text has {what} in another Unicode normal form, which is used."]


def spell_as_learned(text: str, vocabulary: Vocabulary) -> UserSpelling:
    """The text with the treatment a corpus gets.

    Bytes of the command line that are no UTF-8 (lone surrogates) become U+FFFD; line ends become "\\n" unless the model
    knows others. What it does not know, but knows composed or decomposed, takes that form.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not any("\r" in token for token in vocabulary.tokens):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if all(unicodedata.is_normalized(form, text) for form in _FORMS):
        return UserSpelling(text, [])
    pieces = _CHARACTER.findall(text) if vocabulary.level == "char" else vocabulary.tokenize(text)
    known = {piece: _known_form(piece, vocabulary) for piece in set(pieces)}
    parts, at = list[str](), 0
    for piece in pieces:
        begin = text.index(piece, at)  # at once, or after a space that is understood
        parts += [text[at:begin], known[piece]]
        at = begin + len(piece)
    reformed = [piece for piece in dict.fromkeys(pieces) if known[piece] != piece]
    return UserSpelling("".join([*parts, text[at:]]), reformed)


def _known_form(piece: str, vocabulary: Vocabulary) -> str:
    """A character with its marks, or a word, in a form that the vocabulary has; as it is where it has none."""
    forms = (piece, *(unicodedata.normalize(form, piece) for form in _FORMS))
    return next((form for form in forms if _is_known(form, vocabulary)), piece)


def _is_known(text: str, vocabulary: Vocabulary) -> bool:
    ids = vocabulary.ids_of(vocabulary.tokenize(text))
    return bool((ids >= 0).all()) and vocabulary.unknown not in ids.tolist()


def unseen_note(unseen: Sequence[str], vocabulary: Vocabulary, done: str = "") -> str:
    """A sentence on what of a text the model never saw; done: what is done with it, where it is something unusual.

    A model has only what it learned: where it learned rare tokens as unknown ones, these may be among them.
    """
    what, noun = describe_tokens(unseen, vocabulary.level), TOKEN_NOUNS[vocabulary.level]
    if vocabulary.unknown is None:
        return f"The model does not know {what}: {done or 'skipped'}."
    done = done or f"read as unknown {noun}s"
    return f"The model does not know {what}: not in its training text, or too rare there (--min-count); {done}."


def stop_note(stop: str, vocabulary: Vocabulary) -> str:
    """A sentence on a stop text that can never be written; empty where it can be, as far as is known."""
    special = {vocabulary.unknown, vocabulary.end}
    tokens = [token for k, token in enumerate(vocabulary.tokens) if k not in special]
    letters = set().union(*tokens) | (set() if vocabulary.level == "char" else {" "})
    strange = list(dict.fromkeys(character for character in stop if character not in letters))
    if strange:
        return f"--stop {stop!r} can never come: the model does not write {describe_tokens(strange, 'char')}."
    if vocabulary.level != "char" and stop.isalnum() and not any(stop in token for token in tokens):
        return f"--stop {stop!r} can never come: it is in no {TOKEN_NOUNS[vocabulary.level]} that the model knows."
    return ""


def describe_tokens(tokens: Iterable[str], level: str) -> str:
    """Characters or words, in a form fit for a message."""
    listed = list(tokens)
    shown = [repr(thing) + (f" (U+{ord(thing):04X})" if len(thing) == 1 else "") for thing in listed[:_NAMED]]
    if len(listed) > _NAMED:
        shown.append(f"{len(listed) - _NAMED:,} more")
    kind = TOKEN_NOUNS[level] + ("s" if len(listed) > 1 else "")
    return f"the {kind} {' and '.join([', '.join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)}"
