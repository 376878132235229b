"""The n-gram baseline: what counting makes of the validation text, the mark for the network. It is only shown.

Counted before the first update, outside the budget, in at most a twentieth of it: how many tokens that allows follows
from the budget alone, so the same command counts the same tokens on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmgen.network.window import ShouldStop, never_stop, raise_if_stopped
from lstmgen.settings import Architecture
from lstmgen.text import Corpus
from lstmgen.text.mixture import NGRAM_ORDERS
from lstmgen.text.ngram import NGram
from lstmgen.text.spool import release_pages
from lstmgen.training.checking import BASELINE_RULES, check_record
from lstmgen.training.evaluation_cost import multiplications_per_token

if TYPE_CHECKING:
    from lstmgen.training.schedule import Budget
    from lstmgen.training.validation import ValidationSubset

MAX_COUNTED_TOKENS = (
    2_000_000  # tokens, the last of the training part: a longer text has its ids in a file, and this is a second
)
MIN_COUNTED_TOKENS = 50_000  # some hundredths of a second, whatever the budget
_SHARE = 0.05  # of the budget
_RATE = 1e6  # tokens counted a second; a quarter of what was measured, so that a slow machine keeps to the share too
_PRODUCTS = 4e10  # multiplications of training a second, where the budget is no time


@dataclass(frozen=True)
class NgramBaseline:
    """An n-gram's loss, nats a token and bits a character: on the tokens that evaluations score, and on the whole part.

    order: its n; tokens: how many of the training part, the last ones, it was counted in. The whole part's figures are
    None where that is so long that scoring it would take longer than counting may.
    """

    order: int
    tokens: int
    sample_nats: float
    sample_bits: float
    nats: float | None
    bits: float | None

    @property
    def name(self) -> str:
        """As in 7-gram."""
        return f"{self.order}-gram"


def tokens_to_count(budget: Budget, sizes: Architecture, tokens_per_update: int, training: int, validation: int) -> int:
    """Tokens to count for a run; 0 where nothing is held back to compare on."""
    if not validation:
        return 0
    seconds = budget.amount
    if budget.steps is not None:
        seconds = budget.steps * tokens_per_update * multiplications_per_token(sizes) / _PRODUCTS
    return min(
        MAX_COUNTED_TOKENS, training, max(MIN_COUNTED_TOKENS, int(min(_SHARE * _RATE * seconds, MAX_COUNTED_TOKENS)))
    )


def count_baseline(
    corpus: Corpus, counted: int, subset: ValidationSubset | None, stop: ShouldStop = never_stop
) -> NgramBaseline | None:
    """Count the last tokens of the training part, score the validation part. None where nothing is held back.

    Raises InterruptedTraining where `stop` says so.
    """
    if not counted or subset is None:
        return None
    order, begin = NGRAM_ORDERS[corpus.level], corpus.split - counted
    starts = None
    if corpus.stand_alone:
        starts = corpus.training_starts
        starts = starts[starts >= begin] - begin
    pause = partial(raise_if_stopped, stop)
    model = NGram.build(corpus.training[begin:], len(corpus.vocabulary), order, starts, pause)
    release_pages(corpus.ids)
    nats, whole = float(model.nats(subset.ids, subset.starts, pause)[subset.scored].mean()), None
    if len(corpus.validation) <= max(counted, MIN_COUNTED_TOKENS):
        whole = float(model.nats(corpus.validation, corpus.validation_starts, pause).mean())
    bits = subset.bits_per_character.convert
    return NgramBaseline(order, counted, nats, bits(nats), whole, None if whole is None else bits(whole))


def baseline_from_record(record: Mapping[str, Any] | None) -> NgramBaseline | None:
    """The inverse of `asdict`; TypeError or ValueError for what is none."""
    if record is None:
        return None
    mark = NgramBaseline(**check_record("the n-gram", record, BASELINE_RULES))
    if (mark.nats is None) != (mark.bits is None):
        raise ValueError("one of the n-gram's figures is missing")
    return mark
