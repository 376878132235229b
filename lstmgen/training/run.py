"""A run in one session: what it works with, where it stands in its budget, and how fast it goes."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lstmgen.network import Network
from lstmgen.network.window import ShouldStop
from lstmgen.text import Corpus, Streams
from lstmgen.training import events
from lstmgen.training.checkpoint import Checkpointer
from lstmgen.training.evaluation_cost import update_budget
from lstmgen.training.leading import Leader
from lstmgen.training.plan import Plan
from lstmgen.training.schedule import ANNEALING_SHARE, Budget, SchedulePosition, ScheduleSegment
from lstmgen.training.state import TrainingState
from lstmgen.training.validation import ValidationSubset

_PROGRESS_EVERY = 0.1  # seconds between two Progress events


@dataclass
class Run:
    """One session of training: the network at work, the state that is kept, and the clock."""

    corpus: Corpus
    plan: Plan
    state: TrainingState
    network: Network
    streams: Streams
    subset: ValidationSubset | None
    checkpointer: Checkpointer
    leader: Leader
    shows_text: bool = True  # whether short texts are written on the way and at the end
    now: Callable[[], float] = time.perf_counter
    session_began: float = 0.0
    budget: Budget = field(init=False)  # for updates; the plan's has the scoring at the end in it
    began: float = field(init=False)  # when the first update of this session was due
    seconds_before: float = field(init=False)  # used by the sessions before
    tokens_before: int = field(init=False)
    gradient_norm: float = field(init=False, default=0.0)  # of the last update
    progress_shown: float = field(init=False, default=0.0)  # when
    recent: deque[tuple[float, int]] = field(init=False, default_factory=lambda: deque(maxlen=64))
    final: dict[str, float | int | None] | None = field(init=False, default=None)  # figures of the end, once there

    def __post_init__(self) -> None:
        plan, counters = self.plan, self.state.counters
        held_back = len(self.corpus.validation)
        alone = None if plan.speed is None else plan.speed / plan.shards  # the end is scored by one process
        self.budget = update_budget(plan.budget, plan.architecture, alone, held_back, plan.precision)
        self.seconds_before, self.tokens_before = counters.seconds, counters.tokens_seen

    @property
    def stop(self) -> ShouldStop:
        """Asked often; when true, the run is saved and ends."""
        return self.leader.stop

    def start_clock(self) -> None:
        """The first update of this session is due."""
        self.began = self.now()

    def tick(self) -> None:
        """Count the time used; called after updates, so that the budget spans the first to the last."""
        self.state.counters.seconds = self.seconds_before + self.now() - self.began

    @property
    def complete(self) -> bool:
        """Whether the run has ended with its figures, and is on the disk if a file was named."""
        return self.final is not None and self.checkpointer.holds_final

    def segment(self) -> ScheduleSegment:
        """The stretch the present schedule spans."""
        counters = self.state.counters
        return ScheduleSegment(counters.first_step, counters.first_second, counters.stopped)

    def position(self) -> SchedulePosition:
        """Where the run stands."""
        counters = self.state.counters
        return self.segment().position(self.budget, counters.step, counters.seconds)

    def scheduled_rate(self) -> float:
        """The learning rate of the next update, as the schedule has it."""
        counters, plan = self.state.counters, self.plan
        return self.segment().rate(
            self.budget, counters.step, counters.seconds, plan.learning_rate, plan.final_rate_share, plan.warm_up
        )

    def learning_rate(self) -> float:
        """The same with the halvings after failed updates."""
        return self.scheduled_rate() * 0.5**self.state.counters.halvings

    def dropout_share(self, of_best: bool = False) -> float:
        """Share of dropout and weight-drop in force; from an early stop on it is what the best weights were used to."""
        counters, rise = self.state.counters, self.plan.dropout_rise
        if not rise:
            return 1.0
        step, seconds = counters.step, counters.seconds
        if of_best or counters.stopped is not None:
            step, seconds = counters.low_step, counters.low_second
        return min(1.0, self.segment().fraction(self.budget, step, seconds) / rise)

    def remaining(self) -> tuple[float | None, int | None]:
        """Seconds and updates to go, as far as they are known."""
        counters, budget, place = self.state.counters, self.budget, self.position()
        whole = 1.0 if counters.stopped is None else min(1.0, counters.stopped + ANNEALING_SHARE)
        share = max(0.0, whole - place.fraction)
        if budget.steps is None:
            return share * (budget.amount - counters.first_second), None
        steps = round(share * (budget.steps - counters.first_step))
        speed = self.speed()
        return (steps * self.plan.batch_size * self.plan.seq_length / speed if speed else None), steps

    def speed(self) -> float:
        """Tokens a second lately."""
        if len(self.recent) < 2:
            return (self.state.counters.tokens_seen - self.tokens_before) / max(self.now() - self.began, 1e-9)
        (t0, n0), (t1, n1) = self.recent[0], self.recent[-1]
        return (n1 - n0) / max(t1 - t0, 1e-9)

    def progress(self, last: bool = False) -> Iterator[events.Progress]:
        """How it goes, if that was not said a moment ago."""
        now, counters = self.now(), self.state.counters
        if not last and now - self.progress_shown < _PROGRESS_EVERY:
            return
        self.progress_shown = now
        self.recent.append((now, counters.tokens_seen))
        loss = float("nan") if counters.smoothed is None else counters.smoothed
        seconds_left, _ = self.remaining()
        yield events.Progress(
            step=counters.step,
            steps=self.plan.budget.steps,
            fraction=self.position().fraction,
            tokens_seen=counters.tokens_seen,
            tokens_per_second=self.speed(),
            loss=loss,
            bits_per_character=loss * self._bits_per_nat,
            gradient_norm=self.gradient_norm,
            rate=self.learning_rate(),
            seconds=counters.seconds,
            seconds_left=seconds_left,
            finishing=counters.stopped is not None,
        )

    @property
    def _bits_per_nat(self) -> float:
        """Nats a token to bits a character, over the training part."""
        return len(self.corpus.training) / max(1, self.corpus.training_characters) / math.log(2.0)

    def save(self) -> Iterator[events.Event]:
        """Put everything on the disk, if a file was named."""
        self.leader.collect(self.state)
        self.state.cursor = self.streams.cursor()
        yield from self.checkpointer.save(self.corpus, self.plan, self.state, self.final)

    def save_on_the_way_out(self) -> None:
        """Before the first update there is nothing to save, after the end nothing more."""
        if self.state.counters.step and not self.complete:
            for _ in self.save():
                pass
