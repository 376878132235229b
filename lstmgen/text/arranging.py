"""From the documents of a text to provisional ids: in the order in which they are learned, the held-back ones last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.errors import TextError, UsageError
from lstmgen.settings import LEVELS
from lstmgen.text import documents, lines
from lstmgen.text.collect import CharacterCollector, Collector, WordCollector
from lstmgen.text.identity import Documents
from lstmgen.text.levels import LEVEL_RULES
from lstmgen.text.reading import TextReader
from lstmgen.text.spool import Spool
from lstmgen.text.tokens import Vocabulary


@dataclass(frozen=True)
class CorpusOptions:
    """How the text is to be taken."""

    level: str
    lines: bool
    min_count: int | None
    validation_share: float | None
    mmap_above: float
    known_vocabulary: Vocabulary | None = None
    repeats_together: bool = True
    separator: str | None = None
    document_ends: bool = True
    open_level: bool = False  # nobody asked for a level

    def spool(self) -> Spool:
        """For ids that are made of it."""
        return Spool(self.mmap_above)

    def check(self, reading: TextReader) -> None:
        """UsageError for what is out of range or does not go together."""
        if self.level not in LEVELS:
            raise UsageError(f"--level must be one of {', '.join(LEVELS)}, not {self.level!r}.")
        if self.min_count is not None and self.min_count < 1:
            raise UsageError(f"--min-count must be at least 1, not {self.min_count}.")
        if self.validation_share is not None and not 0.0 <= self.validation_share <= 0.9:
            raise UsageError(f"--validation must be a number from 0 to 0.9, not {self.validation_share}.")
        if self.lines and reading.keep_newlines:
            raise UsageError("--lines ends every line with a newline of its own.\nLeave --keep-newlines out.")
        if self.lines and self.separator is not None:
            raise UsageError("--lines and --documents both say where a document ends.\nUse only one of them.")
        if self.known_vocabulary is not None and self.known_vocabulary.level != self.level:
            raise UsageError(
                f"A vocabulary of level {self.known_vocabulary.level} cannot take up a text of level {self.level}."
            )


@dataclass(frozen=True, eq=False)
class _Arranged:
    """ids: provisional, and `seen` the tokens they stand for; starts: first tokens of the documents; split: first token
    of what is held back; pieces: of how many from all over the text that is; repeats: of documents that stand alone;
    end: the id with which documents end; hint: on what may separate documents."""

    ids: AnyArray
    seen: list[str]
    starts: Int64Array
    split: int
    pieces: int = 0
    repeats: lines.LineRepeats | None = None
    end: int | None = None
    hint: str = ""


def arrange(texts: Documents, names: list[str], wanted: CorpusOptions) -> _Arranged:
    """Read them all. TextError where there is nothing in them."""
    split_chunks = LEVEL_RULES[wanted.level].split_chunks
    collector: Collector
    if split_chunks is None:
        collector = CharacterCollector(wanted.spool())
    else:
        collector = WordCollector(wanted.spool(), split_chunks)
    starts = _collected(texts, collector, ends=wanted.document_ends and not wanted.lines)
    ids, seen, end = collector.finish()
    newline = seen.index("\n") if "\n" in seen else None
    if wanted.lines:
        begins, lengths = lines.find_lines(ids, newline)
        _refuse_empty(len(begins), names, "has no line with anything in it")
        return _shuffled(ids, seen, begins, lengths, wanted)
    _refuse_empty(len(ids), names, "is empty")
    if end is not None and documents.stand_alone(len(starts), len(ids)):
        return replace(_shuffled(ids, seen, starts, np.diff(starts, append=len(ids)), wanted), end=end)
    hint = "" if end is not None else documents.separate_records_hint(ids, newline)
    split = documents.split_point(len(ids), starts, wanted.validation_share, lines=False)
    if wanted.validation_share is None and split < len(ids):
        pieces = documents.choose_validation_pieces(ids, newline, len(ids) - split)
        if pieces:
            ids, starts, split = documents.move_pieces_to_end(ids, starts, pieces, wanted.spool())
            return _Arranged(ids, seen, starts, split, len(pieces), end=end, hint=hint)
    return _Arranged(ids, seen, starts, split, end=end, hint=hint)


def _shuffled(
    ids: AnyArray, seen: list[str], begins: Int64Array, lengths: Int64Array, wanted: CorpusOptions
) -> _Arranged:
    """Documents that stand alone, shuffled; copies of one are all learned from or all held back."""
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(begins))
    total, repeats, split = int(lengths.sum()), None, None
    if wanted.repeats_together or not wanted.lines:
        kinds = lines.number_equal_lines(ids, begins, lengths)
        repeats = lines.LineRepeats(len(kinds), int(kinds.max()) + 1)
        many = documents.validation_token_count(total, wanted.validation_share)
        if repeats.repeated and many is not None:
            held = lines.choose_validation_lines(kinds[order], lengths[order], many)
            order = np.concatenate((order[~held], order[held]))
            split = total - int(lengths[order][len(order) - int(held.sum()) :].sum())
    ids, starts = documents.gather_documents(ids, begins[order], lengths[order], wanted.spool())
    if split is None:
        split = documents.split_point(total, starts, wanted.validation_share, lines=True)
    return _Arranged(ids, seen, starts, split, repeats=repeats)


def _collected(texts: Documents, collector: Collector, ends: bool) -> Int64Array:
    """Feed every document; the first token of each. A document without text is none.

    ends: each is followed by its end, if there are several; of a single one nothing says that it ends where it does.
    """
    starts, total = list[int](), 0
    for text in texts:
        first = next(filter(None, text), "")
        if not first:
            continue
        if ends and starts:
            collector.end_document()
            total += 1
        starts.append(total)
        total += collector.add(chain([first], text))
    if ends and len(starts) > 1:
        collector.end_document()
    return np.array(starts or [0], dtype=np.int64)


def _refuse_empty(count: int, names: list[str], what: str) -> None:
    if not count:
        raise TextError(f"{', '.join(names)} {what}.\nGive a text of at least a few words.")
