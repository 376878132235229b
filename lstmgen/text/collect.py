"""Text to ids in one pass over its chunks, with ids given in the order of first appearance.

The final vocabulary is only known at the end; until then ids are provisional, of the smallest type that will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.text import words
from lstmgen.text.spool import Spool, blocks
from lstmgen.text.tokens import END_TOKEN, free_name

_END_CODE = 0x110000  # one past the last code point
_END_KEY = "\ud800"  # half a character, which no text holds


def smallest_id_type(kinds: int) -> type[np.unsignedinteger[Any]]:
    """The smallest of uint8, uint16 and uint32 that can count `kinds` different ids."""
    return np.uint8 if kinds <= 1 << 8 else np.uint16 if kinds <= 1 << 16 else np.uint32


class Collector(Protocol):
    """Takes documents; at the end gives their ids and the tokens those stand for."""

    characters: int

    def add(self, chunks: Iterable[str]) -> int:
        """Add one document; the number of its tokens."""
        ...

    def end_document(self) -> None:
        """Add the end of the document that was added last."""
        ...

    def finish(self) -> tuple[AnyArray, list[str], int | None]:
        """Ids of everything, the tokens in id order, and the id of a document's end. The collector is empty then."""
        ...


class CharacterCollector:
    """Characters: code points through a table of all code points (4.5 MB), without a Python object for each."""

    def __init__(self, spool: Spool) -> None:
        self.characters = 0
        self._table = np.full(_END_CODE + 1, -1, np.int32)
        self._seen: list[int] = []
        self._spool = spool

    def add(self, chunks: Iterable[str]) -> int:
        before = self.characters
        for chunk in chunks:
            self._add(np.frombuffer(chunk.encode("utf-32-le"), dtype="<u4"))
            self.characters += len(chunk)
        return self.characters - before

    def end_document(self) -> None:
        self._add(np.array([_END_CODE], "<u4"))

    def _add(self, codes: AnyArray) -> None:
        ids = self._table.take(codes)
        if ids.min() < 0:
            new = np.unique(codes[ids < 0])
            self._table[new] = np.arange(len(self._seen), len(self._seen) + len(new))
            self._seen += new.tolist()
            ids = self._table.take(codes)
        self._spool.add(ids.astype(smallest_id_type(len(self._seen))))

    def finish(self) -> tuple[AnyArray, list[str], int | None]:
        tokens = [chr(code) if code < _END_CODE else END_TOKEN for code in self._seen]
        end = int(self._table[_END_CODE])
        return self._spool.finish(), tokens, None if end < 0 else end


class _Pieces(dict[str, int]):
    """Piece to id; a word has one id, with and without the space understood before it."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, int] = {}

    def __missing__(self, piece: str) -> int:
        found = self[piece] = self.tokens.setdefault(words.token_of(piece), len(self.tokens))
        return found


class WordCollector:
    """Words and what stands between them."""

    def __init__(self, spool: Spool, split_chunks: Callable[[Iterable[str]], Iterable[list[str]]]) -> None:
        self.characters = 0
        self._pieces, self._split_chunks = _Pieces(), split_chunks
        self._spool = spool
        self._end: int | None = None

    def add(self, chunks: Iterable[str]) -> int:
        count = 0
        for pieces in self._split_chunks(self._counted(chunks)):
            ids = np.fromiter(map(self._pieces.__getitem__, pieces), np.uint32, len(pieces))
            self._spool.add(ids.astype(smallest_id_type(len(self._pieces.tokens))))
            count += len(ids)
        return count

    def _counted(self, chunks: Iterable[str]) -> Iterable[str]:
        for chunk in chunks:
            self.characters += len(chunk)
            yield chunk

    def end_document(self) -> None:
        if self._end is None:
            self._end = len(self._pieces.tokens)
            self._pieces.tokens[_END_KEY] = self._end
        self._spool.add(np.array([self._end], smallest_id_type(len(self._pieces.tokens))))

    def finish(self) -> tuple[AnyArray, list[str], int | None]:
        taken = list(self._pieces.tokens)
        tokens = [free_name(END_TOKEN, taken) if token is _END_KEY else token for token in taken]
        return self._spool.finish(), tokens, self._end


def remap_ids(ids: AnyArray, new: Int64Array, kinds: int, spool: Spool) -> AnyArray:
    """`new[ids]` in the smallest type for `kinds` ids, block by block; in place where type and memory allow it."""
    kind = smallest_id_type(kinds)
    table = new.astype(kind)
    if ids.dtype == kind and ids.flags.writeable:
        for _, block in blocks(ids):
            block[:] = table[block]
        return ids
    for _, block in blocks(ids):
        spool.add(table[block])
    return spool.finish()


def count_ids(ids: AnyArray, kinds: int) -> Int64Array:
    """How often each id occurs, block by block (numpy would make 8 bytes of every id at once)."""
    total = np.zeros(kinds, np.int64)
    for _, block in blocks(ids):
        total += np.bincount(block, minlength=kinds)
    return total
