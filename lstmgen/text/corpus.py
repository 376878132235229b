"""A corpus: the user's text as ids, split into a training and a validation part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from lstmgen.errors import TextError, UsageError
from lstmgen.settings import LEVELS
from lstmgen.shipped import shipped_corpus_facts
from lstmgen.text import documents
from lstmgen.text.beginnings import beginnings_of
from lstmgen.text.collect import BLOCK, Characters, Collector, Words, counts, renamed
from lstmgen.text.cut import choose, kept_of
from lstmgen.text.documents import VALIDATION, Offsets
from lstmgen.text.reading import Reading
from lstmgen.text.sources import Found, find
from lstmgen.text.tokens import Ids, Spelling, Vocabulary

MANY_CHARACTERS = 1_000  # kinds; above, most of the network's work is choosing among them


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as ids. Offsets count tokens unless they say characters; characters are code points.

    `starts` are the first tokens of the documents. `digest` is the SHA-256 of the text as UTF-8 after line ends were
    treated. `unknown_spelling` is the number of characters that the unknown words of the validation part spell.
    `options` are the further keywords with which `load_corpus` reads the same text the same way.
    """

    name: str
    names: list[str]
    paths: list[str]
    level: str
    lines: bool
    ids: Ids
    vocabulary: Vocabulary
    starts: Offsets
    characters: int
    digest: str
    split: int
    split_character: int
    newlines: str
    skipped: list[str]
    replaced: int
    notes: list[str]
    unknown_spelling: int
    options: dict[str, Any]

    @property
    def validation_characters(self) -> int:
        """Code points of the validation part."""
        return self.characters - self.split_character

    @property
    def training(self) -> Ids:
        """Ids of the training part."""
        return self.ids[: self.split]

    @property
    def validation(self) -> Ids:
        """Ids of the validation part, empty when there is none."""
        return self.ids[self.split :]

    @property
    def training_starts(self) -> Offsets:
        """First tokens of the training part's documents."""
        return self.starts[self.starts < self.split] if self.split else self.starts

    @property
    def validation_starts(self) -> Offsets:
        """First tokens of the validation part's documents, within that part; the part's own first token is one."""
        inside = self.starts[self.starts > self.split] - self.split
        return np.concatenate(([0], inside)).astype(np.int64)

    @property
    def beginnings(self) -> Offsets | None:
        """Places of the training part where a text may begin: after lines and sentences; None where there are few."""
        return None if self.lines else beginnings_of(self.training, self.vocabulary)


def load_corpus(
    names: Sequence[str],
    *,
    level: str | None = None,
    lines: bool | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    keep_newlines: bool = False,
    min_count: int | None = None,
    validation: float | None = VALIDATION,
    stdin: BinaryIO | None = None,
) -> Corpus:
    """Read files, folders, "-" and shipped corpora; a shipped corpus knows its level and whether lines are documents.

    The usual `validation` share (or None) is held to 200,000 tokens; another is taken as it is. Raises UsageError for
    names and options, TextError for a text that cannot be used, ResourceError for one that cannot be read.
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

    return _build(texts(), found, reading, level, lines, min_count, VALIDATION if validation is None else validation)


def load_text(
    text: str,
    *,
    level: str | None = None,
    lines: bool | None = None,
    keep_newlines: bool = False,
    min_count: int | None = None,
    validation: float | None = VALIDATION,
    name: str = "text",
) -> Corpus:
    """A corpus of a text that is there already; everything else as in `load_corpus`."""
    reading = Reading(keep_newlines=keep_newlines)
    found = Found(names=[name], stem=name)
    share = VALIDATION if validation is None else validation
    return _build([reading.text(text, name)], found, reading, level or "char", bool(lines), min_count, share)


def _check(level: str, lines: bool, keep_newlines: bool, min_count: int | None, share: float) -> None:
    if level not in LEVELS:
        raise UsageError(f"--level must be {' or '.join(LEVELS)}, not {level!r}.")
    if min_count is not None and min_count < 1:
        raise UsageError(f"--min-count must be at least 1, not {min_count}.")
    if not 0.0 <= share <= 0.9:
        raise UsageError(f"--validation must be a number from 0 to 0.9, not {share}.")
    if lines and keep_newlines:
        raise UsageError("--lines ends every line with a newline of its own.\nLeave --keep-newlines out.")


def _build(
    texts: Iterable[Iterator[str]],
    found: Found,
    reading: Reading,
    level: str,
    lines: bool,
    min_count: int | None,
    share: float,
) -> Corpus:
    _check(level, lines, reading.keep_newlines, min_count, share)
    collector: Collector = Characters() if level == "char" else Words()
    digest = hashlib.sha256()
    starts = _collected(texts, collector, digest, lines)
    ids, seen = collector.finish()
    if not lines:
        _refuse_empty(len(ids), found, lines)
    else:
        begins, lengths = documents.lines_of(ids, seen.index("\n") if "\n" in seen else None)
        _refuse_empty(len(begins), found, lines)
        order = np.random.Generator(np.random.PCG64(0)).permutation(len(begins))
        ids, starts = documents.gathered(ids, begins[order], lengths[order], len(seen))
    split = documents.split_point(len(ids), starts, share, lines)
    spelling = Spelling.of(level, seen, None)
    split_character = _characters(ids[:split], starts, spelling)
    characters = _characters(ids, starts, spelling)  # the space understood at the split is the validation part's
    trained, everywhere = counts(ids[:split], len(seen)), counts(ids, len(seen))
    kept = kept_of(level, trained, everywhere, min_count, characters)
    vocabulary, new = choose(level, seen, kept, trained)
    gone = vocabulary.unknown is not None
    unknown_spelling = int(((everywhere - trained) * spelling.length)[~kept].sum()) if gone else 0
    return Corpus(
        name=found.stem,
        names=found.names,
        paths=found.paths,
        level=level,
        lines=lines,
        ids=renamed(ids, new, len(vocabulary)),
        vocabulary=vocabulary,
        starts=starts,
        characters=characters,
        digest=digest.hexdigest(),
        split=split,
        split_character=split_character,
        newlines="kept" if reading.keep_newlines else "\n",
        skipped=found.skipped,
        replaced=reading.replaced,
        notes=_notes(level, len(ids), split, share, vocabulary, reading, found),
        unknown_spelling=unknown_spelling,
        options={
            "encoding": reading.encoding,
            "errors": reading.errors,
            "keep_newlines": reading.keep_newlines,
            "min_count": min_count,
            "validation": share,
        },
    )


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


def _characters(ids: Ids, starts: Offsets, spelling: Spelling) -> int:
    """Characters of a run of documents: token lengths, and spaces understood inside a document."""
    inner = starts[(starts > 0) & (starts < len(ids))]
    total = -int((spelling.gives_space[ids[inner - 1]] & spelling.takes_space[ids[inner]]).sum())
    for a in range(0, len(ids), BLOCK):
        found = spelling.characters_of(ids[max(0, a - 1) : a + BLOCK])
        total += int(found.sum()) - (int(found[0]) if a else 0)
    return total


def _refuse_empty(documents_or_tokens: int, found: Found, lines: bool) -> None:
    if not documents_or_tokens:
        what = "has no line with anything in it" if lines else "is empty"
        raise TextError(f"{', '.join(found.names)} {what}.\nName a text of at least a few words.")


def _notes(
    level: str, tokens: int, split: int, share: float, vocabulary: Vocabulary, reading: Reading, found: Found
) -> list[str]:
    """Hints for the user, each a sentence."""
    notes = []
    if reading.replaced:
        done = "replaced by �" if reading.errors == "replace" else "left out"
        notes.append(f"{reading.replaced:,} undecodable places were {done}.")
    if found.skipped:
        notes.append(f"{len(found.skipped):,} hidden, empty or binary files were skipped.")
    if level == "char" and len(vocabulary) > MANY_CHARACTERS:
        notes.append(
            f"{len(vocabulary):,} kinds of character make training slow; --min-count 2 leaves the rare ones out, "
            "--level word may suit the text better."
        )
    if split == tokens and share > 0.0:
        notes.append("The text is too short to hold a part of it back: there will be no validation loss.")
    return notes
