"""Rank 0's part in training on several ranks: whatever it does that the others must do with it.

It alone decides (rate, place in the schedule, stopping, evaluating, saving) and keeps the best weights, the history and
the clock. The others make every update with it, so all have the same weights at any time between two orders. A process
that is alone has a leader too, of nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.errors import DivergedError, InterruptedTraining, ResourceError
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop, never_stop
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.settings import Architecture, ModelSettings
from lstmgen.text import Corpus, Streams
from lstmgen.training import events
from lstmgen.training.handover import broadcast_plan, broadcast_state, broadcast_subset, broadcast_text, digest
from lstmgen.training.interrupts import exit_code_of
from lstmgen.training.orders import Order
from lstmgen.training.plan import Plan
from lstmgen.training.probe import SpeedMeter, measure_wire
from lstmgen.training.scaling import Scaling
from lstmgen.training.shards import rows_of
from lstmgen.training.sizes import target_passes
from lstmgen.training.state import TrainingState
from lstmgen.training.update import Updater, UpdateResult
from lstmgen.training.validation import ValidationSubset

_USED_UP = 2.0
"""Times the passes wanted of a text, which the sizes are chosen by, from which on more processes are not worth it."""


class SharedStop:
    """True once rank 0 was asked to stop, or another rank that has told it so."""

    def __init__(self, ranks: Ranks, stop: ShouldStop) -> None:
        self._ranks, self._stop = ranks, stop

    @property
    def exit_code(self) -> int:
        """Of whoever asked; 0 while nobody has."""
        return exit_code_of(self._stop) or self._ranks.asked()

    def __call__(self) -> bool:
        return self.exit_code != 0


class Leader:
    """Gives the orders. With one rank there is nobody to give them to."""

    def __init__(self, ranks: Ranks, stop: ShouldStop) -> None:
        self.ranks = ranks
        self.stop: ShouldStop = stop if self.alone else SharedStop(ranks, stop)
        self._held: TrainingState | None = None  # what the others go on with, too

    @property
    def alone(self) -> bool:
        """Whether there are no others."""
        return self.ranks.size == 1

    def compile(self, model: ModelSettings | Architecture, precisions: Sequence[str]) -> None:
        """The others' kernels, once rank 0's are there: on the same machine they find them in the cache."""
        with self.ranks.order(Order.COMPILE):
            named = {"cell": model.cell, "output_squashing": model.squashing}
            self.ranks.broadcast_record({"model": named, "precisions": list(precisions)})
            self.ranks.agree(0.0)

    def share_text(self, corpus: Corpus) -> None:
        """The others need no file of it."""
        if not self.alone:
            with self.ranks.order(Order.TEXT):
                broadcast_text(self.ranks, corpus)

    def advice(self, plan: Plan, corpus: Corpus) -> Iterator[events.Notice]:
        """What the others bring, measured; nothing where there are none."""
        if self.alone:
            return
        ranks, sizes = self.ranks.size, plan.architecture
        meter = SpeedMeter(corpus, plan.threads, self.stop, plan.shards, self.ranks, plan.exchange)
        speed = meter(sizes, plan.batch_size, plan.seq_length, plan.precision)
        wire = measure_wire(self.ranks, sizes.parameter_count(), plan.exchange)
        update = plan.batch_size * plan.seq_length / speed
        here = Scaling.measured(wire, update, ranks, plan.batch_size, 4.0 * sizes.parameter_count(), plan.threads)
        if plan.budget.kind == "time":
            here = here.reading(plan.passes, ranks, _USED_UP * target_passes(corpus.training_characters))
        yield events.Notice(here.words(ranks))

    def begin(self, plan: Plan, subset: ValidationSubset | None) -> ValidationSubset | None:
        """The others get ready for updates by this plan; the subset whose rows all score together."""
        if self.alone:
            return subset
        with self.ranks.order(Order.RUN):
            broadcast_plan(self.ranks, plan)
        if subset is None:
            return None
        with self.ranks.order(Order.SCORED):
            broadcast_subset(self.ranks, subset)
        return SharedSubset(**vars(subset), ranks=self.ranks)

    def updater(self, network: Network, streams: Streams, plan: Plan, state: TrainingState) -> Updater:
        """What makes updates of this state, with all ranks."""
        if self.alone:
            return Updater(network, streams, plan, state, self.stop)
        return LeadingUpdater(network, streams, plan, state, self.stop, self.ranks, leader=self)

    def hand_over(self, state: TrainingState, streams: Streams) -> None:
        """The others go on from this state; what they have of another is collected first."""
        if self._held is state:
            return
        if self._held is not None:
            self._collect(self._held)  # whose weights may have been put aside for those of the new one
        with self.ranks.order(Order.STATE):
            broadcast_state(self.ranks, state, streams)
        self._held = state

    def forget(self) -> None:
        """The state was changed by rank 0 alone, so the others must take it over again."""
        self._held = None

    def collect(self, state: TrainingState) -> None:
        """Bring the carried states of all rows together, to be saved; ResourceError where the weights differ."""
        if self.alone or self._held is not state:
            return
        said = self._collect(state)
        other = [k for k in range(self.ranks.size) if (said[k] != said[0]).any()]
        if other:
            raise ResourceError(
                f"Process {other[0]} has come to other weights than process 0, so one of the two miscalculates.\n"
                "The last save is from before that; --resume goes on from it, with another machine in that one's place."
            )

    def _collect(self, state: TrainingState) -> Float64Array:
        """The carried states; what each rank says of its weights."""
        rows = state.carried.shape[2]
        with self.ranks.order(Order.CARRIED):
            said = self.ranks.agree(*digest(state))
            parts = self.ranks.gather(state.carried[:, :, rows_of(0, self.ranks.size, rows)].reshape(-1))
        for k, part in enumerate(parts):
            mine = rows_of(k, self.ranks.size, rows)
            shape = (*state.carried.shape[:2], mine.stop - mine.start, state.carried.shape[3])
            state.carried[:, :, mine] = part.reshape(shape)
        return said


@dataclass(kw_only=True)
class LeadingUpdater(Updater):
    """Rank 0's: each update is an order."""

    leader: Leader

    def update(self, rate: float, schedule: float, drops: float = 1.0) -> UpdateResult:
        """The same as ever, with all ranks."""
        self.leader.hand_over(self.state, self.streams)
        failure: DivergedError | InterruptedTraining | None = None
        result = UpdateResult(0.0, 0.0, False)
        with self.ranks.order(Order.UPDATE, rate, drops):
            try:
                result = super().update(rate, schedule, drops)
            except (DivergedError, InterruptedTraining) as error:  # theirs too
                failure = error
        if not (result.done or isinstance(failure, InterruptedTraining)):
            self.leader.forget()
        if failure is not None:
            raise failure
        return result


@dataclass(frozen=True, eq=False, kw_only=True)
class SharedSubset(ValidationSubset):
    """Each rank scores some of the rows."""

    ranks: Ranks = SINGLE

    def nats(self, network: Network, stop: ShouldStop) -> Float64Array:
        """The same figures."""
        with self.ranks.order(Order.NATS):
            self.ranks.broadcast(network.parameters)
            parts = score_rows(self.ranks, self, network, stop)
        if not parts:
            raise InterruptedTraining
        return np.concatenate(parts)[self.scored]


def score_rows(
    ranks: Ranks, subset: ValidationSubset, network: Network, stop: ShouldStop = never_stop
) -> list[Float64Array]:
    """Each rank scores its rows, whose tokens follow those of the rank before; on rank 0 all that were scored.

    stop: rank 0's, asked often; where it says so, nothing is scored.
    """
    rows, nats = rows_of(ranks.rank, ranks.size, len(subset.first)), None
    with suppress(InterruptedTraining):
        nats = subset.row_nats(network, rows, ranks.broken_off(stop))
    said = ranks.agree(float(nats is None))
    if ranks.all_break_off(bool(said[0, 0])) or nats is None:
        return []
    return ranks.gather(nats)
