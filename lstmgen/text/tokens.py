"""The vocabulary: token strings in id order; text to ids and back, exactly, at both levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstmgen.arrays import AnyArray, BoolArray, Int32Array, Int64Array
from lstmgen.lazy import cached_property
from lstmgen.settings import LEVELS
from lstmgen.text.levels import LEVEL_RULES
from lstmgen.text.spool import blocks

UNKNOWN_TOKEN = "<unk>"  # how the id that stands for rare words is written; no token of a text is spelled so
END_TOKEN = "<end>"  # likewise a document's end, of which nothing is ever printed
_SHOWN = 40  # longest name of something unseen that is handed back


class Spelling(NamedTuple):
    """What joining needs of every token, as arrays (V,): its length, and where a space may be understood."""

    length: Int64Array
    takes_space: BoolArray
    gives_space: BoolArray

    @classmethod
    def of(cls, level: str, tokens: list[str], unknown: int | None, end: int | None) -> Spelling:
        """At character level no space is understood; unknown words are spaced as words, a document's end is nothing."""
        length = np.fromiter(map(len, tokens), np.int64, len(tokens))
        takes, gives = np.zeros(len(tokens), np.bool_), np.zeros(len(tokens), np.bool_)
        if level != "char":
            rules = LEVEL_RULES[level]
            takes[:] = [rules.takes_space(token) for token in tokens]
            gives[:] = [rules.gives_space(token) for token in tokens]
            if unknown is not None:
                takes[unknown] = gives[unknown] = True
        if end is not None:
            length[end], takes[end], gives[end] = 0, False, False
        return cls(length, takes, gives)

    def characters_of(self, ids: AnyArray) -> Int64Array:
        """Characters of text each token accounts for, the space understood before it included."""
        return self.length[ids] + self.space_before(ids)

    def space_before(self, ids: AnyArray) -> BoolArray:
        """Before which tokens a space is understood."""
        found = np.zeros(len(ids), np.bool_)
        found[1:] = self.gives_space[ids[:-1]] & self.takes_space[ids[1:]]
        return found

    def total_characters(self, ids: AnyArray, starts: Int64Array) -> int:
        """Characters of a run of documents that begin at `starts`: no space is understood between two of them."""
        if not self.gives_space.any() and (self.length == 1).all():
            return len(ids)
        inner = starts[(starts > 0) & (starts < len(ids))]
        total = -int((self.gives_space[ids[inner - 1]] & self.takes_space[ids[inner]]).sum())
        for a, block in blocks(ids, before=1):
            found = self.characters_of(block)
            total += int(found.sum()) - (int(found[0]) if a else 0)
        return total


class Decoder:
    """Ids to text, one at a time; the pieces together are what `Vocabulary.decode` gives."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._open = False  # whether the last token lets a space be understood

    def push(self, token: int) -> str:
        """The text of one more id, with the space understood before it."""
        spelling = self._vocabulary.spelling
        text = "" if token == self._vocabulary.end else self._vocabulary.tokens[token]
        spaced = self._open and spelling.takes_space[token]
        self._open = bool(spelling.gives_space[token])
        return " " + text if spaced else text


@dataclass(frozen=True)
class Vocabulary:
    """Token strings in id order, at level "char", "word" or "token".

    unknown: the id that stands for cut tokens, or None; end: that with which a document ends, or None where documents
    end with nothing, or with their line.
    """

    level: str
    tokens: list[str]
    unknown: int | None = None
    end: int | None = None

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def from_header(cls, level: Any, tokens: Any, unknown: Any, end: Any = None) -> Vocabulary:
        """Check what a file says; ValueError when it is no vocabulary."""
        if level not in LEVELS:
            raise ValueError(f"its level is none of {', '.join(LEVELS)}")
        if not isinstance(tokens, list) or not tokens or not all(isinstance(token, str) for token in tokens):
            raise ValueError("its vocabulary is not a list of texts")
        if len(set(tokens)) != len(tokens):
            raise ValueError("its vocabulary names a token twice")
        if any("\ud800" <= character <= "\udfff" for token in tokens for character in token):
            raise ValueError("its vocabulary holds half a character (a surrogate)")
        if unknown is not None and (type(unknown) is not int or not 0 <= unknown < len(tokens)):
            raise ValueError("its unknown word is not in its vocabulary")
        if end is not None and (type(end) is not int or not 0 <= end < len(tokens) or end == unknown):
            raise ValueError("its end of a document is not in its vocabulary")
        if level == "char" and any(len(token) != 1 for k, token in enumerate(tokens) if k not in (unknown, end)):
            raise ValueError("its vocabulary holds a character that is not one character")
        return cls(level, list(tokens), unknown, end)

    @cached_property
    def spelling(self) -> Spelling:
        """Lengths and spaces of all tokens."""
        return Spelling.of(self.level, self.tokens, self.unknown, self.end)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {token: k for k, token in enumerate(self.tokens) if k != self.unknown}

    def tokenize(self, text: str) -> list[str]:
        """The tokens of a text, known or not: its characters, or words and what is between them."""
        return LEVEL_RULES[self.level].split(text)

    def encode(self, text: str, *, prompt: bool = False) -> tuple[Int32Array, list[str]]:
        """Ids of a text, and the distinct tokens the model never saw, in the order of their first appearance.

        Unseen tokens become `unknown` where there is one, else they are skipped. With `prompt`, one space at the end
        of a text of words is absorbed: it will be understood before the word that is written next.
        """
        tokens = self.tokenize(text)
        if prompt:
            tokens = self._absorbed(tokens)
        ids, unseen = [], dict[str, None]()
        for token in tokens:
            found = self._ids.get(token, self.unknown)
            if found is not None:
                ids.append(found)
            if found is None or found == self.unknown:
                unseen[token if len(token) <= _SHOWN else token[: _SHOWN - 1] + "…"] = None
        return np.array(ids, dtype=np.int32), list(unseen)

    def document_end(self, lines: bool) -> int | None:
        """The id with which a document ends, after which everything starts anew; None where none is learned.

        lines: every line is a document, so that it is the line end.
        """
        if lines:
            return self.tokens.index("\n") if "\n" in self.tokens else None
        return self.end

    def _absorbed(self, tokens: list[str]) -> list[str]:
        """Without a last " " that follows a token after which a space is understood anyway."""
        understood = len(tokens) > 1 and tokens[-1] == " " and LEVEL_RULES[self.level].gives_space(tokens[-2])
        return tokens[:-1] if understood else tokens

    def encode_documents(self, documents: Iterable[str]) -> Int32Array:
        """Ids of whole documents one after the other, each with its end where ends are learned."""
        end = np.array([] if self.end is None else [self.end], np.int32)
        return np.concatenate([part for document in documents for part in (self.encode(document)[0], end)] or [end[:0]])

    def ids_of(self, tokens: Iterable[str]) -> Int64Array:
        """The id of each token; of unseen ones `unknown`, or -1 where there is none."""
        unseen = -1 if self.unknown is None else self.unknown
        return np.array([self._ids.get(token, unseen) for token in tokens], dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids: exactly what was encoded, if all of it was known."""
        decoder = self.decoder()
        return "".join([decoder.push(int(token)) for token in ids])

    def decoder(self) -> Decoder:
        """For text that is shown while it is made."""
        return Decoder(self)

    def characters_of(self, ids: AnyArray) -> Int64Array:
        """Characters of text each id accounts for; they sum to the length of `decode(ids)`."""
        return self.spelling.characters_of(np.asarray(ids, dtype=np.int64))


def free_name(name: str, taken: list[str]) -> str:
    """The name, in more brackets where a vocabulary made elsewhere has it already."""
    return free_name(f"<{name}>", taken) if name in taken else name
