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
from enum import StrEnum

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int64Array, IntArray
from lstmgen.inspect.units.association import (
    direction_of,
    margin_over,
    mean_by_token,
    oriented,
    rank_units,
    scores_of_halves,
    scores_when_shifted,
)
from lstmgen.inspect.units.permutation_control import PermutationControl, fisher_z, permutation_controls
from lstmgen.inspect.units.properties import Property
from lstmgen.inspect.units.ranks import ranks, scores, strength
from lstmgen.inspection.trace import Trace

_LEVEL = 0.01  # a result that chance gives more often than so is none
_SURE = 2.33  # standard errors: one-sided, the same level
_FEWEST = 5  # tokens with it and without it, in each half

_NAN = float("nan")


class Verdict(StrEnum):
    """What is said of a property: some unit follows it, or why that cannot be said. The values are those of JSON."""

    FOUND = "found"
    LAST_TOKEN = "token"  # the last token alone tells as much
    PERMUTED_WEIGHTS = "echo"  # networks with the same weights in random order do as well
    CHANCE = "luck"  # some unit does as well with the property moved along the text
    RARE = "rare"  # too rare in the text
    ABSENT = "absent"  # the same all through the text


@dataclass(frozen=True)
class UnitStates:
    """Values (U, T) over a text, and whose they are: each a letter (c or h), a layer, a unit."""

    values: Float32Array
    names: Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class Association:
    """One property: scores of all units (U,), AUROC or, of a numeric one, rank correlation.

    verdict               whether a unit is found, or why none is
    all, first, second    over the whole text and its halves
    order                 units, those with the strongest score on the first half first
    token                 what the token alone reaches on the second half
    permuted              what the strongest of the networks with permuted weights reaches there; NaN: not needed
    margin, error         by how much the best unit's score there is better than the stronger of these two (where the
                          second was not needed, than the first), and its standard error
    shifted               strongest score of any unit that 1 % of the shifts reach
    p                     share of the shifts with a unit as strong as the best, times the properties asked for
    """

    wanted: Property
    verdict: Verdict
    all: Float64Array
    first: Float64Array
    second: Float64Array
    order: Int64Array
    token: float = _NAN
    permuted: float = _NAN
    margin: float = _NAN
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
        return self.verdict not in (Verdict.RARE, Verdict.ABSENT)

    @property
    def best(self) -> int:
        """The unit ranked first."""
        return int(self.order[0])

    def direction(self, unit: int) -> int:
        """1 where the unit is high with the property, -1 where it is low; as the first half has it."""
        return direction_of(float(self.first[unit]), numeric=self.numeric)

    def oriented(self, score: float, unit: int) -> float:
        """One of this unit's scores in its direction: below chance where it goes the other way."""
        return oriented(score, self.direction(unit), numeric=self.numeric)

    def held_out(self, unit: int) -> float:
        """The score on the second half in the direction of the first."""
        return self.oriented(float(self.second[unit]), unit)


def unit_states(trace: Trace, layers: Sequence[int]) -> UnitStates:
    """The states of these layers: c and h of an LSTM, h of others; what is no number as 0."""
    letters = trace.facts.states
    blocks = [np.ascontiguousarray(trace[letter][:, layer].T) for letter in letters for layer in layers]
    names = [(letter, layer, unit) for letter in letters for layer in layers for unit in range(trace.units)]
    return UnitStates(np.nan_to_num(np.concatenate(blocks)), names)


def associate(
    values: Float32Array,
    wanted: Sequence[Property],
    ids: IntArray,
    vocabulary: int,
    permuted: Iterable[Float32Array] = (),
) -> list[Association]:
    """How units and each property go together, in the order of the properties.

    values (U, T), ids (T,): states of all units and tokens; vocabulary: its size; permuted: states of networks with
    permuted weights, asked for only where everything else says that a unit is found.
    """
    half = len(ids) // 2
    nothing = {one.name: verdict for one in wanted if (verdict := _nothing_in(one, half))}
    tested = [one for one in wanted if one.name not in nothing]
    if not tested:
        return [_unmeasured(one, nothing[one.name], len(values)) for one in wanted]
    first, second = scores_of_halves(values, tested, half)
    whole, shifted = scores_when_shifted(values, tested)
    associations: dict[str, Association] = {}
    for one in tested:
        key = one.name
        order, _ = rank_units(first[key], numeric=one.numeric)
        ranked = Association(one, Verdict.FOUND, whole[key], first[key], second[key], order)
        beside_chance = _against_chance(ranked, shifted[key], len(tested))
        associations[key] = _against_token(beside_chance, values, ids, vocabulary)
    hopeful = [one for one in tested if associations[one.name].verdict == Verdict.FOUND]
    controls = permutation_controls(permuted, hopeful, half) if hopeful else []
    for one, control in zip(hopeful, controls, strict=False):
        associations[one.name] = _against_permutation(associations[one.name], values, control, half)
    return [associations.get(one.name) or _unmeasured(one, nothing[one.name], len(values)) for one in wanted]


def _nothing_in(wanted: Property, half: int) -> Verdict | None:
    """Why there is nothing to measure; None where there is something."""
    if len(np.unique(wanted.values)) < 2:
        return Verdict.ABSENT
    for part in (wanted.values[:half], wanted.values[half:]):
        commonest = max(np.unique(part, return_counts=True)[1], default=0)
        if len(part) - commonest < _FEWEST:
            return Verdict.RARE
    return None


def _unmeasured(wanted: Property, verdict: Verdict, units: int) -> Association:
    none = np.full(units, np.nan)
    return Association(wanted, verdict, none, none, none, np.arange(units))


def _against_chance(association: Association, shifted: Float64Array, tests: int) -> Association:
    reached = float(strength(association.all[association.best : association.best + 1], numeric=association.numeric)[0])
    p = min(1.0, tests * (1 + int((shifted >= reached).sum())) / (1 + len(shifted)))
    limit = float(np.quantile(shifted, 1.0 - _LEVEL))
    return replace(association, verdict=Verdict.CHANCE if p >= _LEVEL else association.verdict, shifted=limit, p=p)


def _against_token(association: Association, values: Float32Array, ids: IntArray, vocabulary: int) -> Association:
    half, levels = len(ids) // 2, association.wanted.levels
    predicted = mean_by_token(levels[:half], ids[:half], ids[half:], vocabulary)
    token = float(scores(ranks(predicted), levels[half:], numeric=association.numeric))
    margin, error = margin_over(
        _second_half(association, values, half), predicted, levels[half:], numeric=association.numeric
    )
    beaten = association.verdict == Verdict.FOUND and margin <= _SURE * error
    verdict = Verdict.LAST_TOKEN if beaten else association.verdict
    return replace(association, verdict=verdict, token=token, margin=margin, error=error)


def _against_permutation(
    association: Association, values: Float32Array, control: PermutationControl, half: int
) -> Association:
    reached, best = max(control.reached), np.array(association.held_out(association.best))
    target = association.wanted.levels[half:]
    margin, error = margin_over(
        _second_half(association, values, half), control.values, target, numeric=association.numeric
    )
    beyond = float(fisher_z(best, numeric=association.numeric)) > control.limit(numeric=association.numeric)
    verdict = Verdict.FOUND if margin > _SURE * error and beyond else Verdict.PERMUTED_WEIGHTS
    if association.token > reached:
        margin, error = association.margin, association.error
    return replace(association, verdict=verdict, permuted=reached, margin=margin, error=error)


def _second_half(association: Association, values: Float32Array, half: int) -> Float64Array:
    """The best unit's values on the second half, in its direction."""
    return np.asarray(association.direction(association.best) * values[association.best, half:].astype(np.float64))
