"""A text that a model is measured over, token by token and character by character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lstmgen.arrays import Int32Array, Int64Array


@dataclass(frozen=True)
class TokenizedText:
    """A text as a model reads it: token k is the characters text[ends[k] - len(tokens[k]) : ends[k]]."""

    text: str
    tokens: Sequence[str]
    ends: Int64Array

    @property
    def firsts(self) -> Int64Array:
        """Each token's first character; of an empty token (T,) the one that follows."""
        return self.ends - np.fromiter(map(len, self.tokens), np.int64, len(self.tokens))

    @property
    def lasts(self) -> Int64Array:
        """Each token's last character."""
        return np.maximum(self.ends - 1, 0)


@dataclass(frozen=True)
class MeasuredText:
    """reading: the text; ids (T,): its tokens; document_end: id that ends a document, or None; words: what text it is.

    own: whether the model wrote it; notes: what the user should be told.
    """

    reading: TokenizedText
    ids: Int32Array
    document_end: int | None
    words: str
    own: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def hints(self) -> list[str]:
        """What matters less: that there was nothing better than the model's own writing."""
        return ["The text it was trained on is not here; its own writing is measured."] if self.own else []
