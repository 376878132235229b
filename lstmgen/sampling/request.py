"""What is asked for, made complete before anything is written: prompt as ids, length, filters, seed, banned tokens."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Int32Array, UInt8Array
from lstmgen.errors import ModelFileError, TextError, UsageError
from lstmgen.network.precision import check_precision
from lstmgen.settings import SamplingSettings
from lstmgen.text.levels import LEVEL_RULES
from lstmgen.text.lines import banned_at_start
from lstmgen.text.tokens import Vocabulary
from lstmgen.text.user_spelling import describe_tokens, spell_as_learned, stop_note, unseen_note

_DEFAULT_LENGTH = {"char": 500, "word": 100, "token": 100}  # about a screen of text
_LONGEST_DEFAULT = 10_000  # tokens, where a sample is a document: most end much earlier
# Thousands of rare words together weigh much, each of them is nonsense.
_DEFAULT_MIN_P = {"char": 0.0, "word": 0.05, "token": 0.05}


@dataclass(frozen=True)
class SamplingRequest:
    """One call of `generate`, complete: nothing in it is None that has a default.

    prompt: as it is shown before a sample; ids (n,) int32: as the model reads it; document_end: id that ends a sample,
    or None; banned (V,) uint8; notes: what the user should be told; lines: whether a
    document is a line.
    """

    settings: SamplingSettings
    prompt: str
    ids: Int32Array
    banned: UInt8Array
    document_end: int | None
    echo: bool
    notes: tuple[str, ...]
    lines: bool = False

    @property
    def seed(self) -> int:
        """The seed in force, given or drawn."""
        assert self.settings.seed is not None
        return self.settings.seed

    @property
    def length(self) -> int:
        """Largest number of tokens after the prompt."""
        assert self.settings.length is not None
        return self.settings.length

    @property
    def banned_first(self) -> UInt8Array:
        """What the first token cannot be, (V,)."""
        begins = self.document_end is not None and (not len(self.ids) or int(self.ids[-1]) == self.document_end)
        return banned_at_start(self.banned, self.document_end if begins else None)

    @property
    def min_p(self) -> float:
        """The share in force; 0 is off."""
        assert self.settings.min_p is not None
        return self.settings.min_p


def complete_settings(settings: SamplingSettings, level: str, longest: int | None = None) -> SamplingSettings:
    """The same settings with every default filled in and, where no seed is given, one drawn."""
    room = max(_DEFAULT_LENGTH[level], min(longest or 0, _LONGEST_DEFAULT))
    return dataclasses.replace(
        settings,
        length=room if settings.length is None else settings.length,
        min_p=_DEFAULT_MIN_P[level] if settings.min_p is None else settings.min_p,
        seed=secrets.randbelow(2**32) if settings.seed is None else settings.seed,  # short enough to be typed again
    )


def prepare_request(
    vocabulary: Vocabulary,
    settings: SamplingSettings,
    *,
    prompt: str = "",
    lines: bool = False,
    longest: int | None = None,
    unknown: str = "skip",
    echo: bool = True,
) -> SamplingRequest:
    """Check and complete a request. longest: tokens of the longest document, where a sample shall be a whole one.

    Raises TextError where unknown is "error" and the prompt holds what the model never saw; UsageError for another
    `unknown` than "skip" or "error"; ModelFileError where the vocabulary has nothing to write with.
    """
    if unknown not in ("skip", "error"):
        raise UsageError(f"--unknown must be skip or error, not {unknown!r}.")
    check_precision(settings.precision)
    spelled = spell_as_learned(prompt, vocabulary)
    prompt, notes = spelled.text, spelled.notes(vocabulary)
    ids, unseen = vocabulary.encode(prompt, prompt=True)
    if unseen:
        if unknown == "error":
            what = f"The model does not know {describe_tokens(unseen, vocabulary.level)}"
            raise TextError(f"{what}.\nLeave it out of the prompt, or skip it with --unknown skip.")
        notes.append(unseen_note(unseen, vocabulary))
        prompt = vocabulary.decode(ids) if vocabulary.unknown is None else prompt
    if settings.stop is not None:
        settings, about_stop = _with_learned_stop(settings, settings.stop, vocabulary)
        notes += about_stop
    document_end = vocabulary.document_end(lines)
    banned = banned_tokens(vocabulary)
    shown = _without_understood_space(prompt, vocabulary.level)
    return SamplingRequest(
        complete_settings(settings, vocabulary.level, longest),
        shown,
        ids,
        banned,
        document_end,
        echo,
        tuple(notes),
        lines,
    )


def _with_learned_stop(
    settings: SamplingSettings, stop: str, vocabulary: Vocabulary
) -> tuple[SamplingSettings, list[str]]:
    """The settings with the stop text as the model writes it, and what there is to say of it."""
    spelled = spell_as_learned(stop, vocabulary)
    notes = [*spelled.notes(vocabulary), stop_note(spelled.text, vocabulary)]
    return dataclasses.replace(settings, stop=spelled.text), [note for note in notes if note]


def banned_tokens(vocabulary: Vocabulary) -> UInt8Array:
    """1 for what is never written, (V,): the unknown word. ModelFileError where there is nothing else."""
    banned = np.zeros(len(vocabulary), np.uint8)
    if vocabulary.unknown is not None:
        banned[vocabulary.unknown] = 1
    if banned.all():
        raise ModelFileError("The model's vocabulary holds no token that can be written.\nTrain it on a longer text.")
    return banned


def _without_understood_space(prompt: str, level: str) -> str:
    """At word level, without the one space at the end that is written with the next word, as `encode` reads it."""
    understood = prompt[-1:] == " " and LEVEL_RULES[level].gives_space(prompt[-2:-1])
    return prompt[:-1] if understood else prompt
