"""How long to train: by time, by updates, or by passes over the text."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
        """As the user would say it: `5m`, `2,000 updates`, `3 passes`."""
        if self.kind == "time":
            return duration(self.amount)
        if self.kind == "steps":
            return f"{self.steps:,} updates"
        return f"{self.amount:g} {'pass' if self.amount == 1 else 'passes'} over the text ({self.steps:,} updates)"

    def option(self) -> str:
        """As on the command line."""
        return f"--time {self.amount:g}s" if self.kind == "time" else f"--{self.kind} {self.amount:g}"


def given_kind(settings: TrainingSettings) -> tuple[str, float] | None:
    """The budget a user asked for, or None."""
    for kind in _KINDS:
        amount = getattr(settings, kind)
        if amount is not None:
            return kind, float(amount)
    return None


def budget_for(kind: str, amount: float, tokens_per_epoch: int, tokens_per_update: int) -> Budget:
    """Passes become updates here, rounded up."""
    if kind == "time":
        return Budget("time", amount)
    steps = int(amount) if kind == "steps" else max(1, math.ceil(amount * tokens_per_epoch / tokens_per_update))
    return Budget(kind, amount, steps)


def duration(seconds: float) -> str:
    """1h 5m, 4m 30s, 12s, 0.5s."""
    if seconds < 10:
        return f"{seconds:.2g}s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{rest}s" if rest and not hours else ""]
    return " ".join(p for p in parts if p)
