"""A corpus: the user's text as ids, split into a training and a validation part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.text.beginnings import Beginnings, find_beginnings
from lstmgen.text.collect import count_ids
from lstmgen.text.spool import blocks
from lstmgen.text.tokens import Vocabulary


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as ids. Offsets count tokens unless they say characters; characters are code points.

    `starts` are the first tokens of the documents; where they `stand_alone` (lines, and many short documents) they are
    shuffled, and held back as wholes. `digest` is the SHA-256 of the text as UTF-8 after line ends were
    treated. `training_characters` are those before the split. `validation_pieces` of the text were moved to its end,
    to be the validation part; 0: it is the text's own end. `unknown_characters` is the number of characters that the
    unknown words of the validation part spell. `no_validation_reason` says in a few words why there is none.
    `load_options` are the further keywords with which `load_corpus` reads the same text the same way.
    """

    name: str
    names: list[str]
    paths: list[str]
    level: str
    lines: bool
    stand_alone: bool
    ids: AnyArray
    vocabulary: Vocabulary
    starts: Int64Array
    characters: int
    digest: str
    split: int
    validation_pieces: int
    training_characters: int
    newlines: str
    skipped: list[str]
    replaced: int
    notes: list[str]
    unknown_characters: int
    load_options: dict[str, Any]
    no_validation_reason: str = ""

    @property
    def validation_characters(self) -> int:
        """Code points of the validation part."""
        return self.characters - self.training_characters

    @property
    def training(self) -> AnyArray:
        """Ids of the training part."""
        return self.ids[: self.split]

    @property
    def validation(self) -> AnyArray:
        """Ids of the validation part, empty when there is none."""
        return self.ids[self.split :]

    @property
    def training_starts(self) -> Int64Array:
        """First tokens of the training part's documents."""
        return self.starts[self.starts < self.split] if self.split else self.starts

    @property
    def validation_starts(self) -> Int64Array:
        """First tokens of the validation part's documents, within that part; the part's own first token is one."""
        inside = self.starts[self.starts > self.split] - self.split
        return np.concatenate(([0], inside)).astype(np.int64)

    @property
    def documents(self) -> int:
        """How many documents end with the vocabulary's end."""
        end = self.vocabulary.end
        return 0 if end is None else sum(int((block == end).sum()) for _, block in blocks(self.ids))

    @property
    def longest_document(self) -> int:
        """Tokens of the longest document, with its end."""
        return int(np.diff(self.starts, append=len(self.ids)).max())

    @property
    def training_counts(self) -> Int64Array:
        """How often each id (V,) occurs in the training part."""
        return count_ids(self.training, len(self.vocabulary))

    @property
    def beginnings(self) -> Beginnings | None:
        """Where in the training part a text may begin: after lines and sentences; None where that is seldom.

        Documents that stand alone begin with their first token, and nowhere else.
        """
        return None if self.stand_alone else find_beginnings(self.training, self.vocabulary)
