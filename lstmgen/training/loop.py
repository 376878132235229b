"""The loop: updates until the budget ends, evaluating and saving on the way, then the final figures. Yields events."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lstmgen.errors import DivergedError, InterruptedTraining
from lstmgen.network import Network
from lstmgen.text import Corpus, Streams
from lstmgen.training import events
from lstmgen.training.budget import Budget
from lstmgen.training.early_stopping import evaluation_due, take_in
from lstmgen.training.ending import ending
from lstmgen.training.evaluation import measured_anew
from lstmgen.training.mark import mark_of
from lstmgen.training.plan import Plan
from lstmgen.training.record import model_file
from lstmgen.training.remember import facts_of
from lstmgen.training.samples import TEMPERATURE, sample_text
from lstmgen.training.saving import Keeper, state_path
from lstmgen.training.schedule import LAST_PART, Leg, Place
from lstmgen.training.sizes import for_updates
from lstmgen.training.state import TrainingState
from lstmgen.training.subset import ValidationSubset
from lstmgen.training.trial import consider_stopping, may_overfit
from lstmgen.training.update import Worker, close_gaps

_SHOWN_EVERY = 0.1  # seconds between two Progress events
NOTHING_UNSAVED = "interrupted before the first update; there was nothing to save"
_FIRST_SAMPLE, _SAMPLE_EVERY = 3.0, 20.0  # seconds


@dataclass
class Run:
    """One session of training: what works, what is kept, and the clock."""

    corpus: Corpus
    plan: Plan
    state: TrainingState
    network: Network
    streams: Streams
    subset: ValidationSubset | None
    keeper: Keeper
    stop: Callable[[], bool]
    samples: bool = True
    now: Callable[[], float] = time.perf_counter
    session_began: float = 0.0
    budget: Budget = field(init=False)  # for updates; the plan's has the scoring at the end in it
    before: float = field(init=False)  # seconds of the sessions before
    seen_before: int = field(init=False)  # tokens
    began: float = field(init=False)
    shown: float = field(init=False, default=0.0)
    sampled: float = field(init=False, default=0.0)
    norm: float = field(init=False, default=0.0)  # of the last update's gradient
    recent: deque[tuple[float, int]] = field(init=False, default_factory=lambda: deque(maxlen=64))
    final: dict[str, float | int | None] | None = field(init=False, default=None)  # figures of the end, once there

    def __post_init__(self) -> None:
        plan, validation = self.plan, len(self.corpus.validation)
        self.budget = for_updates(plan.budget, plan.architecture, plan.speed, validation)

    def go(self) -> Iterator[events.Event]:
        """Train to the end; whatever ends it sooner leaves a saved state behind."""
        self.before, self.seen_before = self.state.counters.seconds, self.state.counters.tokens_seen
        try:
            yield from measured_anew(self)
            if self.state.mark is None:
                self.state.mark = mark_of(self.corpus, self.plan.counted, self.subset, self.stop)
            if self.state.mark is not None:
                yield events.Counted(self.state.mark, len(self.corpus.training))
            self.began = self.now()
            self.sampled = self.began + _FIRST_SAMPLE - _SAMPLE_EVERY
            yield from self._as_it_came()
            yield from self._updates()
            yield from ending(self)
        except InterruptedTraining as error:
            self._save_if_sound()
            code = getattr(self.stop, "exit_code", 0) or error.exit_code
            raise InterruptedTraining(self._parting(), code) from error
        except (DivergedError, GeneratorExit):
            self._save_if_sound()
            raise

    def _as_it_came(self) -> Iterator[events.Event]:
        """A model that was begun with is the best so far, until something is better."""
        if self.plan.origin is not None and not self.state.history and self.subset is not None:
            yield from self.evaluate(self.place())

    def _parting(self) -> str:
        if not self.state.counters.step:
            return NOTHING_UNSAVED
        step = f"interrupted after {self.state.counters.step:,} updates"
        if self.complete:
            saved = "" if self.keeper.out is None else ", and all of it is saved"
            return f"interrupted while looking for copies: the run had ended{saved}"
        if self.keeper.out is None:
            return f"{step}; there was nothing to save"
        return f"{step}; the state is saved.\nGo on with the same command and --resume."

    @property
    def complete(self) -> bool:
        """Whether the run has ended with its figures, and is on the disk if a file was named."""
        return self.final is not None and (
            self.keeper.out is None or bool(self.keeper.written and self.keeper.written[-1])
        )

    def _updates(self) -> Iterator[events.Event]:
        worker = Worker(self.network, self.streams, self.plan, self.state, self.stop)
        counters, budget = self.state.counters, self.budget
        while True:
            place = self.place()
            is_best = False
            if counters.step and evaluation_due(counters, budget) and not place.over:
                found = self.evaluate(place)
                is_best = isinstance(found[0], events.Evaluated) and found[0].is_best
                yield from found
                yield from self._sampled()
            if counters.suspicious:
                yield from consider_stopping(self)
                continue
            if counters.step and (self.keeper.due(is_best) or (place.over and self.keeper.last is None)):
                yield from self.save()
            if place.over:
                break
            if self.stop():
                raise InterruptedTraining
            place = self.place()
            done = worker.update(self._rate(), place.schedule, self.drops())
            self.tick()
            if done.notice:
                yield events.Notice(done.notice)
            self.norm = done.norm
            yield from self.progress()
        yield from self.progress(last=True)

    def leg(self) -> Leg:
        """The stretch the present schedule spans."""
        counters = self.state.counters
        return Leg(counters.first_step, counters.first_second, counters.stopped)

    def place(self) -> Place:
        """Where the run stands."""
        counters = self.state.counters
        return self.leg().place(self.budget, counters.step, counters.seconds)

    def tick(self) -> None:
        """Count the time used; called after updates, so that the budget spans the first to the last."""
        self.state.counters.seconds = self.before + self.now() - self.began

    def _rate(self) -> float:
        counters, plan = self.state.counters, self.plan
        return self.leg().rate(self.budget, counters.step, counters.seconds, plan.rate, plan.floor, plan.warm_up)

    def drops(self, of_best: bool = False) -> float:
        """Share of dropout and weight-drop in force; from an early stop on it is what the best weights were used to."""
        counters, rise = self.state.counters, self.plan.drops_rise
        if not rise:
            return 1.0
        step, seconds = counters.step, counters.seconds
        if of_best or counters.stopped is not None:
            step, seconds = counters.low_step, counters.low_second
        return min(1.0, self.leg().fraction(self.budget, step, seconds) / rise)

    def rate_in_force(self) -> float:
        """Of the next update, halvings included."""
        return self._rate() * 0.5**self.state.counters.halvings

    def evaluate(self, place: Place) -> list[events.Event]:
        """Score the weights in hand and draw the consequences; all changes are made before anything is shown."""
        state, counters = self.state, self.state.counters
        score = self.subset.score(self.network, self.stop) if self.subset else None
        updates = max(1, counters.updates)
        counters.train = counters.loss_sum / updates if counters.updates else counters.train
        is_best = take_in(state, score.nats if score else None)
        counters.suspicious = score is not None and may_overfit(self)
        norm, clipped = counters.norm_sum / updates, counters.clipped / updates
        counters.loss_sum, counters.norm_sum, counters.clipped, counters.updates = 0.0, 0.0, 0, 0
        train = float("nan") if counters.train is None else counters.train
        validation, mark = score.nats if score else None, state.mark
        rate, speed = self.rate_in_force(), self.speed()
        seen = float("nan") if validation is None else validation
        row = (counters.step, counters.tokens_seen, rate, train, seen, norm)
        state.history.append(tuple(float(v) for v in row))
        state.clock.append((counters.seconds, speed))
        found: list[events.Event] = [
            events.Evaluated(
                counters.step,
                counters.tokens_seen,
                place.fraction,
                train,
                validation,
                counters.best_loss,
                is_best,
                score.bits if score else None,
                norm,
                clipped,
                rate,
                counters.seconds,
                speed,
                mark.sample_nats if mark else None,
                mark.sample_bits if mark else None,
            )
        ]
        return found

    def left(self) -> tuple[float | None, int | None]:
        """Seconds and updates to go, as far as they are known."""
        counters, budget, place = self.state.counters, self.budget, self.place()
        whole = 1.0 if counters.stopped is None else min(1.0, counters.stopped + LAST_PART)
        share = max(0.0, whole - place.fraction)
        if budget.steps is None:
            return share * (budget.amount - counters.first_second), None
        steps = round(share * (budget.steps - counters.first_step))
        speed = self.speed()
        return (steps * self.plan.rows * self.plan.window / speed if speed else None), steps

    def speed(self) -> float:
        """Tokens a second lately."""
        if len(self.recent) < 2:
            return (self.state.counters.tokens_seen - self.seen_before) / max(self.now() - self.began, 1e-9)
        (t0, n0), (t1, n1) = self.recent[0], self.recent[-1]
        return (n1 - n0) / max(t1 - t0, 1e-9)

    def progress(self, last: bool = False) -> Iterator[events.Event]:
        """How it goes, if that was not said a moment ago."""
        now, counters = self.now(), self.state.counters
        if not last and now - self.shown < _SHOWN_EVERY:
            return
        self.shown = now
        self.recent.append((now, counters.tokens_seen))
        loss = float("nan") if counters.smoothed is None else counters.smoothed
        seconds_left, _ = self.left()
        yield events.Progress(
            counters.step,
            self.plan.budget.steps,
            self.place().fraction,
            counters.tokens_seen,
            self.speed(),
            loss,
            loss * self.bits_per_nat,
            self.norm,
            self.rate_in_force(),
            counters.seconds,
            seconds_left,
            counters.stopped is not None,
        )

    @property
    def bits_per_nat(self) -> float:
        """Nats a token to bits a character, over the training part."""
        return len(self.corpus.training) / max(1, self.corpus.training_characters) / math.log(2.0)

    def _sampled(self) -> Iterator[events.Event]:
        if self.samples and self.now() - self.sampled >= _SAMPLE_EVERY:
            self.sampled = self.now()
            generator = self.state.generators["samples"]
            text = sample_text(self.network, self.corpus.vocabulary, generator, self.corpus.lines, self.stop)
            yield events.Sampled(self.state.counters.step, text, TEMPERATURE)

    def save(self) -> Iterator[events.Event]:
        """Put everything on the disk, if a file was named; the best weights must be a model before they may be one."""
        for notice in close_gaps(self.state):
            yield events.Notice(notice)
        model = self._write()
        if self.keeper.trouble:
            yield events.Notice(f"A save went well only at the second try: {self.keeper.trouble}")
        if self.keeper.out is not None:
            yield events.Saved(self.state.counters.step, state_path(self.keeper.out), model)

    def _write(self) -> Path | None:
        state, counters = self.state, self.state.counters
        state.cursor = self.streams.cursor()
        arrays, header = state.to_arrays()
        best = (counters.best_step, int(counters.best_averaged), int(self.final is not None))
        facts = header | facts_of(self.corpus, self.plan)
        return self.keeper.save(model_file(self.corpus, self.plan, state, self.final), arrays, facts, best)

    def _save_if_sound(self) -> None:
        """On the way out: before the first update there is nothing to save, after the end nothing more."""
        if self.state.counters.step and not self.complete:
            close_gaps(self.state)
            self._write()
