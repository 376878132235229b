"""What to train, chosen from the corpus, the budget and the machine's speed, each choice with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from lstmgen.settings import Architecture
from lstmgen.training.budget import Budget


@dataclass(frozen=True)
class Choice:
    """One row of the plan as shown: `hidden size`, `256`, `why`."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everything in force for a run. T = `window`, B = `rows`."""

    architecture: Architecture
    window: int
    rows: int
    rate: float  # the peak
    floor: float  # the last rate as a share of the peak
    dropout: float
    weight_decay: float
    clip_norm: float
    seed: int
    threads: int
    budget: Budget
    speed: float | None  # expected tokens a second; None where it was not measured
    passes: float | None  # expected, over the training part
    seconds: float | None  # expected
    parameters: int
    memory: int  # expected growth of the process at its peak, bytes
    choices: tuple[Choice, ...]
