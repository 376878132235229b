"""Highlights: places of a trace that are worth a look, each a position, a layer, a quantity and a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.cells.arithmetic import derived
from lstmgen.inspect.common.expected import Expected
from lstmgen.inspect.common.measures import HIGH, LOW, most_varying
from lstmgen.inspection.trace import Trace

_SURE = 0.9  # a token expected with so much or more was known
_RUN = 4  # so many known tokens in a row are worth a word
_READ = 8  # "always" means little over fewer tokens

_Numbers = dict[str, float]


@dataclass(frozen=True)
class Highlight:
    """kind: which measure found it. numbers: what there is to say of it."""

    kind: str
    position: int
    layer: int
    letter: str
    unit: int
    numbers: _Numbers


@np.errstate(invalid="ignore", over="ignore")  # edited weights may give NaN; such places are not found
def find_highlights(
    trace: Trace, before: Mapping[str, Float32Array], expected: Expected, begins: Sequence[int] = ()
) -> list[Highlight]:
    """All that there are in this text, each kind once. before: as `states_before` gives it."""
    finders: list[Callable[[], Iterator[Highlight]]] = [
        lambda: _surprising(trace, before, expected),
        lambda: _known(trace, expected),
    ]
    if not trace.facts.keep:
        finders += [lambda: _varying(trace, "h"), lambda: _turning(trace, before)]
    else:
        finders += [
            lambda: _always(trace, open_=True),
            lambda: _always(trace, open_=False),
            lambda: _varying(trace, trace.facts.keep),
            lambda: _emptied(trace, before, begins),
            lambda: _written(trace),
            lambda: _fullest(trace),
        ]
    return [place for finder in finders for place in finder()]


def _surprising(trace: Trace, before: Mapping[str, Float32Array], expected: Expected) -> Iterator[Highlight]:
    """The token with the largest surprise, and the unit it moved most. The first one only where it is alone."""
    first = 1 if len(trace) > 1 else 0
    bits = np.nan_to_num(expected.bits[first:], nan=-1.0, posinf=-1.0)
    at = int(bits.argmax()) + first
    if bits.max() > 0:
        letter = trace.facts.memory
        unit = int(_finite(np.abs(trace[letter][at, -1] - before[letter][at, -1])).argmax())
        numbers = {"bits": float(expected.bits[at]), "rank": int(expected.rank[at])}
        yield Highlight("surprising", at, trace.layers - 1, letter, unit, numbers)


def _known(trace: Trace, expected: Expected) -> Iterator[Highlight]:
    """The longest run of tokens that were each expected with 90 % or more."""
    sure = expected.bits <= -np.log2(_SURE)
    best, start, length = 0, 0, 0
    for t, is_sure in enumerate(sure.tolist()):
        length = length + 1 if is_sure else 0
        if length > best:
            best, start = length, t - length + 1
    if best >= _RUN:
        letter = trace.facts.memory
        unit = int(most_varying(trace[letter][start : start + best, -1])[0])
        yield Highlight("known", start, trace.layers - 1, letter, unit, {"tokens": best})


def _always(trace: Trace, *, open_: bool) -> Iterator[Highlight]:
    """The unit whose gate, of all that are open (shut) at every token, is so most firmly."""
    always: list[tuple[float, str, int, int, int]] = []
    for letter in trace.facts.valves:  # in the order in which an open one tells most
        edge = trace[letter].min(axis=0) if open_ else 1 - trace[letter].max(axis=0)  # (L, H)
        units = edge > (HIGH if open_ else 1 - LOW)
        if units.any() and len(trace) >= _READ:
            layer, unit = np.unravel_index(_finite(edge).argmax(), edge.shape)
            always.append((float(edge[layer, unit]), letter, int(layer), int(unit), int(units[layer].sum())))
    if always:
        edge_, letter, layer_, unit_, count = max(always, key=lambda item: item[0])
        values = trace[letter][:, layer_, unit_]
        at = int(values.argmin() if open_ else values.argmax())
        numbers = {"edge": edge_ if open_ else 1 - edge_, "units": count}
        yield Highlight("open" if open_ else "shut", at, layer_, letter, unit_, numbers)


def _varying(trace: Trace, letter: str) -> Iterator[Highlight]:
    """The unit that varies most, where it is lowest."""
    spread = _finite(trace[letter].astype(np.float64).std(axis=0))
    layer, unit = map(int, np.unravel_index(spread.argmax(), spread.shape))
    if spread.max() > 0:
        values = trace[letter][:, layer, unit]
        numbers = {"lowest": float(values.min()), "highest": float(values.max()), "at": int(values.argmax())}
        yield Highlight("varying", int(values.argmin()), layer, letter, unit, numbers)


def _emptied(trace: Trace, before: Mapping[str, Float32Array], begins: Sequence[int]) -> Iterator[Highlight]:
    """Where the smallest share of a memory that holds something is kept: sum of f |c'| over sum of |c'|."""
    keep = trace.facts.keep
    sizes = np.abs(before[trace.facts.memory].astype(np.float64))  # (T, L, H)
    held = sizes.sum(axis=2)
    share = (trace[keep] * sizes).sum(axis=2) / np.where(held > 0, held, 1.0)
    empty = held < np.median(held, axis=0) / 2
    share[empty | (held <= 0) | ~np.isfinite(share)] = np.inf
    share[[0, *begins]] = np.inf
    at, layer = map(int, np.unravel_index(share.argmin(), share.shape))
    if np.isfinite(share[at, layer]):
        unit = int(((1 - trace[keep][at, layer]) * sizes[at, layer]).argmax())
        mean = float(trace[keep][at, layer].mean())
        yield Highlight("emptied", at, layer, keep, unit, {"lost": 1 - float(share[at, layer]), "mean": mean})


def _written(trace: Trace) -> Iterator[Highlight]:
    """Where most of the new is let in: the mean size of i∘g."""
    facts = trace.facts
    values = {letter: trace[letter].astype(np.float64) for letter in facts.letters if letter in facts.write}
    sizes = np.abs(derived(facts.write, values))
    mean = _finite(sizes.mean(axis=2))
    at, layer = map(int, np.unravel_index(mean.argmax(), mean.shape))
    if mean.max() > 0:
        unit = int(sizes[at, layer].argmax())
        numbers = {"mean": float(mean.max()), "usual": float(np.median(mean[:, layer]))}
        gate = next(letter for letter in facts.valves if letter in facts.write)
        yield Highlight("written", at, layer, gate, unit, numbers)


def _fullest(trace: Trace) -> Iterator[Highlight]:
    """The largest memory of all."""
    memory = trace.facts.memory
    sizes = _finite(np.abs(trace[memory]))
    at, layer, unit = map(int, np.unravel_index(sizes.argmax(), sizes.shape))
    if sizes.max() > 0:
        yield Highlight("fullest", at, layer, memory, unit, {"value": float(trace[memory][at, layer, unit])})


def _turning(trace: Trace, before: Mapping[str, Float32Array]) -> Iterator[Highlight]:
    """Where the output turns most: the mean size of h - h'."""
    turn = np.abs(trace["h"].astype(np.float64) - before["h"])
    mean = _finite(turn.mean(axis=2))
    mean[0] = -1
    at, layer = map(int, np.unravel_index(mean.argmax(), mean.shape))
    if mean.max() > 0:
        yield Highlight("turning", at, layer, "h", int(turn[at, layer].argmax()), {"mean": float(mean.max())})


def _finite(values: npt.NDArray[np.floating]) -> Float64Array:
    """With -1 for what is no number, so that it is never the largest."""
    return np.where(np.isfinite(values), values, -1.0).astype(np.float64)
