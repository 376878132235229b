"""How much a text surprises a model: nats of every token, the figures made of them, and how sure those are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float64Array, Int32Array, Int64Array
from lstmgen.errors import TextError
from lstmgen.inspection.passage import Passage
from lstmgen.network.losses import stream_losses
from lstmgen.standard_errors import block_error
from lstmgen.text import validation_windows

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork

FRESH_WINDOW = 256  # tokens: of a fresh window, of a block, and what is computed at once
_ROWS = 32  # fresh windows side by side


def surprisal(network: InferenceNetwork, ids: Int32Array, starts: Int64Array) -> Float64Array:
    """-ln p of every token (T,), from one carried state; documents begin at `starts`, each from nothing."""
    return np.concatenate(
        list(stream_losses(network, validation_windows(ids, starts, batch_size=1, seq_length=FRESH_WINDOW)))
    )


def surprisal_in_fresh_windows(
    network: InferenceNetwork, ids: Int32Array, starts: Int64Array, window: int = FRESH_WINDOW
) -> Float64Array:
    """The same in windows of so many tokens, each from zero states and knowing only the one token before it.

    So tools measure that do not carry a state: the first tokens of each window are guessed almost without a past.
    """
    count = -(-len(ids) // window)
    x, y = np.full(count * window, -1, np.int32), np.full(count * window, -1, np.int32)
    x[1 : len(ids)], y[: len(ids)] = ids[:-1], ids
    x[starts] = -1
    losses = []
    for row in range(0, count, _ROWS):
        part = slice(row * window, min(row + _ROWS, count) * window)
        columns = [np.ascontiguousarray(a[part].reshape(-1, window).T) for a in (x, y)]
        nats, _ = network.losses(columns[0], columns[1], network.zero_state(columns[0].shape[1]))
        losses.append(nats.T.reshape(-1).astype(np.float64))
    return np.concatenate(losses)[: len(ids)]


@dataclass(frozen=True)
class ScoreFigures:
    """What is said of a text. Errors are one standard error of a block bootstrap; None for fewer than two tokens.

    nats is a token and leaves out `spelling`, what unknown words cost to spell (nats in all), as training does; bits
    and nats a character and the perplexity (of a token) hold it.
    """

    tokens: int
    characters: int
    nats: float
    nats_error: float | None
    spelling: float
    nats_a_character: float
    bits_a_character: float
    bits_error: float | None
    perplexity: float


def score_figures(nats: Float64Array, passage: Passage) -> ScoreFigures:
    """From the nats of every token (T,)."""
    lengths, charged = passage.lengths.astype(np.float64), nats + passage.spelling
    characters = max(1, int(lengths.sum()))
    error = block_error(charged, lengths, FRESH_WINDOW)
    return ScoreFigures(
        tokens=len(nats),
        characters=int(lengths.sum()),
        nats=float(nats.mean()),
        nats_error=block_error(nats, np.ones(len(nats)), FRESH_WINDOW),
        spelling=float(passage.spelling.sum()),
        nats_a_character=float(charged.sum()) / characters,
        bits_a_character=float(charged.sum()) / characters / math.log(2.0),
        bits_error=None if error is None else error / math.log(2.0),
        perplexity=_exp(float(charged.mean())),
    )


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


def nats_by_character(nats: Float64Array, lengths: Int64Array) -> Float64Array:
    """Nats of each character: a token's are shared out evenly; one without characters pays with the next."""
    full = np.flatnonzero(lengths)
    if not len(full):
        raise TextError("There is nothing to compare: the text has no character.")
    owner = np.minimum(np.searchsorted(full, np.arange(len(lengths))), len(full) - 1)
    return np.repeat(np.bincount(owner, nats, len(full)) / lengths[full], lengths[full])


@dataclass(frozen=True, eq=False)
class ScoreDifference:
    """How many bits a character more than the second the first needs; negative: the first is better.

    characters (n,): the same, character by character.
    """

    bits: float
    error: float | None
    characters: Float64Array


def score_difference(
    first: Float64Array, first_on: Passage, second: Float64Array, second_on: Passage
) -> ScoreDifference:
    """Of two models on the same characters; the nats of their tokens. Raises TextError where the texts differ.

    Paired: what is hard for both leaves the error. A block is as many characters as 256 of the longer tokens have.
    """
    if first_on.text != second_on.text:
        unseen = [text for passage in (first_on, second_on) for text in passage.unseen]
        named = f" ({unseen[0]!r} is unknown to one of them)" if unseen else ""
        raise TextError(f"The models do not read the same characters{named}.\nGive a text that each knows all of.")
    gap = nats_by_character(first + first_on.spelling, first_on.lengths)
    gap -= nats_by_character(second + second_on.spelling, second_on.lengths)
    gap /= math.log(2.0)
    block = round(FRESH_WINDOW * len(gap) / min(len(first_on), len(second_on)))
    return ScoreDifference(float(gap.mean()), block_error(gap, np.ones(len(gap)), block), gap)


@dataclass(frozen=True)
class LineScore:
    """One line of a text: its number from 1, what it cost with its line end, and the line itself."""

    number: int
    tokens: int
    characters: int
    nats: float
    bits_a_character: float
    text: str


def line_scores(nats: Float64Array, passage: Passage) -> list[LineScore]:
    """The figures line by line; nats in all, unknown words' spelling included. A document begins a line."""
    charged = nats + passage.spelling
    begins = {0, *passage.starts.tolist(), *(k + 1 for k, piece in enumerate(passage.pieces) if piece.endswith("\n"))}
    edges = [*sorted(begins - {len(passage)}), len(passage)]
    lines = []
    for number, (a, b) in enumerate(pairwise(edges), 1):
        text, total = "".join(passage.pieces[a:b]), float(charged[a:b].sum())
        bits = total / math.log(2.0) / max(1, len(text))
        lines.append(LineScore(number, b - a, len(text), total, bits, text.removesuffix("\n")))
    return lines
