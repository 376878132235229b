"""What a rank above 0 does: one order of rank 0 after another, until it is told to end. It reads and writes no file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lstmgen.errors import DivergedError, InterruptedTraining
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop, never_stop
from lstmgen.ranks.single import Ranks
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.training.cpus import say_of_cpu
from lstmgen.training.handover import (
    TextPart,
    broadcast_plan,
    broadcast_state,
    broadcast_subset,
    broadcast_text,
    digest,
)
from lstmgen.training.interrupts import exit_code_of
from lstmgen.training.leading import score_rows
from lstmgen.training.orders import Order
from lstmgen.training.probe import compile_kernels, measure_speed, time_sums
from lstmgen.training.shards import rows_of
from lstmgen.training.state import TrainingState, generators_from
from lstmgen.training.update import Updater
from lstmgen.training.validation import ValidationSubset, temporary_weights


def follow(ranks: Ranks, training: TrainingSettings, stop: ShouldStop, begin: Callable[[], object]) -> None:
    """Do what rank 0 orders. Ends by SystemExit, with rank 0's exit code; whatever else is raised ends all ranks.

    training: the settings in which this process may have its own way, threads and memory for the text. stop: whether
    this process is asked to end, which rank 0 is told. begin: called before the first update; until then there is
    nothing that would have to be saved first.
    """
    ranks.tell(lambda: exit_code_of(stop))
    follower = _Follower(ranks, training, begin)
    while True:
        order, *numbers = ranks.next_order()
        follower.does[Order(int(order))](*numbers)


class _Follower:
    """What it has been handed so far."""

    text: TextPart
    updater: Updater
    subset: ValidationSubset

    def __init__(self, ranks: Ranks, training: TrainingSettings, begin: Callable[[], object]) -> None:
        self.ranks, self.begin = ranks, begin
        self.threads, self.memory = training.threads or ranks.cores, training.mmap_above
        self.does: dict[Order, Callable[..., None]] = {
            Order.COMPILE: self._compile,
            Order.TEXT: self._take_text,
            Order.PROBE: self._probe,
            Order.SCORED: self._take_subset,
            Order.RUN: self._begin,
            Order.STATE: self._take_state,
            Order.UPDATE: self._update,
            Order.CARRIED: self._hand_carried,
            Order.NATS: self._score,
            Order.EXCHANGE: self._exchange,
            Order.CPU: self._say_of_cpu,
        }

    def _compile(self, *_: float) -> None:
        told = self.ranks.broadcast_record()
        compile_kernels(ModelSettings(**told["model"]), self.threads, samples=False, precisions=told["precisions"])
        self.ranks.agree(0.0)

    def _say_of_cpu(self, *_: float) -> None:
        say_of_cpu(self.ranks)

    def _take_text(self, *_: float) -> None:
        self.text = broadcast_text(self.ranks, memory_megabytes=self.memory)

    def _probe(self, *_: float) -> None:
        told = self.ranks.broadcast_record()
        measure_speed(self.text.ids, Architecture(**told.pop("architecture")), self.threads, self.ranks, **told)

    def _exchange(self, numbers: float, halved: float, *_: float) -> None:
        time_sums(self.ranks, int(numbers), bool(halved))

    def _take_subset(self, *_: float) -> None:
        self.subset = broadcast_subset(self.ranks)

    def _begin(self, *_: float) -> None:
        plan = broadcast_plan(self.ranks)
        network = Network(plan.architecture, threads=self.threads, precision=plan.precision)
        weights, generators = network.parameters, generators_from(plan.seed)
        state = TrainingState(
            weights=weights,
            best=weights,  # which those are only rank 0 knows; it hands them over where they are needed
            first=np.zeros_like(weights),
            second=np.zeros_like(weights),
            average=np.zeros(0, np.float32),
            carried=network.zero_state(plan.batch_size),
            generators=generators,
            cursor={},
        )
        streams = self.text.streams(plan, generators["data"])
        self.updater = Updater(network, streams, replace(plan, choices=()), state, never_stop, self.ranks)

    def _take_state(self, *_: float) -> None:
        self.begin()
        broadcast_state(self.ranks, self.updater.state, self.updater.streams)
        self.updater.network.refresh()

    def _update(self, rate: float, drops: float, *_: float) -> None:
        try:
            self.updater.update(rate, 0.0, drops)  # the mean of the last weights is rank 0's
        except (DivergedError, InterruptedTraining):
            return  # rank 0 has come to the same, and says how it ends

    def _hand_carried(self, *_: float) -> None:
        state = self.updater.state
        self.ranks.agree(*digest(state))
        mine = rows_of(self.ranks.rank, self.ranks.size, state.carried.shape[2])
        self.ranks.gather(np.ascontiguousarray(state.carried[:, :, mine]).reshape(-1))

    def _score(self, *_: float) -> None:
        network = self.updater.network
        weights = np.empty_like(network.parameters)
        self.ranks.broadcast(weights)
        with temporary_weights(network, weights):
            score_rows(self.ranks, self.subset, network)
