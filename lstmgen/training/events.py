"""What training says as it goes: frozen records that the loop yields and whoever listens shows.

The order of a run: Compiling, Compiled, Notice*, Planned (or Resumed), BaselineReady where something is held back, then
Progress, Evaluated, Sampled, Saved, Trial and Notice in between, EarlyStop at most once, and Finished as the last,
though InterruptedTraining may follow it, when what comes after the last save was cut short. Losses are nats a token.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lstmgen.deprecated import Renamed, renamed_in
from lstmgen.records import written_as

if TYPE_CHECKING:
    from lstmgen.modelfile import ModelFile
    from lstmgen.text.copies import Copies
    from lstmgen.training.ngram_baseline import NgramBaseline
    from lstmgen.training.plan import Plan


@dataclass(frozen=True)
class Compiling:
    """Kernels are being compiled or read from the cache; the clock of the budget does not run yet."""


@dataclass(frozen=True)
class Compiled:
    """They are ready."""

    seconds: float


@dataclass(frozen=True)
class Notice:
    """A sentence for the user: a hint about the corpus, a halved rate, a skipped update."""

    text: str


@dataclass(frozen=True)
class Planned:
    """What will be trained and why; `plan.choices` is the table to show."""

    plan: Plan
    parameters: int
    memory: int  # bytes by which the process is expected to grow at its peak


@dataclass(frozen=True)
class Resumed:
    """A run goes on from its state file; `extended` says that it had ended and the rate is warmed up again."""

    plan: Plan
    parameters: int
    memory: int
    step: int
    tokens_seen: int
    seconds: float  # of training in the sessions before
    best: float | None
    extended: bool


@dataclass(frozen=True)
class BaselineReady:
    """What an n-gram, which only counts, makes of the validation text: the baseline for the network."""

    baseline: NgramBaseline = field(metadata=written_as("mark"))
    training: int  # tokens of the training part, of which `baseline.tokens` were counted

    mark = Renamed("baseline")


@dataclass(frozen=True)
class Progress:
    """Sent about ten times a second, and after the last update."""

    step: int  # updates made
    steps: int | None  # in all; None for a time budget
    fraction: float  # of the budget, 0 to 1
    tokens_seen: int
    tokens_per_second: float  # of the last seconds
    loss: float  # training loss, smoothed; nan before the first update
    bits_per_character: float
    gradient_norm: float
    rate: float
    seconds: float  # used so far, former sessions included
    seconds_left: float | None
    finishing: bool = False  # annealing after an early stop


@dataclass(frozen=True)
class Evaluated:
    """Validation was measured; without a validation part `validation` is None and best means newest."""

    step: int
    tokens_seen: int
    fraction: float
    train: float  # mean over the updates since the evaluation before
    validation: float | None
    best: float | None
    is_best: bool
    bits_per_character: float | None  # of the validation text
    gradient_norm: float  # mean since the evaluation before
    clipped: float  # share of the updates since then whose gradient was clipped
    rate: float
    seconds: float
    tokens_per_second: float
    ngram: float | None = None  # the n-gram's loss on the same tokens
    ngram_bits_per_character: float | None = None


@dataclass(frozen=True)
class Sampled:
    """A short text from the weights in hand; raw, so clean it before it reaches a terminal."""

    step: int
    text: str
    temperature: float
    manner: str = ""  # at the end: careful, usual or wild


@dataclass(frozen=True)
class Saved:
    """State, and the model too where `model` is a path, are on the disk."""

    step: int
    state: Path
    model: Path | None


@dataclass(frozen=True)
class Trial:
    """The validation loss had risen; copies of the best weights and of those in hand were annealed and compared."""

    step: int
    best_step: int
    annealed: float  # validation loss of the best weights, annealed for a moment
    projected: float  # where going on would end
    stops: bool  # EarlyStop follows


@dataclass(frozen=True)
class EarlyStop:
    """Overfitting, by a trial: the rate now anneals from the best weights and the run ends early."""

    step: int
    best_step: int
    best: float
    annealed: float  # validation loss of a copy of the best weights, annealed for a moment
    projected: float  # where going on would end
    steps_left: int | None
    seconds_left: float | None


@dataclass(frozen=True)
class Finished:
    """The end: the model as it is on the disk (if `path`), and the figures of a summary."""

    model: ModelFile
    path: Path | None
    step: int
    tokens_seen: int
    passes: float  # over the training part
    seconds: float  # of the budget: first update to last
    total_seconds: float  # of this session, compiling and final scoring included
    tokens_per_second: float  # while updating
    train: float
    validation: float | None  # one stream from zero state, over header's training.final_tokens
    bits_per_character: float | None
    perplexity: float | None
    best_step: int
    averaged: bool  # what was saved is the mean of the last weights
    stopped_early: bool
    skipped: int  # updates undone
    halvings: int  # of the rate
    repeat: str  # the one command that repeats the run
    copies: Copies | None = None  # of a text written for this; None where no samples are shown, or interrupted
    baseline: NgramBaseline | None = field(default=None, metadata=written_as("mark"))
    temperature: float = 1.0  # of the softmax, tuned and folded into the output layer

    mark = Renamed("baseline")


if not TYPE_CHECKING:
    __getattr__ = renamed_in(__name__, {"Counted": "BaselineReady"})

Event = (
    Compiling
    | Compiled
    | Notice
    | Planned
    | Resumed
    | BaselineReady
    | Progress
    | Evaluated
    | Sampled
    | Saved
    | Trial
    | EarlyStop
    | Finished
)
