"""How long to train, and at what rate: the budget, and a warm-up with a cosine that ends exactly when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lstmgen.durations import spoken_duration
from lstmgen.errors import UsageError
from lstmgen.settings import TrainingSettings

_KINDS = ("time", "steps", "epochs")


@dataclass(frozen=True)
class Budget:
    """`amount` seconds, updates or passes; `steps` is the number of updates, None while only the clock decides."""

    kind: str
    amount: float
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in _KINDS or not self.amount > 0 or (self.kind == "time") != (self.steps is None):
            raise UsageError(
                f"A budget of {self.amount!r} {self.kind} cannot be used; give --time, --steps or --epochs."
            )

    @property
    def seconds(self) -> float | None:
        """Of a time budget."""
        return self.amount if self.kind == "time" else None

    def describe(self) -> str:
        """As the user would say it: `5 min`, `2,000 updates`, `3 passes`."""
        if self.kind == "time":
            return spoken_duration(self.amount)
        if self.kind == "steps":
            return f"{self.steps:,} updates"
        return f"{self.amount:g} {'pass' if self.amount == 1 else 'passes'} over the text ({self.steps:,} updates)"

    def option(self) -> str:
        """As on the command line."""
        return f"--time {self.amount:g}s" if self.kind == "time" else f"--{self.kind} {self.amount:g}"


def requested_budget(settings: TrainingSettings) -> tuple[str, float] | None:
    """The budget a user asked for, or None."""
    for kind in _KINDS:
        amount = getattr(settings, kind)
        if amount is not None:
            return kind, float(amount)
    return None


def make_budget(kind: str, amount: float, tokens_per_epoch: int, tokens_per_update: int) -> Budget:
    """Passes become updates here, rounded up."""
    if kind == "time":
        return Budget("time", amount)
    steps = int(amount) if kind == "steps" else max(1, math.ceil(amount * tokens_per_epoch / tokens_per_update))
    return Budget(kind, amount, steps)


EVALUATIONS = 50  # in a budget
WARM_UP_SHARE = 0.02  # share of the budget
FINAL_RATE_SHARE = 0.03  # last rate as a share of the peak
ANNEALING_SHARE = 0.2  # what is annealed over after an early stop


def learning_rate_at(
    fraction: float, peak: float, floor: float = FINAL_RATE_SHARE, warm_up: float = WARM_UP_SHARE
) -> float:
    """Rate where `fraction` of the budget is used; it rises during the share `warm_up`."""
    fraction = min(max(fraction, 0.0), 1.0)
    cosine = floor + (1.0 - floor) * (1.0 + math.cos(math.pi * fraction)) / 2.0
    return peak * min(fraction / warm_up, 1.0) * cosine


@dataclass(frozen=True)
class SchedulePosition:
    """Where a run stands: share of its budget that is used, place in the rate's schedule, whether it has ended."""

    fraction: float
    schedule: float
    over: bool


@dataclass(frozen=True)
class ScheduleSegment:
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

    def position(self, budget: Budget, step: float, seconds: float) -> SchedulePosition:
        """After an early stop the last fifth of the schedule is gone through in a fifth of the budget."""
        fraction = self.fraction(budget, step, seconds)
        if self.stopped is None:
            return SchedulePosition(min(fraction, 1.0), min(fraction, 1.0), fraction >= 1.0)
        part = (fraction - self.stopped) / ANNEALING_SHARE
        return SchedulePosition(min(fraction, 1.0), min(1.0 - ANNEALING_SHARE * (1.0 - part), 1.0), part >= 1.0)

    def rate(
        self, budget: Budget, step: int, seconds: float, peak: float, floor: float, warm_up: float = WARM_UP_SHARE
    ) -> float:
        """Rate of the update after `step`, taken in its middle so that the first one of a few is not nothing."""
        place = self.position(budget, step + 0.5, seconds)
        return learning_rate_at(max(place.schedule, 1e-3), peak, floor, warm_up)
