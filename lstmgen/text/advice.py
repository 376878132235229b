"""Hints on a text that was read: one thing each, and only ways out that would change it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from lstmgen.arrays import BoolArray, Int64Array
from lstmgen.text.documents import MIN_SPLIT_TOKENS
from lstmgen.text.lines import LineRepeats
from lstmgen.text.words import in_word

WORDS_READ_BETTER = 100_000  # characters; below, words are learned sooner than how they are spelled (SMALL.md)
_FEWEST_FOR_WORDS, _SPACES_OF_WORDS = 1_000, 0.08  # characters, and how many of them stand between words
_EMOJI_PARTS = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")  # letters of flags, and skin tones
_MANY_CHARACTERS = 1_000  # kinds; above, most of the network's work is choosing among them
_CUTS = (2, 3, 5, 10, 20, 50, 100)  # of --min-count, that are proposed
_SPARED, _FEWER = 0.01, 0.9  # share of the text that may be left out for at most that share of the kinds


def large_vocabulary_hint(seen: Sequence[str], trained: Int64Array, kept: BoolArray, min_count: int | None) -> str:
    """On many kinds of character: what would make them fewer. Empty where they are not many.

    seen: the characters; trained: how often each is in the part to learn from; min_count: the one in force.
    """
    places = np.array([k for k in np.flatnonzero(kept).tolist() if len(seen[k]) == 1])  # not the end of a document
    if len(places) <= _MANY_CHARACTERS:
        return ""
    tokens, counts, ways = [seen[k] for k in places.tolist()], trained[places], []
    if cut := _cut(counts, min_count or 1):
        gone = counts < cut
        ways.append(
            f"--min-count {cut} leaves out {int(gone.sum()):,} of them, {100 * counts[gone].sum() / counts.sum():.1f} "
            "% of the text"
        )
    if _set_off_by_spaces(tokens, counts):
        ways.append("--level word may suit the text better")
    return f"{len(tokens):,} different characters make training slow; {', '.join(ways) or 'give it a longer --time'}."


def words_hint(characters: int, seen: Sequence[str], counts: Int64Array) -> str:
    """On a text so short that characters end in letter soup. Empty where it is longer, or has no words set off."""
    spaces = sum(int(count) for token, count in zip(seen, counts, strict=True) if token.isspace())
    if not _FEWEST_FOR_WORDS <= characters < WORDS_READ_BETTER or spaces < _SPACES_OF_WORDS * characters:
        return ""
    if not _set_off_by_spaces(seen, counts):
        return ""
    return (
        "A text this short reads better word by word: --level word makes no spelling mistakes (but no new words "
        "either)."
    )


def no_separator_hint(separator: str | None) -> str:
    """On a text in which what should separate its documents does not. Empty where nothing should."""
    if separator is None:
        return ""
    return f"--documents {separator!r} separates nothing in the text: every file is read as a single document."


def emoji_hint(tokens: Sequence[str]) -> str:
    """On emoji of several characters among words, where each character is a token. Empty where there are none."""
    if not any(map(_EMOJI_PARTS.match, tokens)):
        return ""
    return (
        "Emoji made of several characters, such as flags and skin tones, are several words each; where spaces set them "
        "off, --level token keeps them whole."
    )


def _cut(counts: Int64Array, least: int) -> int | None:
    """The --min-count that leaves out most kinds, but little text."""
    helping = [
        cut
        for cut in _CUTS
        if cut > least
        and (counts >= cut).sum() <= _FEWER * len(counts)
        and counts[counts < cut].sum() <= _SPARED * counts.sum()
    ]
    return max(helping, key=lambda cut: (int((counts < cut).sum()), -cut), default=None)


def _set_off_by_spaces(tokens: Sequence[str], counts: Int64Array) -> bool:
    """Whether most letters are of words with spaces between them; at word level the others stay letters."""
    letters = np.array([len(token) == 1 and unicodedata.category(token)[0] in "LM" for token in tokens])
    spaced = np.array([len(token) == 1 and in_word(token) for token in tokens]) & letters  # not a document's end
    return bool(2 * counts[spaced].sum() > counts[letters].sum())


def no_validation_reasons(
    tokens: int, split: int, repeats: LineRepeats | None, share: float | None, lines: bool
) -> tuple[str, str]:
    """Why a text has no validation part: in a few words, and as a hint (none where it was asked for). Empty if it has.

    share: the --validation asked for. repeats: of lines that are documents; `repeated_lines` has their hint.
    """
    if split < tokens or share == 0.0:
        return "no validation part, as asked" if share == 0.0 else "", ""
    none = "there will be no validation loss"
    if tokens < MIN_SPLIT_TOKENS:
        few = f"{tokens:,} token{'s' * (tokens != 1)}"
        short = f"The text has only {few}. Below {MIN_SPLIT_TOKENS:,} no part is set aside for validation: {none}."
        return "too short to set a part aside for validation", f"{short} Give more text to get one."
    if lines and repeats is not None and repeats.lines < 2:
        return "a single line, which cannot be divided", (
            f"With --lines every line is a text of its own, and there is only one: {none}. Leave --lines out."
        )
    if repeats is not None and repeats.repeated:
        return "too few different lines to set one aside for validation", ""
    if share is not None:
        asked = f"--validation {share:g} of {tokens:,} tokens is less than one"
        return f"no validation part: {asked}", f"{asked}: {none}. Give a larger share, or leave --validation out."
    return "no validation part", f"No part of the text could be set aside for validation: {none}."


def repeated_lines_hint(repeats: LineRepeats | None, tokens: int, split: int, share: float | None, lines: bool) -> str:
    """How many lines, or documents, stand there more than once; what that does to what is held back, or could be."""
    if repeats is None or not repeats.repeated:
        return ""
    noun = "line" if lines else "document"
    are = f"{noun}s repeats" if repeats.repeated == 1 else f"{noun}s repeat"
    note = f"{repeats.repeated:,} of {repeats.lines:,} {are} another {noun}."
    if split < tokens:
        return f"{note} No validation {noun} occurs in the training part."
    if share == 0.0 or tokens < MIN_SPLIT_TOKENS:
        return note
    few = f"different {noun}{'' if repeats.distinct == 1 else 's'}"
    return f"{note} With only {repeats.distinct:,} {few} none is set aside, so there will be no validation loss."
