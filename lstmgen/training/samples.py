"""Text from the weights in hand, from a generator of its own: a little to be shown on the way, more to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import numpy as np

from lstmgen.arrays import Int32Array
from lstmgen.errors import InterruptedTraining
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop, never_stop
from lstmgen.text import Corpus, Vocabulary
from lstmgen.text.copies import SEARCH_LIMIT, Copies, CopyReference, measure_copies
from lstmgen.text.lines import banned_at_start, count_new_lines

_LENGTH = {"char": 160, "word": 40, "token": 40}
_LINES = 6  # shown of a text whose lines stand alone
SAMPLE_TEMPERATURE = 0.8
CAREFUL_TEMPERATURE, WILD_TEMPERATURE = 0.5, 1.1  # beside it at the end of a run, so that the dial is seen
_MEASURED = {"char": 2_000, "word": 500, "token": 500}  # tokens written at the end, to see what of them is copied
_MEASURED_LINES = 100
_AT_ONCE = 50  # of them between two looks at whether to stop
COPY_SEARCH_SECONDS = 5.0  # for which copies are looked for at most
FIRST_SEARCH_TOKENS = 1 << 18  # tokens of the training text that are searched whatever the time: tenths of a second
_SPARED = 0.7  # of the time that is left, for what takes longer than it did in those

_Now = Callable[[], float]


def write_sample(
    network: Network,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
    lines: bool = False,
    stop: ShouldStop = never_stop,
    temperature: float = SAMPLE_TEMPERATURE,
) -> str:
    """From nothing, with `lines` some lines; the token for unknown words is never drawn.

    Raises InterruptedTraining where `stop` says so.
    """
    ids = _drawn(network, vocabulary, rng, _LENGTH[vocabulary.level], _LINES if lines else 1, stop, lines, temperature)
    return "\n".join(vocabulary.decode(row) for row in _until_end(ids, vocabulary.document_end(lines)))


def _until_end(ids: Int32Array, document_end: int | None) -> list[Int32Array]:
    """Each text's (n, rows) own tokens, before its end."""
    if document_end is None:
        return [*ids.T]
    return [row[: np.flatnonzero(np.append(row, document_end) == document_end)[0]] for row in ids.T]


def search_copies(network: Network, corpus: Corpus, rng: np.random.Generator, stop: ShouldStop, now: _Now) -> Copies:
    """What is copied in a text that is written for this: so many characters or words, or lines.

    It is looked for in as much of the training text as `SECONDS` allow. Raises InterruptedTraining where `stop` says
    so.
    """
    vocabulary, lines = corpus.vocabulary, corpus.lines
    many, length = _MEASURED_LINES if lines else 1, (_LENGTH if lines else _MEASURED)[vocabulary.level]
    if corpus.stand_alone and not lines:  # as many documents as have about as many tokens
        mean = max(1, len(corpus.ids) // len(corpus.starts))
        many, length = min(_MEASURED_LINES, max(1, length // mean)), min(length, 2 * mean)
    ids = _drawn(network, vocabulary, rng, length, many, stop, lines)
    texts = _until_end(ids, vocabulary.document_end(lines))
    kept = corpus.training, corpus.training_starts, corpus.validation, corpus.validation_starts
    found = copies_in_time(CopyReference(*kept, vocabulary, lines), texts, stop, now)
    return replace(found, new_lines=_new_lines(corpus, texts, length)) if lines else found


def _new_lines(corpus: Corpus, texts: list[Int32Array], length: int) -> int:
    """Different lines among these that the text learned from has not, in its last SEARCHED tokens."""
    begin = max(0, corpus.split - SEARCH_LIMIT)
    starts = corpus.training_starts[corpus.training_starts >= begin] - begin
    ends = np.append(starts[1:], corpus.split - begin)
    return count_new_lines(
        corpus.training[begin:], starts, ends - starts - 1, [row for row in texts if len(row)], length
    )


class _OutOfTime(Exception):
    """More of the text was searched than there was time for."""


def copies_in_time(reference: CopyReference, texts: Sequence[Int32Array], stop: ShouldStop, now: _Now) -> Copies:
    """What is copied from the last tokens of the training text: as many as can be searched in `SECONDS`.

    How long it takes is seen in a small part, which is searched whatever it takes.
    """
    began = now()

    def heard() -> None:
        if stop():
            raise InterruptedTraining

    def in_time() -> None:
        heard()
        if now() - began > COPY_SEARCH_SECONDS:
            raise _OutOfTime

    found, wanted = (
        measure_copies(reference, texts, FIRST_SEARCH_TOKENS, heard),
        min(SEARCH_LIMIT, len(reference.training)),
    )
    if found.whole:
        return found
    used = now() - began
    limit = min(wanted, int(FIRST_SEARCH_TOKENS * _SPARED * (COPY_SEARCH_SECONDS - used) / max(used, 1e-6)))
    if limit > FIRST_SEARCH_TOKENS:
        with suppress(_OutOfTime):
            found = measure_copies(reference, texts, limit, in_time)
    return found if found.searched == wanted else replace(found, seconds=COPY_SEARCH_SECONDS)


def _drawn(
    network: Network,
    vocabulary: Vocabulary,
    rng: np.random.Generator,
    length: int,
    rows: int,
    stop: ShouldStop,
    lines: bool,
    temperature: float = SAMPLE_TEMPERATURE,
) -> Int32Array:
    """Ids (length, rows) of texts from nothing; of lines, none is empty."""
    banned = np.zeros(len(vocabulary), dtype=np.uint8)
    if vocabulary.unknown is not None and len(vocabulary) > 1:
        banned[vocabulary.unknown] = 1
    first = banned_at_start(banned, vocabulary.document_end(lines))
    uniforms = rng.random((length, rows))
    last, state = np.full(rows, -1, dtype=np.int32), network.zero_state(rows)
    min_p = 0.05 if vocabulary.level != "char" else 0.0
    writer, found = network.sampler(rows), np.empty((0, rows), np.int32)
    for begin, end in pairwise([0, *range(1, length, _AT_ONCE), length]):
        if stop():
            raise InterruptedTraining
        some, forbidden = uniforms[begin:end], banned if begin else first
        ids, state = writer.next_tokens(last, state, some, temperature, 0, 1.0, min_p, forbidden)
        last, found = ids[-1].copy(), np.concatenate([found, ids])
    return found
