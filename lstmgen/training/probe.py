"""How fast this machine trains a network of given sizes: a few windows of it, on the text in question."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Int32Array
from lstmgen.network import Network
from lstmgen.network.window import ShouldStop, never_stop, raise_if_stopped
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.settings import Architecture, ModelSettings
from lstmgen.text import Corpus
from lstmgen.training.memory import check_fits, probing_growth
from lstmgen.training.orders import Order
from lstmgen.training.scaling import Wire
from lstmgen.training.shards import Masks, window_gradient
from lstmgen.training.update import ADAM_EPSILON, BETA1, BETA2

_SECONDS = 0.6  # for one candidate
_FEWEST, _MOST = 2, 12  # windows of one candidate
_EXCHANGES = 6  # sums that tell how fast the wire is


def compile_kernels(
    model: ModelSettings | Architecture,
    threads: int,
    samples: bool,
    stop: ShouldStop = never_stop,
    precisions: Sequence[str] = ("float32",),
) -> float:
    """Compile, or read from the cache, whatever training calls; seconds it took. No size matters to the kernels.

    stop is asked between kernels; when true, InterruptedTraining is raised. precisions: that training may have.
    """
    began = time.perf_counter()
    for embedding, precision in itertools.product((0, 2), precisions):
        one = Architecture(model.cell, 3, embedding, 2, 2, model.squashing, skip_sum=bool(embedding))
        weights = np.zeros(one.parameter_count(), dtype=np.float32)
        network = Network(one, weights, threads=threads, precision=precision)
        x, y = np.array([[-1], [0]], dtype=np.int32), np.zeros((2, 1), dtype=np.int32)
        _train_window(network, x, y, 1, stop, masks=np.ones((2, 1, 2), dtype=np.float32))
        network.losses(x, y, network.zero_state(1), stop=stop)
        raise_if_stopped(stop)
        if samples:
            network.sampler(1).next_tokens(x[0], network.zero_state(1), np.zeros((1, 1)))
    return time.perf_counter() - began


class SpeedMeter:
    """Measures speeds, each once: `meter(architecture, rows, window, precision)` in tokens a second."""

    def __init__(
        self,
        corpus: Corpus,
        threads: int,
        stop: ShouldStop = never_stop,
        shards: int = 1,
        ranks: Ranks = SINGLE,
        exchange: str = "float32",
    ) -> None:
        self.corpus = corpus
        self.threads = threads
        self.stop = stop
        self.shards, self.exchange = shards, exchange
        self.ranks = ranks
        self.known: dict[tuple[Architecture, int, int, str], float] = {}

    def __call__(self, architecture: Architecture, rows: int, window: int, precision: str = "float32") -> float:
        """By the median of a few windows: what the machine gives, not what it could give were it alone."""
        key = (architecture, rows, window, precision)
        if key not in self.known:
            check_fits(probing_growth(architecture, rows, window, precision))
            with self.ranks.order(Order.PROBE):
                how: dict[str, Any] = {"rows": rows, "window": window, "precision": precision}
                how |= {"shards": self.shards, "exchange": self.exchange}
                self.ranks.broadcast_record(how | {"architecture": vars(architecture)})
                self.known[key] = measure_speed(
                    self.corpus.training, architecture, self.threads, self.ranks, self.stop, **how
                )
        return self.known[key]


def measure_speed(
    ids: AnyArray, architecture: Architecture, threads: int, ranks: Ranks = SINGLE, stop: ShouldStop = never_stop, *,
    rows: int, window: int, precision: str, shards: int, exchange: str,
) -> float:  # fmt: skip
    """Tokens a second, by windows of this text; all ranks measure together, as long as rank 0 says."""
    x, y = _some_windows(ids, rows, window)
    weights = np.random.default_rng(0).standard_normal(architecture.parameter_count(), dtype=np.float32)
    network = Network(architecture, weights * np.float32(0.05), threads=threads, precision=precision)
    how = stop if ranks.size == 1 else never_stop, None, shards, ranks, exchange
    _train_window(network, x, y, rows, *how)
    taken: list[float] = []
    while ranks.agree(float(_few(taken)))[0, 0]:
        began = time.perf_counter()
        _train_window(network, x, y, rows, *how)
        taken.append(time.perf_counter() - began)
    return window * rows / statistics.median(taken)


def measure_wire(ranks: Ranks, size: int, exchange: str) -> Wire:
    """Of what lies between the ranks, by sums of next to nothing and of `size` numbers."""
    little, much = (_sum_seconds(ranks, numbers, exchange) for numbers in (ranks.size, size))
    return Wire.measured(little, much, 4.0 * size, ranks.size)


def _sum_seconds(ranks: Ranks, numbers: int, exchange: str) -> float:
    halved = exchange == "bf16"
    with ranks.order(Order.EXCHANGE, numbers, halved):
        return statistics.median(time_sums(ranks, numbers, halved))


def time_sums(ranks: Ranks, numbers: int, halved: bool) -> list[float]:
    """Seconds of some sums; all ranks do them."""
    taken, array = [], np.zeros(numbers, np.float32)
    for _ in range(_EXCHANGES):
        ranks.agree(0.0)  # all begin together
        began = time.perf_counter()
        ranks.sum(array, halved)
        taken.append(time.perf_counter() - began)
    return taken[1:]


def _few(taken: list[float]) -> bool:
    return len(taken) < _FEWEST or (len(taken) < _MOST and sum(taken) < _SECONDS)


def _some_windows(ids: AnyArray, rows: int, window: int) -> tuple[Int32Array, Int32Array]:
    wanted = rows * window + 1
    tokens = np.resize(ids[:wanted], wanted).astype(np.int32)
    x = np.ascontiguousarray(tokens[:-1].reshape(rows, window).T)
    y = np.ascontiguousarray(tokens[1:].reshape(rows, window).T)
    return x, y


def _train_window(
    network: Network,
    x: Int32Array,
    y: Int32Array,
    rows: int,
    stop: ShouldStop = never_stop,
    masks: Float32Array | None = None,
    shards: int = 1,
    ranks: Ranks = SINGLE,
    exchange: str = "float32",
) -> None:
    got = window_gradient(network, x, y, network.zero_state(rows), Masks(masks), stop, shards, ranks, exchange)
    network.global_norm(got.gradient)
    zeros = np.zeros_like(network.parameters)
    network.adamw(
        got.gradient,
        zeros,
        zeros.copy(),
        rate=0.0,
        beta1=BETA1,
        beta2=BETA2,
        epsilon=ADAM_EPSILON,
        weight_decay=0.0,
        step=1,
        scale=1.0,
    )
