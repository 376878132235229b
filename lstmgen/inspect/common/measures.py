"""How open gates are and how much units move: shares, extremes and orders of units, all plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import FloatArray, Int64Array
from lstmgen.errors import UsageError
from lstmgen.inspection.trace import Trace

LOW, HIGH = 0.1, 0.9  # shut below, open above, as in Karpathy, Johnson & Fei-Fei 2015
_STILL = 0.01  # a unit that stays within so much never moves
_SORTS = ("varying", "number", "mean")


@dataclass(frozen=True)
class Measures:
    """One quantity of one layer over a text (T, H). Of signed quantities the sizes are measured, sign aside."""

    below: float  # share of all T x H values below 0.1
    above: float  # share above 0.9
    lowest: float
    highest: float
    always_open: Int64Array  # units above 0.9 at every token
    always_shut: Int64Array  # units below 0.1 at every token
    never_moving: Int64Array  # units whose values stay within 0.01
    varying: Int64Array  # all units, the most varying first


def shares(values: FloatArray) -> tuple[float, float]:
    """The shares of values (sizes of signed ones) below 0.1 and above 0.9."""
    sizes = np.abs(values)
    return float(np.mean(sizes < LOW)), float(np.mean(sizes > HIGH))


@np.errstate(invalid="ignore", over="ignore")
def most_varying(values: FloatArray) -> Int64Array:
    """Units of (T, H) by the standard deviation over the text, largest first; ties by number, NaN last."""
    spread = np.nan_to_num(np.std(values.astype(np.float64), axis=0), nan=-1.0, posinf=np.inf)
    return np.argsort(-spread, kind="stable").astype(np.int64)


@np.errstate(invalid="ignore", over="ignore")
def order_units(values: FloatArray, sort: str) -> Int64Array:
    """Units of (T, H) in the order asked for: most varying, number, or highest mean first."""
    if sort == "varying":
        return most_varying(values)
    if sort == "number":
        return np.arange(values.shape[1], dtype=np.int64)
    if sort == "mean":
        mean = np.nan_to_num(np.mean(values.astype(np.float64), axis=0), nan=-np.inf)
        return np.argsort(-mean, kind="stable").astype(np.int64)
    raise UsageError(f"--sort must be one of {', '.join(_SORTS)}, not {sort!r}.")


@np.errstate(invalid="ignore", over="ignore")  # edited weights may give NaN; it counts as neither open nor shut
def measure_values(values: FloatArray) -> Measures:
    """Everything about one quantity of one layer (T, H)."""
    sizes = np.abs(values)
    below, above = shares(values)
    still = np.max(values, axis=0) - np.min(values, axis=0) <= _STILL
    return Measures(
        below=below,
        above=above,
        lowest=float(np.min(values)),
        highest=float(np.max(values)),
        always_open=np.flatnonzero(np.all(sizes > HIGH, axis=0)),
        always_shut=np.flatnonzero(np.all(sizes < LOW, axis=0)),
        never_moving=np.flatnonzero(still),
        varying=most_varying(values),
    )


def measure(trace: Trace, layer: int) -> dict[str, Measures]:
    """Measures of every quantity of a layer, by its letter."""
    return {letter: measure_values(values[:, layer]) for letter, values in trace.values.items()}


def check_units(units: Sequence[int], available: int) -> None:
    """Raise UsageError for a unit that is not there."""
    for unit in units:
        if not 0 <= unit < available:
            raise UsageError(f"There is no unit {unit}: they are numbered 0 to {available - 1}.")


def check_layer(layer: int, available: int) -> None:
    """Raise UsageError for a layer that is not there."""
    if not 0 <= layer < available:
        others = f"they are numbered 0 to {available - 1}" if available > 1 else "this model has one, number 0"
        raise UsageError(f"There is no layer {layer}: {others}.")


def chosen_layer(layer: int | None, available: int) -> int:
    """The layer asked for; None is the last. Raises UsageError for one that is not there."""
    chosen = available - 1 if layer is None else layer
    check_layer(chosen, available)
    return chosen
