"""How far back a model sees: what its loss is when it may see only the last k tokens, or those before in any order.

k is 1, 2, 4 ... 512, as far as the text allows. The tokens scored lie evenly over the text, with enough of it before
them; each loss is compared with that of the same token after the whole text. "The last k alone": read from nothing, as
a text that begins there would be. "Shuffled": the 128 tokens before the last k are read too, in random order
(Khandelwal et al. 2018, "Sharp nearby, fuzzy far away").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lstmgen.arrays import AnyArray, Float64Array, Int32Array, Int64Array
from lstmgen.errors import TextError
from lstmgen.inspect.reach.sensitivity import input_gradients
from lstmgen.inspection.trace import TRACE_WINDOW, Trace, network_inputs, token_losses
from lstmgen.network import InferenceNetwork
from lstmgen.standard_errors import standard_error

_LARGEST = 512
_FEWEST = 64  # tokens of a text
_FAR = 128  # tokens that are shuffled
_FLOP = 6e10  # of one k, about: some tenths of a second
_READ = (1 << 14, 1 << 17)  # tokens read for one k at least and at most
_ROWS = (100, 1000)
_ROWS_AT_ONCE = 256
_GRADIENT_WINDOW, _GRADIENT_ROWS = 256, 64
_GRADIENT_NUMBERS = 1 << 26  # 256 MB of gates and gradients at once
_NEAR_NATS, _NEAR_SHARE = 0.01, 0.01  # within these of the full context a shorter one is as good
_SURE = 2.0  # errors


@dataclass(frozen=True)
class Context:
    """The last k tokens, over `scored` positions.

    above, error: what the loss with them alone is above the full context's, nats, and its standard error; shuffled,
    shuffled_error: the same with shuffled tokens before them.
    """

    k: int
    above: float
    error: float
    scored: int
    shuffled: float
    shuffled_error: float


@dataclass(frozen=True)
class Reach:
    """full: mean loss of the scored tokens after all that is before them, nats.

    gradient (W,): mean norm at distance 1, 2, ... W, over so many `windows`.
    time_constants (L, H): tokens until a unit's memory has shrunk to 1/e; empty for a cell without such a gate.
    """

    full: float
    contexts: list[Context]
    gradient: Float64Array
    time_constants: Float64Array
    windows: int

    @property
    def near(self) -> float:
        """Nats above the full context that count as none: 0.01, or 1 % of the loss where that is more."""
        return max(_NEAR_NATS, _NEAR_SHARE * self.full)

    def used(self, errors: float = 0.0) -> int | None:
        """The smallest k from which on all losses are near the full context's; None if no k is.

        errors: so many standard errors are added to each loss first.
        """
        smallest = None
        for context in reversed(self.contexts):
            if context.above + errors * context.error > self.near:
                break
            smallest = context.k
        return smallest

    def within(self, share: float) -> int:
        """The distance within which this share of the summed gradient norms lies."""
        sums = np.cumsum(self.gradient)
        return int(np.searchsorted(sums, share * sums[-1])) + 1 if sums[-1] > 0 else 1


def reach_of(network: InferenceNetwork, ids: Int32Array, trace: Trace, *, document_end: int | None = None) -> Reach:
    """Everything, over a text (T,); trace: of some of it, for the gates. Raises TextError for fewer than 64 tokens."""
    if len(ids) < _FEWEST:
        raise TextError(
            f"The text has {len(ids):,} tokens; to look back takes at least {_FEWEST}.\nGive a longer text."
        )
    read = network_inputs(ids, document_end)[:-1]
    full = token_losses(network, read, ids)
    largest = min(_LARGEST, 1 << (len(ids) // 4).bit_length() - 1)
    far = min(_FAR, largest)
    budget = int(np.clip(_FLOP / network.geometry.flop_per_token() * 3.0, *_READ))
    sizes = [1 << power for power in range(largest.bit_length())]
    contexts = [_context(network, read, ids, full, k, far, largest + far, budget) for k in sizes]
    window = min(_GRADIENT_WINDOW, largest)
    ends = spread_positions(len(ids), window, _GRADIENT_ROWS)
    return Reach(
        full=float(full[spread_positions(len(ids), largest + far, _ROWS[1])].mean()),
        contexts=contexts,
        gradient=connectivity(network, read, ids, ends, window),
        time_constants=time_constants(trace),
        windows=len(ends),
    )


def spread_positions(size: int, first: int, count: int) -> Int64Array:
    """At most so many positions, evenly from `first` to the text's end."""
    return np.unique(np.linspace(first, size - 1, count).astype(np.int64))


def _context(
    network: InferenceNetwork, read: Int32Array, ids: Int32Array, full: Float64Array, k: int, far: int, first: int,
    budget: int,
) -> Context:  # fmt: skip
    at = spread_positions(len(ids), first, int(np.clip(budget // k, *_ROWS)))
    above, error = _mean(losses_from(network, windows_before(read, at, k), ids[at]) - full[at])
    few = spread_positions(len(ids), first, int(np.clip(budget // _LARGEST, *_ROWS)))
    mixed = shuffled_far(windows_before(read, few, k + far), k, np.random.default_rng(k))
    shuffled, shuffled_error = _mean(losses_from(network, mixed, ids[few]) - full[few])
    return Context(k, above, error, len(at), shuffled, shuffled_error)


def windows_before(read: Int32Array, at: Int64Array, k: int) -> Int32Array:
    """What is read before the positions `at`, the last k tokens after nothing: (k + 1, B)."""
    inside = read[at + np.arange(1 - k, 1)[:, None]]
    return np.concatenate([np.full((1, len(at)), -1, np.int32), inside])


def shuffled_far(windows: Int32Array, k: int, rng: np.random.Generator) -> Int32Array:
    """The windows (T, B) with all but the last k tokens of each in random order; what is -1 (nothing read) stays."""
    shuffled = windows.copy()
    for row in range(windows.shape[1]):
        far = np.flatnonzero(windows[:-k, row] >= 0)
        shuffled[far, row] = rng.permutation(windows[far, row])
    return shuffled


def losses_from(network: InferenceNetwork, windows: Int32Array, targets: Int32Array) -> Float64Array:
    """Nats (B,) of the token after each window (T, B), read from zero states."""
    losses = np.empty(len(targets))
    for a in range(0, len(targets), _ROWS_AT_ONCE):
        part = slice(a, a + _ROWS_AT_ONCE)
        rows = np.ascontiguousarray(windows[:, part])
        state = network.zero_state(rows.shape[1])
        for b in range(0, len(rows) - 1, TRACE_WINDOW):
            state = network.advance(rows[b : min(b + TRACE_WINDOW, len(rows) - 1)], state)
        nats, _ = network.losses(rows[-1:], targets[None, part], state)
        losses[part] = nats[0]
    return losses


def connectivity(
    network: InferenceNetwork, read: Int32Array, ids: Int32Array, ends: Int64Array, window: int
) -> Float64Array:
    """Mean norms (W,) of the gradients of the true token's logit towards the input at distance 1, 2, ... W."""
    shape, total = network.architecture, np.zeros(window)
    rows = max(1, _GRADIENT_NUMBERS // (window * shape.layers * shape.units * 10))
    for a in range(0, len(ends), rows):
        at = ends[a : a + rows]
        gradients = input_gradients(network, windows_before(read, at, window), ids[at])
        total += np.linalg.norm(gradients[1:].astype(np.float64), axis=2).sum(axis=1)[::-1]
    return total / len(ends)


@np.errstate(divide="ignore", invalid="ignore")
def time_constants(trace: Trace) -> Float64Array:
    """Tokens in which what a unit remembers shrinks to 1/e, -1 / ln(mean of its keeping gate): (L, H), or (L, 0)."""
    keep = trace.facts.keep
    if not keep:
        return np.zeros((trace.layers, 0))
    return np.asarray(1.0 / np.abs(np.log(trace[keep].astype(np.float64).mean(axis=0))))


def _mean(values: Float64Array) -> tuple[float, float]:
    """The mean and its standard error."""
    if len(values) < 2:
        return float(values.mean()), float("inf")
    return float(values.mean()), standard_error(values, batch=1, ddof=1)


def halving_bins(constants: Sequence[float] | AnyArray, count: int = 11) -> list[int]:
    """How many are below 1, from 1 to 2, from 2 to 4, ..., and from 2^(count - 2) on."""
    edges = [0.0, *(2.0**power for power in range(count - 1)), np.inf]
    known = np.nan_to_num(np.asarray(constants, np.float64), nan=0.0, posinf=1e300)
    return [int(((known >= low) & (known < high)).sum()) for low, high in pairwise(edges)]
