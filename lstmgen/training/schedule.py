"""The learning rate: a short warm-up, then a cosine that ends exactly when the budget ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lstmgen.training.budget import Budget

WARM_UP = 0.02  # share of the budget
FLOOR = 0.03  # last rate as a share of the peak
LAST_PART = 0.2  # what is annealed over after an early stop


def rate_at(fraction: float, peak: float, floor: float = FLOOR, warm_up: float = WARM_UP) -> float:
    """Rate where `fraction` of the budget is used; it rises during the share `warm_up`."""
    fraction = min(max(fraction, 0.0), 1.0)
    cosine = floor + (1.0 - floor) * (1.0 + math.cos(math.pi * fraction)) / 2.0
    return peak * min(fraction / warm_up, 1.0) * cosine


@dataclass(frozen=True)
class Place:
    """Where a run stands: share of its budget that is used, place in the rate's schedule, whether it has ended."""

    fraction: float
    schedule: float
    over: bool


@dataclass(frozen=True)
class Leg:
    """The part of a run that one schedule spans: all of it, or what a larger budget adds to a finished run.

    `stopped` is the fraction at which validation turned; None while it has not.
    """

    first_step: int = 0
    first_second: float = 0.0
    stopped: float | None = None

    def fraction(self, budget: Budget, step: float, seconds: float) -> float:
        """Share of the leg's budget used after `step` updates and `seconds` seconds."""
        if budget.steps is not None:
            return (step - self.first_step) / max(1, budget.steps - self.first_step)
        return (seconds - self.first_second) / max(1e-9, budget.amount - self.first_second)

    def place(self, budget: Budget, step: float, seconds: float) -> Place:
        """After an early stop the last fifth of the schedule is gone through in a fifth of the budget."""
        fraction = self.fraction(budget, step, seconds)
        if self.stopped is None:
            return Place(min(fraction, 1.0), min(fraction, 1.0), fraction >= 1.0)
        part = (fraction - self.stopped) / LAST_PART
        return Place(min(fraction, 1.0), min(1.0 - LAST_PART * (1.0 - part), 1.0), part >= 1.0)

    def rate(
        self, budget: Budget, step: int, seconds: float, peak: float, floor: float, warm_up: float = WARM_UP
    ) -> float:
        """Rate of the update after `step`, taken in its middle so that the first one of a few is not nothing."""
        place = self.place(budget, step + 0.5, seconds)
        return rate_at(max(place.schedule, 1e-3), peak, floor, warm_up)
