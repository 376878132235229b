"""What guessing and counting make of the same characters: the figures a network has to beat."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array, Int64Array, IntArray
from lstmgen.inspection.passage import Passage
from lstmgen.inspection.score import FRESH_WINDOW
from lstmgen.standard_errors import block_error
from lstmgen.text.mixture import NGRAM_ORDERS, NgramCorpus


@dataclass(frozen=True)
class Baseline:
    """One of them: bits a character, unknown words charged alike, and how many more than the network's, ± error."""

    name: str
    order: int  # 0: all tokens equally likely
    nats: float  # a token
    bits_a_character: float
    more: float
    error: float | None


def baseline_scores(passage: Passage, nats: Float64Array, V: int, ngram_corpus: NgramCorpus | None) -> list[Baseline]:
    """Uniform, then n-grams of every order. nats (T,): the network's, for the difference."""
    read = passage.known_only()
    rows = [("uniform", passage.with_charges(np.full(len(read), math.log(V))))]
    if ngram_corpus is not None:
        by_order = ngram_corpus.ngram.nats_by_order(read.ids, read.starts)
        rows += [(f"{order}-gram", passage.with_charges(row)) for order, row in enumerate(by_order, 1)]
    lengths = passage.lengths.astype(np.float64)
    characters = max(1.0, float(lengths.sum()))
    made = []
    for order, (name, row) in enumerate(rows):
        bits = float((row + passage.spelling).sum()) / characters / math.log(2.0)
        gap, error = row - nats, block_error(row - nats, lengths, FRESH_WINDOW)
        made.append(
            Baseline(
                name=name,
                order=order,
                nats=float(row.mean()),
                bits_a_character=bits,
                more=float(gap.sum()) / characters / math.log(2.0),
                error=None if error is None else error / math.log(2.0),
            )
        )
    return made


def count_ngrams(ids: IntArray, V: int, level: str, starts: Int64Array | None) -> NgramCorpus:
    """The n-grams of a training text; starts: where its lines begin, if each is a document."""
    return NgramCorpus(ids, V, NGRAM_ORDERS[level], starts)
