"""What scoring the validation part may cost: tokens on the way, tokens at the end, and the time set aside for them."""

from __future__ import annotations

from lstmgen.settings import Architecture
from lstmgen.training.precision import scoring_cost
from lstmgen.training.schedule import EVALUATIONS, Budget

_SCORED_SHARE, FEWEST_SCORED = 0.15, 1_024
"""Validation tokens scored for each token trained: forward costs a third of an update, so some 5 % of the time."""

_FINAL_SHARE, _FINAL_WORK = 0.05, 1.7e11
"""Validation tokens scored at the end for each token trained, and multiplications of scoring that
are done whatever the budget: 200,000 tokens of 1 x 256. In one stream a token takes at most as long as in training, so
that is some 5 % of the time or a few seconds: 67 k tokens/s with 1 x 256 and 65 characters, 7 k with 20,000 words."""

_MOST_FINAL = 0.2
"""Share of a time budget that is set aside for that scoring, at most."""


def subset_size(budget: Budget, seen: float, validation: int, precision: str = "float32") -> int:
    """So many that evaluating costs about a twentieth of the time, at least a handful. precision: of training."""
    between = seen / (EVALUATIONS if budget.steps is None else min(EVALUATIONS, budget.steps))
    return min(validation, max(FEWEST_SCORED, int(_SCORED_SHARE / scoring_cost(precision) * between)))


def multiplications_per_token(sizes: Architecture) -> float:
    """Multiplications an update needs for a token; the first layer's input is a look-up."""
    H, G = sizes.units, sizes.num_gates
    return 3.0 * (G * H * H * (2 * sizes.layers - 1) + H * sizes.vocabulary)


def max_final_tokens(sizes: Architecture, seen: int, precision: str = "float32") -> int:
    """Validation tokens that are scored at the end, at most; from counts alone, so the same for the same run.

    seen: tokens trained on; precision: in which.
    """
    share = int(_FINAL_SHARE / scoring_cost(precision) * seen)
    return max(FEWEST_SCORED, int(_FINAL_WORK / multiplications_per_token(sizes)), share)


def update_budget(
    budget: Budget, sizes: Architecture, speed: float | None, validation: int, precision: str = "float32"
) -> Budget:
    """What of a budget is for updates: of a time all but what scoring at the end is expected to take.

    speed: tokens trained a second in this precision; in float32, in one stream they are scored at least as fast.
    validation: tokens held back.
    """
    if budget.steps is not None or not speed:
        return budget
    tokens = min(validation, max_final_tokens(sizes, int(speed * budget.amount), precision))
    seconds = tokens / speed * scoring_cost(precision)
    return Budget("time", budget.amount - min(seconds, _MOST_FINAL * budget.amount))
