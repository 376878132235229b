"""Reading a corpus: from names or a text to ids, vocabulary, documents and split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from lstmgen.errors import TextError, UsageError
from lstmgen.settings import LEVELS, MMAP_ABOVE
from lstmgen.shipped import shipped_corpus_facts
from lstmgen.text import documents
from lstmgen.text.collect import Characters, Collector, Words, counts, renamed
from lstmgen.text.corpus import Corpus
from lstmgen.text.cut import Kept, choose, kept_of, known_ids
from lstmgen.text.documents import Offsets
from lstmgen.text.reading import Reading
from lstmgen.text.sources import Found, find
from lstmgen.text.spool import Spool
from lstmgen.text.tokens import Ids, Spelling, Vocabulary

MANY_CHARACTERS = 1_000  # kinds; above, most of the network's work is choosing among them


def load_corpus(
    names: Sequence[str],
    *,
    level: str | None = None,
    lines: bool | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    keep_newlines: bool = False,
    min_count: int | None = None,
    validation: float | None = None,
    mmap_above: float = MMAP_ABOVE,
    stdin: BinaryIO | None = None,
    known: Vocabulary | None = None,
) -> Corpus:
    """Read files, folders, "-" and shipped corpora; a shipped corpus knows its level and whether lines are documents.

    validation: the share of the end that is held back; None: 5 %, at most 200,000 tokens, in pieces from all over the
    text, which then stand at its end (`Corpus.ids` is in that order). Ids of more than
    `mmap_above` megabytes are kept in a temporary file; nothing else depends on that. `known`: a vocabulary to which
    the text's new tokens are added. Raises UsageError for names and options, TextError for a text that cannot be used,
    ResourceError for one that cannot be read or kept.
    """
    reading = Reading(encoding, errors, keep_newlines)
    found = find(names, reading)
    facts = shipped_corpus_facts(found.shipped[0]) if len(found.shipped) == len(found.names) else {}
    level = level if level is not None else facts.get("level", "char")
    lines = lines if lines is not None else facts.get("lines", False)

    def texts() -> Iterator[Iterator[str]]:
        for source in found.sources:
            with source.open(stdin) as stream:
                yield reading.stream(stream, source.label)

    wanted = _Wanted(level, lines, min_count, validation, mmap_above, known)
    return _build(texts(), found, reading, wanted)


def load_text(
    text: str,
    *,
    level: str | None = None,
    lines: bool | None = None,
    keep_newlines: bool = False,
    min_count: int | None = None,
    validation: float | None = None,
    mmap_above: float = MMAP_ABOVE,
    name: str = "text",
    known: Vocabulary | None = None,
) -> Corpus:
    """A corpus of a text that is there already; everything else as in `load_corpus`."""
    reading = Reading(keep_newlines=keep_newlines)
    found = Found(names=[name], stem=name)
    wanted = _Wanted(level or "char", bool(lines), min_count, validation, mmap_above, known)
    return _build([reading.text(text, name)], found, reading, wanted)


@dataclass(frozen=True)
class _Wanted:
    """How the text is to be taken."""

    level: str
    lines: bool
    min_count: int | None
    share: float | None
    mmap_above: float
    known: Vocabulary | None = None

    def spool(self) -> Spool:
        """For ids that are made of it."""
        return Spool(self.mmap_above)

    def check(self, reading: Reading) -> None:
        """UsageError for what is out of range or does not go together."""
        if self.level not in LEVELS:
            raise UsageError(f"--level must be {' or '.join(LEVELS)}, not {self.level!r}.")
        if self.min_count is not None and self.min_count < 1:
            raise UsageError(f"--min-count must be at least 1, not {self.min_count}.")
        if self.share is not None and not 0.0 <= self.share <= 0.9:
            raise UsageError(f"--validation must be a number from 0 to 0.9, not {self.share}.")
        if self.lines and reading.keep_newlines:
            raise UsageError("--lines ends every line with a newline of its own.\nLeave --keep-newlines out.")
        if self.known is not None and self.known.level != self.level:
            raise UsageError(f"A vocabulary of level {self.known.level} cannot take up a text of level {self.level}.")


def _build(texts: Iterable[Iterator[str]], found: Found, reading: Reading, wanted: _Wanted) -> Corpus:
    wanted.check(reading)
    digest = hashlib.sha256()
    ids, starts, seen = _arranged(texts, digest, found, wanted)
    ids, starts, split, pieces = _split(ids, starts, seen, wanted)
    spelling = Spelling.of(wanted.level, seen, None)
    characters = spelling.characters(ids, starts)  # the space understood at the split is the validation part's
    trained = counts(ids[:split], len(seen))
    everywhere = trained + counts(ids[split:], len(seen))
    kept = kept_of(wanted.level, trained, everywhere, wanted.min_count, characters)
    kept |= known_ids(wanted.known, seen) >= 0
    _refuse_without_tokens(kept, wanted, found)
    vocabulary, new = choose(wanted.level, seen, kept, trained, wanted.known)
    return Corpus(
        name=found.stem,
        names=found.names,
        paths=found.paths,
        level=wanted.level,
        lines=wanted.lines,
        vocabulary=vocabulary,
        starts=starts,
        characters=characters,
        digest=digest.hexdigest(),
        split=split,
        pieces=pieces,
        split_character=spelling.characters(ids[:split], starts),
        newlines="kept" if reading.keep_newlines else "\n",
        skipped=found.skipped,
        replaced=reading.replaced,
        notes=_notes(len(ids) == split and wanted.share != 0.0, vocabulary, reading, found),
        unknown_spelling=int(((everywhere - trained) * spelling.length)[~kept].sum()),
        options={
            "encoding": reading.encoding,
            "errors": reading.errors,
            "keep_newlines": reading.keep_newlines,
            "min_count": wanted.min_count,
            "validation": wanted.share,
        },
        ids=renamed(ids, new, len(vocabulary), wanted.spool()),  # last: it may work in place
    )


def _arranged(
    texts: Iterable[Iterator[str]], digest: Any, found: Found, wanted: _Wanted
) -> tuple[Ids, Offsets, list[str]]:
    """Provisional ids, first tokens of the documents (shuffled if lines), and the tokens the ids stand for."""
    collector: Collector = (Characters if wanted.level == "char" else Words)(wanted.spool())
    starts = _collected(texts, collector, digest, wanted.lines)
    ids, seen = collector.finish()
    if not wanted.lines:
        _refuse_empty(len(ids), found, "is empty")
        return ids, starts, seen
    begins, lengths = documents.lines_of(ids, seen.index("\n") if "\n" in seen else None)
    _refuse_empty(len(begins), found, "has no line with anything in it")
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(begins))
    return (*documents.gathered(ids, begins[order], lengths[order], wanted.spool()), seen)


def _split(ids: Ids, starts: Offsets, seen: list[str], wanted: _Wanted) -> tuple[Ids, Offsets, int, int]:
    """Ids and documents with what is held back at the end, its first token, and in how many pieces it was."""
    split = documents.split_point(len(ids), starts, wanted.share, wanted.lines)
    if wanted.share is not None or wanted.lines or split == len(ids):
        return ids, starts, split, 0
    newline = seen.index("\n") if "\n" in seen else None
    pieces = documents.pieces_to_hold_back(ids, newline, len(ids) - split)
    if not pieces:
        return ids, starts, split, 0
    return *documents.moved_to_the_end(ids, starts, pieces, wanted.spool()), len(pieces)


def _collected(texts: Iterable[Iterator[str]], collector: Collector, digest: Any, lines: bool) -> Offsets:
    """Feed every document; the first token of each. A document without text is none."""
    starts, total = [0], 0
    for text in texts:
        chunks = _digested(text, digest)
        count = collector.add(documents.with_last_line_ended(chunks) if lines else chunks)
        total += count
        if count:
            starts.append(total)
    return np.array(starts[:-1] or [0], dtype=np.int64)


def _digested(chunks: Iterable[str], digest: Any) -> Iterator[str]:
    for chunk in chunks:
        digest.update(chunk.encode("utf-8"))
        yield chunk


def _refuse_empty(count: int, found: Found, what: str) -> None:
    if not count:
        raise TextError(f"{', '.join(found.names)} {what}.\nName a text of at least a few words.")


def _refuse_without_tokens(kept: Kept, wanted: _Wanted, found: Found) -> None:
    """TextError where nothing is left that could be written: a model of `unknown` alone is none."""
    if not kept.any():
        kind = "character" if wanted.level == "char" else "word"
        often = f"{wanted.min_count:,} times" if wanted.min_count is not None else "more than once"
        raise TextError(
            f"{', '.join(found.names)} has no {kind} that occurs {often} in the part to learn from.\n"
            "Keep the rare ones with --min-count 1, or give more text."
        )


def _notes(unsplit: bool, vocabulary: Vocabulary, reading: Reading, found: Found) -> list[str]:
    """Hints for the user, each a sentence."""
    notes = []
    if reading.replaced:
        done = "replaced by �" if reading.errors == "replace" else "left out"
        notes.append(f"Undecodable places {done}: {reading.replaced:,}.")
    if found.skipped:
        notes.append(f"Hidden, empty or binary files skipped: {len(found.skipped):,}.")
    if vocabulary.level == "char" and len(vocabulary) > MANY_CHARACTERS:
        notes.append(
            f"{len(vocabulary):,} kinds of character make training slow; --min-count 2 leaves the rare ones out, "
            "--level word may suit the text better."
        )
    if unsplit:
        notes.append("The text is too short to hold a part of it back: there will be no validation loss.")
    return notes
