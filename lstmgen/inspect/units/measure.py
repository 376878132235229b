"""Which unit follows which property of a text: scores of all units, and whether the best is more than luck.

Units are ranked on the first half of the text; what is said of the first of them is measured on the second half. It is
found where three things hold:

- no shift of the property along the text gives any unit as good a score (circular shifts keep how property and units
  hang together in themselves; the best of all units at each shift corrects for having looked at them all);
- it is better than what the last token alone tells: the property's mean for each token of the first half, as a
  predictor on the second;
- it is better than the best unit, chosen the same way, of networks with the same weights in random order, and than what
  one more of these would reach in 99 of 100 cases.

After Karpathy, Johnson & Fei-Fei 2015; Strobelt et al. 2018 (LSTMVis); Radford, Jozefowicz & Sutskever 2017.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int64Array, IntArray
from lstmgen.inspect.units.association import (
    choose,
    direction_of,
    lead_of,
    scores_of_halves,
    scores_when_shifted,
    told_by_token,
    turned,
)
from lstmgen.inspect.units.permutation_control import Echo, echoes_of, fisher
from lstmgen.inspect.units.ranks import ranks, scores, strength

if TYPE_CHECKING:
    from lstmgen.inspect.units.properties import Property
    from lstmgen.inspection.trace import Trace

_LEVEL = 0.01  # a result that luck gives more often than so is none
_SURE = 2.33  # standard errors: one-sided, the same level
_FEWEST = 5  # tokens with it and without it, in each half

FOUND, TOKEN, ECHO, LUCK, RARE, ABSENT = "found", "token", "echo", "luck", "rare", "absent"
_NAN = float("nan")


@dataclass(frozen=True)
class Candidates:
    """Values (U, T) over a text, and whose they are: each a letter (c or h), a layer, a unit."""

    values: Float32Array
    names: Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class Finding:
    """One property: scores of all units (U,), AUROC or, of a numeric one, rank correlation.

    verdict               found; no better than the token alone, an echo, luck; too rare to tell; absent
    all, first, second    over the whole text and its halves
    order                 units, those with the strongest score on the first half first
    token                 what the token alone reaches on the second half
    echo                  what the strongest of the networks with shuffled weights reaches there; NaN: not needed
    lead, error           by how much the best unit's score there is better than the stronger of these two (without an
                          echo, than the token), and its standard error
    shifted               strongest score of any unit that 1 % of the shifts reach
    p                     share of the shifts with a unit as strong as the best, times the properties asked for
    """

    wanted: Property
    verdict: str
    all: Float64Array
    first: Float64Array
    second: Float64Array
    order: Int64Array
    token: float = _NAN
    echo: float = _NAN
    lead: float = _NAN
    error: float = _NAN
    shifted: float = _NAN
    p: float = 1.0

    @property
    def numeric(self) -> bool:
        """Whether scores are rank correlations."""
        return self.wanted.numeric

    @property
    def measured(self) -> bool:
        """Whether there was enough of the property."""
        return self.verdict not in (RARE, ABSENT)

    @property
    def best(self) -> int:
        """The unit ranked first."""
        return int(self.order[0])

    def direction(self, unit: int) -> int:
        """1 where the unit is high with the property, -1 where it is low; as the first half has it."""
        return direction_of(float(self.first[unit]), numeric=self.numeric)

    def turned(self, score: float, unit: int) -> float:
        """One of this unit's scores in its direction: below chance where it goes the other way."""
        return turned(score, self.direction(unit), numeric=self.numeric)

    def held_out(self, unit: int) -> float:
        """The score on the second half in the direction of the first."""
        return self.turned(float(self.second[unit]), unit)


def candidates_of(trace: Trace, layers: Sequence[int]) -> Candidates:
    """The states of these layers: c and h of an LSTM, h of others; what is no number as 0."""
    letters = trace.facts.states
    blocks = [np.ascontiguousarray(trace[letter][:, layer].T) for letter in letters for layer in layers]
    names = [(letter, layer, unit) for letter in letters for layer in layers for unit in range(trace.units)]
    return Candidates(np.nan_to_num(np.concatenate(blocks)), names)


def find_units(
    values: Float32Array,
    wanted: Sequence[Property],
    ids: IntArray,
    vocabulary: int,
    twins: Iterable[Float32Array] = (),
) -> list[Finding]:
    """A finding for each property, in their order.

    values (U, T), ids (T,): states of all units and tokens; vocabulary: how many kinds of token there are; twins:
    states of networks with shuffled weights, asked for only where all else says that a unit is found.
    """
    half = len(ids) // 2
    nothing = {one.name: _nothing_in(one, half) for one in wanted}
    tested = [one for one in wanted if not nothing[one.name]]
    if not tested:
        return [_unmeasured(one, nothing[one.name], len(values)) for one in wanted]
    first, second = scores_of_halves(values, tested, half)
    whole, shifted = scores_when_shifted(values, tested)
    found: dict[str, Finding] = {}
    for one in tested:
        key = one.name
        ranked = Finding(one, FOUND, whole[key], first[key], second[key], choose(first[key], numeric=one.numeric)[0])
        found[key] = _against_token(_against_luck(ranked, shifted[key], len(tested)), values, ids, vocabulary)
    hopeful = [one for one in tested if found[one.name].verdict == FOUND]
    for one, echo in zip(hopeful, echoes_of(twins, hopeful, half) if hopeful else (), strict=False):
        found[one.name] = _against_echo(found[one.name], values, echo, half)
    return [found.get(one.name) or _unmeasured(one, nothing[one.name], len(values)) for one in wanted]


def _nothing_in(wanted: Property, half: int) -> str:
    """Why there is nothing to measure, or ""."""
    if len(np.unique(wanted.values)) < 2:
        return ABSENT
    for part in (wanted.values[:half], wanted.values[half:]):
        commonest = max(np.unique(part, return_counts=True)[1], default=0)
        if len(part) - commonest < _FEWEST:
            return RARE
    return ""


def _unmeasured(wanted: Property, verdict: str, units: int) -> Finding:
    none = np.full(units, np.nan)
    return Finding(wanted, verdict, none, none, none, np.arange(units))


def _against_luck(found: Finding, shifted: Float64Array, tests: int) -> Finding:
    reached = float(strength(found.all[found.best : found.best + 1], numeric=found.numeric)[0])
    p = min(1.0, tests * (1 + int((shifted >= reached).sum())) / (1 + len(shifted)))
    limit = float(np.quantile(shifted, 1.0 - _LEVEL))
    return replace(found, verdict=LUCK if p >= _LEVEL else found.verdict, shifted=limit, p=p)


def _against_token(
    found: Finding, values: Float32Array, ids: IntArray, vocabulary: int
) -> Finding:  # fmt: skip
    half, levels = len(ids) // 2, found.wanted.levels
    told = told_by_token(levels[:half], ids[:half], ids[half:], vocabulary)
    token = float(scores(ranks(told), levels[half:], numeric=found.numeric))
    lead, error = lead_of(_second_half(found, values, half), told, levels[half:], numeric=found.numeric)
    verdict = TOKEN if found.verdict == FOUND and lead <= _SURE * error else found.verdict
    return replace(found, verdict=verdict, token=token, lead=lead, error=error)


def _against_echo(found: Finding, values: Float32Array, echo: Echo, half: int) -> Finding:
    reached, best = max(echo.reached), np.array(found.held_out(found.best))
    target = found.wanted.levels[half:]
    lead, error = lead_of(_second_half(found, values, half), echo.values, target, numeric=found.numeric)
    beyond = float(fisher(best, numeric=found.numeric)) > echo.limit(numeric=found.numeric)
    verdict = FOUND if lead > _SURE * error and beyond else ECHO
    if found.token > reached:
        lead, error = found.lead, found.error
    return replace(found, verdict=verdict, echo=reached, lead=lead, error=error)


def _second_half(found: Finding, values: Float32Array, half: int) -> Float64Array:
    """The best unit's values on the second half, in its direction."""
    return np.asarray(found.direction(found.best) * values[found.best, half:].astype(np.float64))
