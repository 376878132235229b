"""Reading a corpus: from names or a text to ids, vocabulary, documents and split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from lstmgen.arrays import BoolArray
from lstmgen.errors import TextError
from lstmgen.settings import DEFAULT_MMAP_ABOVE, TOKEN_NOUNS
from lstmgen.shipped import shipped_corpus_facts
from lstmgen.text import advice
from lstmgen.text.arranging import CorpusOptions, arrange
from lstmgen.text.collect import count_ids, remap_ids
from lstmgen.text.corpus import Corpus
from lstmgen.text.cut import build_vocabulary, ids_in_known, tokens_to_keep
from lstmgen.text.identity import DOCUMENT_ENDS, REPEATS_TOGETHER, UNPACK, Documents, open_documents
from lstmgen.text.reading import TextReader
from lstmgen.text.sources import TextSources, find_sources
from lstmgen.text.tokens import Spelling, Vocabulary


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
    mmap_above: float = DEFAULT_MMAP_ABOVE,
    stdin: BinaryIO | None = None,
    known_vocabulary: Vocabulary | None = None,
    repeats_together: bool = True,
    documents: str | None = None,
    document_ends: bool = True,
    unpack: bool = True,
) -> Corpus:
    """Read files, folders, "-" and shipped corpora; a shipped corpus knows its level and whether lines are documents.

    validation: the share of the end that is held back; None: 5 %, at most 200,000 tokens, in pieces from all over the
    text, which then stand at its end (`Corpus.ids` is in that order). Ids of more than
    `mmap_above` megabytes are kept in a temporary file; nothing else depends on that. `known_vocabulary`: one to which
    the text's new tokens are added. `repeats_together`: all copies of a line that is a document are on one side of the
    split; false reads a text as 0.1.0 did. `documents`: what separates documents inside a text, as
    `separator_pattern` has it; without it each file is one. `document_ends`: of several documents the end is learned;
    false reads them as 0.1.0 did. `unpack`: packed files of a folder are read; false skips them as 0.1.0 did. Raises
    UsageError for names and options, TextError for a text that cannot be used, ResourceError for one that cannot be
    read or kept.
    """
    reading = TextReader(encoding, errors, keep_newlines)
    found = find_sources(names, reading, unpack=unpack)
    facts = shipped_corpus_facts(found.shipped[0]) if len(found.shipped) == len(found.names) else {}
    open_level = level is None and not facts
    level = level if level is not None else facts.get("level", "char")
    lines = lines if lines is not None else facts.get("lines", False)
    wanted = CorpusOptions(
        level,
        lines,
        min_count,
        validation,
        mmap_above,
        known_vocabulary,
        repeats_together,
        separator=documents,
        document_ends=document_ends,
        open_level=open_level,
    )
    return _build(open_documents(found, reading, lines, stdin, documents), found, reading, wanted)


def load_text(
    text: str,
    *,
    level: str | None = None,
    lines: bool | None = None,
    keep_newlines: bool = False,
    min_count: int | None = None,
    validation: float | None = None,
    mmap_above: float = DEFAULT_MMAP_ABOVE,
    name: str = "text",
    known_vocabulary: Vocabulary | None = None,
    documents: str | None = None,
) -> Corpus:
    """A corpus of a text that is there already; everything else as in `load_corpus`."""
    reading = TextReader(keep_newlines=keep_newlines)
    found = TextSources(names=[name], stem=name)
    wanted = CorpusOptions(
        level or "char",
        bool(lines),
        min_count,
        validation,
        mmap_above,
        known_vocabulary,
        separator=documents,
        open_level=level is None,
    )
    return _build(Documents([reading.text(text, name)], wanted.lines, documents), found, reading, wanted)


def _build(texts: Documents, found: TextSources, reading: TextReader, wanted: CorpusOptions) -> Corpus:
    wanted.check(reading)
    text = arrange(texts, found.names, wanted)
    ids, starts, seen, split = text.ids, text.starts, text.seen, text.split
    spelling = Spelling.of(wanted.level, seen, None, text.end)
    characters = spelling.total_characters(ids, starts)  # the space understood at the split is the validation part's
    trained = count_ids(ids[:split], len(seen))
    everywhere = trained + count_ids(ids[split:], len(seen))
    kept = tokens_to_keep(wanted.level, trained, everywhere, wanted.min_count, characters)
    kept |= ids_in_known(wanted.known_vocabulary, seen) >= 0
    _refuse_without_tokens(kept, wanted, found)
    vocabulary, new = build_vocabulary(wanted.level, seen, text.end, kept, trained, wanted.known_vocabulary)
    whole, why = advice.no_validation_reasons(len(ids), split, text.repeats, wanted.validation_share, wanted.lines)
    repeated = advice.repeated_lines_hint(text.repeats, len(ids), split, wanted.validation_share, wanted.lines)
    kinds = advice.large_vocabulary_hint(seen, trained, kept, wanted.min_count) if wanted.level == "char" else ""
    uncut = advice.no_separator_hint(wanted.separator) if not texts.cuts else ""
    emoji = advice.emoji_hint(seen) if wanted.level == "word" else ""
    by_words = ""
    if wanted.open_level and wanted.level == "char" and not wanted.lines:
        by_words = advice.words_hint(characters, seen, everywhere)
    return Corpus(
        name=found.stem,
        names=found.names,
        paths=found.paths,
        level=wanted.level,
        lines=wanted.lines,
        stand_alone=wanted.lines or text.repeats is not None,
        vocabulary=vocabulary,
        starts=starts,
        characters=characters,
        digest=texts.digest,
        split=split,
        validation_pieces=text.pieces,
        training_characters=spelling.total_characters(ids[:split], starts),
        newlines="kept" if reading.keep_newlines else "\n",
        skipped=found.skipped,
        replaced=reading.replaced,
        notes=[
            *_notes(reading, found, wanted.lines),
            *filter(None, [kinds, emoji, by_words, repeated, why, uncut, text.hint]),
        ],
        no_validation_reason=whole,
        unknown_characters=int(((everywhere - trained) * spelling.length)[~kept].sum()),
        load_options={
            "encoding": reading.encoding,
            "errors": reading.errors,
            "keep_newlines": reading.keep_newlines,
            "min_count": wanted.min_count,
            "validation": wanted.validation_share,
            **({REPEATS_TOGETHER: wanted.repeats_together} if wanted.lines else {}),
            **({UNPACK: True} if reading.unpacked else {}),
            **({DOCUMENT_ENDS: True} if text.end is not None else {}),
            **({"documents": wanted.separator} if wanted.separator is not None else {}),
        },
        ids=remap_ids(ids, new, len(vocabulary), wanted.spool()),  # last: it may work in place
    )


def _refuse_without_tokens(kept: BoolArray, wanted: CorpusOptions, found: TextSources) -> None:
    """TextError where nothing is left that could be written: a model of `unknown` alone is none."""
    if not kept.any():
        kind = TOKEN_NOUNS[wanted.level]
        often = f"{wanted.min_count:,} times" if wanted.min_count is not None else "more than once"
        raise TextError(
            f"{', '.join(found.names)} has no {kind} that occurs {often} in the part to learn from.\n"
            "Keep rare ones with --min-count 1, or give more text."
        )


def _notes(reading: TextReader, found: TextSources, lines: bool) -> list[str]:
    """Hints on what was read, each a sentence."""
    notes = []
    if reading.replaced:
        done = "replaced by �" if reading.errors == "replace" else "left out"
        notes.append(f"Undecodable bytes {done}: {reading.replaced:,}.")
    if found.skipped:
        notes.append(f"Skipped files (hidden, empty or no text): {len(found.skipped):,}.")
    return [*notes, *found.repeated(), *reading.notices.notes(lines=lines, encoding=reading.encoding)]
