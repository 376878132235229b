"""A text of the user's as the tokens of a model's vocabulary: read in one way, whatever is then done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lstmgen.arrays import Int32Array, Int64Array
from lstmgen.errors import TextError
from lstmgen.inspection.measured_text import TokenizedText
from lstmgen.text import Vocabulary
from lstmgen.text.levels import LEVEL_RULES
from lstmgen.text.user_spelling import UserSpelling, spell_as_learned, unseen_note

_CHARACTERS_PER_TOKEN = {"char": 2, "word": 64, "token": 64}  # \r\n is one character; more than words have


@dataclass(frozen=True, eq=False)
class UserText:
    """spelled: the text, treated as a corpus is; ids (T,): its tokens, without those that the model does not know.

    unseen: what the model never saw; cut: whether the text goes on after the last token.
    """

    spelled: UserSpelling
    ids: Int32Array
    unseen: Sequence[str]
    cut: bool

    @property
    def text(self) -> str:
        """What is read, known to the model or not."""
        return self.spelled.text

    def notes(self, vocabulary: Vocabulary, done: str) -> list[str]:
        """What the user should be told; done: what is done with the tokens, as in "used"."""
        notes = self.spelled.notes(vocabulary)
        notes += [unseen_note(self.unseen, vocabulary)] if self.unseen else []
        if self.cut:
            first = f"only its first {len(self.ids):,} tokens are {done}"
            notes.append(f"The text was cut: {first}; --max-tokens N reads more.")
        return notes


def read_user_text(vocabulary: Vocabulary, text: str, longest: int, *, prompt: bool = False) -> UserText:
    """At most `longest` tokens of a text; `prompt`: read as what is to be gone on with (see `Vocabulary.encode`)."""
    part = text[: longest * _CHARACTERS_PER_TOKEN[vocabulary.level]]
    spelled = spell_as_learned(part, vocabulary)
    ids, unseen = vocabulary.encode(spelled.text, prompt=prompt)
    return UserText(spelled, ids[:longest], unseen, len(part) < len(text) or len(ids) > longest)


def tokenize_user_text(vocabulary: Vocabulary, read: UserText) -> TokenizedText:
    """The tokens of a text with their places in it. Raises TextError where the model knows none."""
    pieces = vocabulary.tokenize(read.text)
    known = vocabulary.ids_of(pieces) >= 0
    kept = np.flatnonzero(known)[: len(read.ids)].tolist()
    if not kept:
        raise TextError(
            "There is nothing to look at: the text is empty, or the model knows none of its tokens.\nGive another text."
        )
    spaces = [0, *(int(LEVEL_RULES[vocabulary.level].space_implied(a, b)) for a, b in pairwise(pieces))]
    ends: Int64Array = np.cumsum([len(piece) + space for piece, space in zip(pieces, spaces, strict=True)])
    text = read.text[: int(ends[kept[-1]])] if read.cut else read.text
    return TokenizedText(text, [pieces[k] for k in kept], np.asarray(ends[kept], np.int64))
