"""Three tasks of holding on to something, as a net solves them: fillers, counting, the embedded Reber grammar.

fillers     "Doug very very saw" and one sample of what follows, at temperature 1: wrong is whatever is not another
            name and a full stop. Who has forgotten the first name is wrong in 1 of 3.
counting    "aaab" and one sample of the line's rest, at temperature 1: right is exactly as many b as a, and the line's
            end (Gers & Schmidhuber 2001).
reber       a new string up to its last letter but one: right is where the net's likeliest letter is the second one
            again. Guessing is right in 1 of 2 (Hochreiter & Schmidhuber 1997).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from lstmgen.inspect.mistakes.measure import BOOK_NAMES, FILLER, TextWriter, kind_of

MOST_FILLERS = 32  # in training: half a window
FILLERS = (0, 1, 2, 4, 8, 16, 32, 48, 64)
_FILLER_SAMPLES = 100  # for each name
MOST_COUNTED = 10  # in training
COUNTS = (1, 2, 5, 8, 9, 10, 11, 12, 14, 16, 18, 20)
_COUNT_SAMPLES = 100
LENGTHS = ((9, 10), (11, 12), (13, 15), (16, 19), (20, 24), (25, 29), (30, 39))
_STRINGS = 100  # of each span of lengths
_STRINGS_SEED = 1_000_003  # of no training text


@dataclass(frozen=True)
class TaskResult:
    """How often something happened in `of` tries, at each place of a scale."""

    at: tuple[str, ...]
    hits: tuple[int, ...]
    of: int


def _filler_prompt(name: str, fillers: int) -> str:
    """The sentence up to its verb."""
    return f"{name}{f' {FILLER}' * fillers} saw"


def filler_errors(net: TextWriter, seed: int) -> TaskResult:
    """Wrong endings by number of filler words."""
    hits = []
    for k in FILLERS:
        prompts = {name: _filler_prompt(name, k) for name in BOOK_NAMES}
        ended = {name: net.samples(_FILLER_SAMPLES, prompts[name], **_plainly(2, seed)) for name in BOOK_NAMES}
        hits.append(sum(not _ends_well(text, name, k) for name in BOOK_NAMES for text in ended[name]))
    return TaskResult(tuple(map(str, FILLERS)), tuple(hits), _FILLER_SAMPLES * len(BOOK_NAMES))


def _ends_well(text: str, name: str, fillers: int) -> bool:
    """Whether the sentence without its fillers, all of them before the verb, is right."""
    rest = text.removeprefix(_filler_prompt(name, fillers))
    return rest.endswith(".") and kind_of(f"{name} saw{rest[:-1]}") == "right"


def counting_accuracy(net: TextWriter, seed: int) -> TaskResult:
    """Right lines by number of a."""
    hits = []
    for n in COUNTS:
        rests = net.samples(_COUNT_SAMPLES, "a" * n + "b", echo=False, **_plainly(n + 1, seed))
        hits.append(sum(rest == "b" * (n - 1) for rest in rests))
    return TaskResult(tuple(map(str, COUNTS)), tuple(hits), _COUNT_SAMPLES)


def _plainly(length: int, seed: int) -> dict[str, Any]:
    return {"length": length, "temperature": 1.0, "min_p": 0.0, "seed": seed}


# From each state of Reber's grammar two ways lead on: a letter and the state after it; the last is left by E.
_WAYS = ((("T", 1), ("P", 2)), (("S", 1), ("X", 3)), (("T", 2), ("V", 4)), (("X", 2), ("S", 5)), (("P", 3), ("V", 5)))
_END = 5


def reber_string(chance: random.Random) -> str:
    """A string of the embedded grammar, each way equally likely."""
    state, letters = 0, "B"
    while state != _END:
        letter, state = _WAYS[state][chance.random() < 0.5]
        letters += letter
    wrapping = "TP"[chance.random() < 0.5]
    return f"B{wrapping}{letters}E{wrapping}E"


def reber_strings() -> dict[str, list[str]]:
    """STRINGS new strings for each span of lengths, always the same."""
    chance = random.Random(_STRINGS_SEED)
    by_span: dict[str, list[str]] = {f"{low}-{high}": [] for low, high in LENGTHS}
    while any(len(strings) < _STRINGS for strings in by_span.values()):
        string = reber_string(chance)
        for (low, high), strings in zip(LENGTHS, by_span.values(), strict=True):
            if low <= len(string) <= high and len(strings) < _STRINGS:
                strings.append(string)
    return by_span


def reber_accuracy(net: TextWriter) -> TaskResult:
    """Right letters but one from the end, by length of the string."""
    hits = {
        span: sum(net.samples(1, string[:-2], echo=False, length=1, temperature=0.0) == [string[1]] for string in known)
        for span, known in reber_strings().items()
    }
    return TaskResult(tuple(hits), tuple(hits.values()), _STRINGS)
