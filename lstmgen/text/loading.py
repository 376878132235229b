"""Reading a corpus: from names or a text to ids, vocabulary, documents and split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from lstmgen.errors import TextError
from lstmgen.settings import MMAP_ABOVE
from lstmgen.shipped import shipped_corpus_facts
from lstmgen.text.arranging import Arranged, Wanted, arranged
from lstmgen.text.collect import counts, renamed
from lstmgen.text.corpus import Corpus
from lstmgen.text.cut import Kept, choose, kept_of, known_ids
from lstmgen.text.documents import FEWEST_TOKENS
from lstmgen.text.identity import TOGETHER, Documents, documents_of
from lstmgen.text.lines import Repeats
from lstmgen.text.reading import Reading
from lstmgen.text.sources import Found, find
from lstmgen.text.tokens import Spelling, Vocabulary

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
    repeats_together: bool = True,
) -> Corpus:
    """Read files, folders, "-" and shipped corpora; a shipped corpus knows its level and whether lines are documents.

    validation: the share of the end that is held back; None: 5 %, at most 200,000 tokens, in pieces from all over the
    text, which then stand at its end (`Corpus.ids` is in that order). Ids of more than
    `mmap_above` megabytes are kept in a temporary file; nothing else depends on that. `known`: a vocabulary to which
    the text's new tokens are added. `repeats_together`: all copies of a line that is a document are on one side of the
    split; false reads a text as 0.1.0 did. Raises UsageError for names and options, TextError for a text that cannot
    be used, ResourceError for one that cannot be read or kept.
    """
    reading = Reading(encoding, errors, keep_newlines)
    found = find(names, reading)
    facts = shipped_corpus_facts(found.shipped[0]) if len(found.shipped) == len(found.names) else {}
    level = level if level is not None else facts.get("level", "char")
    lines = lines if lines is not None else facts.get("lines", False)
    wanted = Wanted(level, lines, min_count, validation, mmap_above, known, repeats_together)
    return _build(documents_of(found, reading, lines, stdin), found, reading, wanted)


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
    wanted = Wanted(level or "char", bool(lines), min_count, validation, mmap_above, known)
    return _build(Documents([reading.text(text, name)], wanted.lines), found, reading, wanted)


def _build(texts: Documents, found: Found, reading: Reading, wanted: Wanted) -> Corpus:
    wanted.check(reading)
    text = arranged(texts, found.names, wanted)
    ids, starts, seen, split = text.ids, text.starts, text.seen, text.split
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
        digest=texts.digest,
        split=split,
        pieces=text.pieces,
        split_character=spelling.characters(ids[:split], starts),
        newlines="kept" if reading.keep_newlines else "\n",
        skipped=found.skipped,
        replaced=reading.replaced,
        notes=_notes(text, wanted, vocabulary, reading, found),
        unknown_spelling=int(((everywhere - trained) * spelling.length)[~kept].sum()),
        options={
            "encoding": reading.encoding,
            "errors": reading.errors,
            "keep_newlines": reading.keep_newlines,
            "min_count": wanted.min_count,
            "validation": wanted.share,
            **({TOGETHER: wanted.repeats_together} if wanted.lines else {}),
        },
        ids=renamed(ids, new, len(vocabulary), wanted.spool()),  # last: it may work in place
    )


def _refuse_without_tokens(kept: Kept, wanted: Wanted, found: Found) -> None:
    """TextError where nothing is left that could be written: a model of `unknown` alone is none."""
    if not kept.any():
        kind = "character" if wanted.level == "char" else "word"
        often = f"{wanted.min_count:,} times" if wanted.min_count is not None else "more than once"
        raise TextError(
            f"{', '.join(found.names)} has no {kind} that occurs {often} in the part to learn from.\n"
            "Keep the rare ones with --min-count 1, or give more text."
        )


def _notes(text: Arranged, wanted: Wanted, vocabulary: Vocabulary, reading: Reading, found: Found) -> list[str]:
    """Hints for the user, each of a sentence or two."""
    unsplit = len(text.ids) == text.split and wanted.share != 0.0
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
    short = len(text.ids) < FEWEST_TOKENS
    if text.repeats is not None and text.repeats.repeated:
        held = len(text.ids) > text.split
        notes.append(_repeats_note(text.repeats, held, unsplit and not short))
        unsplit = unsplit and short
    if unsplit:
        notes.append("The text is too short to hold a part of it back: there will be no validation loss.")
    return notes


def _repeats_note(repeats: Repeats, held: bool, could_be: bool) -> str:
    """How many lines stand there more than once, and what that does to what is held back, or could be."""
    are = "lines is a repeat" if repeats.repeated == 1 else "lines are repeats"
    note = f"{repeats.repeated:,} of {repeats.lines:,} {are} of another."
    if held:
        return f"{note} What is held back has no line that is also learned from."
    few = f"different line{'' if repeats.different == 1 else 's'}"
    none = f"With only {repeats.different:,} {few} none is held back, so there will be no validation loss."
    return f"{note} {none}" if could_be else note
