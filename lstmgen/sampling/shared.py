"""Samples shared out among several processes: each writes some, and rank 0 gives all of them in their order.

A sample does not know its neighbours, so it is the same whoever writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.ranks.single import Ranks
from lstmgen.sampling.sample import FinishedSample, TextChunk

Write = Callable[[range], Iterator[TextChunk]]
"""Writes the samples of these numbers, one after the other."""

_MOST_AT_ONCE = 256  # samples that a rank writes before it hands them over


def lead_samples(ranks: Ranks, count: int, write: Write) -> Iterator[TextChunk]:
    """Samples 0 to count - 1, a piece each."""
    each = max(1, min(_MOST_AT_ONCE, -(-count // ranks.size)))
    for first in range(0, count, each * ranks.size):
        with ranks.order(first, each, count):
            parts = ranks.gather(_written(ranks, first, each, count, write))
        for part in parts:
            for record, text in json.loads(part.tobytes() or b"[]"):
                yield TextChunk(record["sample"], text, FinishedSample(**record))


def follow_samples(ranks: Ranks, write: Write) -> None:
    """Write what rank 0 orders, until it ends (SystemExit)."""
    while True:
        first, each, count, *_ = ranks.next_order()
        ranks.gather(_written(ranks, int(first), int(each), int(count), write))


def _written(ranks: Ranks, first: int, each: int, count: int, write: Write) -> AnyArray:
    """This rank's samples of a round, as JSON: what is known of each, and its text as it is shown."""
    begin = first + ranks.rank * each
    texts: list[str] = []
    found: list[tuple[dict[str, object], str]] = []
    for piece in write(range(min(begin, count), min(begin + each, count))):
        texts.append(piece.text)
        if piece.finished is not None:
            found.append((asdict(piece.finished), "".join(texts)))
            texts.clear()
    return np.frombuffer(json.dumps(found).encode("ascii"), np.uint8)
