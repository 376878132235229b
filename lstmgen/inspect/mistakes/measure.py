"""The children's book of the lecture, and the three mistakes that a network can make in it, counted.

The book's sentences are "A saw B." with A and B two different names of three. A sentence is what stands between two
full stops; what comes after the last one is not counted. Words are runs of letters and digits; any other visible
character is a word of its own. A sentence is

    run-on      if it has two or more "saw":    "Jane saw Spot saw Doug."
    fragment    if it has none:                 "Spot."
    same name   if it is exactly "A saw A.":    "Doug saw Doug."
    right       if it is "A saw B." with A and B different
    other       if it is anything else, such as "Jane saw." or "Doug Jane saw Spot."
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array

BOOK_NAMES = ("Doug", "Jane", "Spot")
SENTENCE_KINDS = ("right", "same name", "run-on", "fragment", "other")
FILLER = "very"
_TOKENS_A_SENTENCE = 4  # A, saw, B and the full stop
OPTIMUM = math.log(6) / _TOKENS_A_SENTENCE
"""Nats a token of whoever knows the rule: one of six sentences, equally likely."""

SENTENCES = 1_000  # written and counted
FRESH = 2_000  # sentences of new text for the loss
FRESH_SEED = 1_000_003  # of no training text
_LONGEST = 500  # tokens written for each sentence wanted, on average; who needs more never ends one
_CERTAIN = 20.0  # a pre-activation whose tanh is 1
_NEVER = -30.0  # the logarithm of a chance that is none

_WORDS = re.compile(r"\w+|[^\w\s]")


class _Scored(Protocol):
    """Surprises, token by token."""

    @property
    def nats(self) -> Float64Array: ...


class TextWriter(Protocol):
    """What is asked of a model here, as `lstmgen.Model` has it."""

    def stream(self, prompt: str = "", **settings: Any) -> Iterator[str]: ...

    def samples(self, count: int, prompt: str = "", **settings: Any) -> list[str]: ...

    def score(self, text: str) -> _Scored: ...


@dataclass(frozen=True)
class WritingSample:
    """What a net wrote, counted: `counts` by kind, and its loss in nats a token on text it never saw."""

    text: str
    counts: dict[str, int]
    loss: float

    @property
    def total(self) -> int:
        """Whole sentences."""
        return sum(self.counts.values())


def kind_of(sentence: str) -> str:
    """Which of SENTENCE_KINDS a sentence is, its full stop left out."""
    words = _WORDS.findall(sentence)
    if words.count("saw") != 1:
        return "run-on" if "saw" in words else "fragment"
    if len(words) != 3 or words[1] != "saw" or words[0] not in BOOK_NAMES or words[2] not in BOOK_NAMES:
        return "other"
    return "same name" if words[0] == words[2] else "right"


def sentences_of(text: str) -> list[str]:
    """The whole sentences of a text, in order, without their full stops."""
    return text.split(".")[:-1]


def count_kinds(text: str) -> dict[str, int]:
    """How many sentences of a text are of each kind."""
    kinds = Counter(kind_of(sentence) for sentence in sentences_of(text))
    return {kind: kinds[kind] for kind in SENTENCE_KINDS}


def book(sentences: int, seed: int, most_fillers: int = 0) -> str:
    """So many sentences of the book, each of the six equally likely, whatever came before.

    Before "saw" stand up to `most_fillers` filler words, any number of them equally likely: "Doug very very saw Jane."
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    first, step = rng.integers(3, size=sentences), rng.integers(1, 3, size=sentences)
    fillers = rng.integers(most_fillers + 1, size=sentences)
    return " ".join(
        f"{BOOK_NAMES[a]}{f' {FILLER}' * k} saw {BOOK_NAMES[(a + b) % 3]}."
        for a, b, k in zip(first.tolist(), step.tolist(), fillers.tolist(), strict=True)
    )


def sample_writing(net: TextWriter, seed: int, sentences: int = SENTENCES) -> WritingSample:
    """What a net writes from nothing at temperature 1, every token allowed, and its loss on fresh sentences."""
    text = write_sentences(net, sentences, seed)
    return WritingSample(text, count_kinds(text), loss_of(net))


def write_sentences(net: TextWriter, sentences: int, seed: int) -> str:
    """One long sample cut after so many sentences; fewer where the net hardly ever ends one."""
    pieces, stops = [], 0
    for piece in net.stream(temperature=1.0, min_p=0.0, length=sentences * _LONGEST, seed=seed):
        pieces.append(piece)
        stops += piece.count(".")
        if stops >= sentences:
            break
    parts = "".join(pieces).split(".")
    return "".join(f"{part}." for part in parts[:-1][:sentences])


def loss_of(net: TextWriter) -> float:
    """Nats for each word and full stop of FRESH new sentences, of a net that knows words or characters."""
    return float(net.score(book(FRESH, FRESH_SEED)).nats.sum() / (FRESH * _TOKENS_A_SENTENCE))


def memoryless(text: str, tokens: Sequence[str]) -> dict[str, Float32Array]:
    """A plain RNN with U = 0 whose predictions are the text's counts of neighbouring words: arrays of a model file.

    Each unit knows one of the tokens; of what came before that nothing is left. From nothing it begins as after a
    full stop. Nobody who sees but the last word can do better.
    """
    ids = np.array([tokens.index(word) for word in _WORDS.findall(text)])
    V, stop = len(tokens), tokens.index(".")
    counts = np.zeros((V, V))  # (before, after)
    np.add.at(counts, (ids[:-1], ids[1:]), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        chances = np.log(counts / counts.sum(axis=1, keepdims=True))
    logits = np.maximum(np.nan_to_num(chances, nan=0.0, neginf=_NEVER), _NEVER)
    arrays = {
        "layers.0.W": _CERTAIN * np.eye(V)[None],
        "layers.0.U": np.zeros((1, V, V)),
        "layers.0.b": np.zeros((1, V)),
        "output.W": (logits - logits[stop]).T,
        "output.b": logits[stop],
    }
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def memoryless_net(text: str) -> dict[str, Any]:
    """The net of `memoryless` for a text of the book, as keywords of `Model.from_arrays`."""
    tokens = [".", "saw", *BOOK_NAMES]
    return {"arrays": memoryless(text, tokens), "vocabulary": tokens, "cell": "rnn", "level": "word"}
