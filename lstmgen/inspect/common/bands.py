"""What a picture of gates shows: the view that is asked for, and the units of each quantity that it comes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cell_facts import Quantity
from lstmgen.inspect.common.measures import Measures, order_units
from lstmgen.inspection.trace import Trace


@dataclass(frozen=True)
class GateOptions:
    """What to draw. Without `units`: as many of the first in `sort` as fit one screen, and one block of tokens."""

    layer: int
    units: Sequence[int] | None = None
    sort: str | None = None  # None: most varying on one screen, otherwise as listed
    colours: str | None = None  # "truecolor" or "256"; None: digits
    width: int = 80
    height: int = 22  # of 24: the shell's next line and the model's name on stderr need one each
    spaced: bool = False  # a blank between tokens: for words


@dataclass(frozen=True)
class Band:
    """One quantity as it is drawn: its words, its values (T, H) of the layer, its units in order, its full size."""

    entry: Quantity
    measures: Measures
    values: Float32Array
    units: list[int]
    scale: float

    def rows(self, unit: int, start: int, stop: int) -> list[tuple[str, list[str]]]:
        """Digits of a unit's tokens, as rows of a mark and a text for each token.

        A gate has one row. What has a sign has a row for + and one for -, left out where it would be empty.
        """
        values = self.values[start:stop, unit]
        tenths = [digit(value, self.scale) for value in values.tolist()]
        if self.entry.is_gate:
            return [(" ", tenths)]
        signs = np.signbit(values).tolist()
        marks = (("+", False), ("-", True))
        return [
            (mark, [text if sign is wanted else " " for text, sign in zip(tenths, signs, strict=True)])
            for mark, wanted in marks
            if wanted in signs
        ]


def digit(value: float, scale: float = 1.0) -> str:
    """Tenths of `scale` in the value's size: 0 for less than one, 9 for nine and more, ? for what is no number."""
    return "?" if math.isnan(value) else str(min(int(min(abs(value) / scale, 1.0) * 10), 9))


def make_band(trace: Trace, entry: Quantity, measures: Measures, view: GateOptions, room: int, stop: int) -> Band:
    """The band of a quantity. On one screen it has `room` rows, of the tokens up to `stop`."""
    values = trace[entry.letter][:, view.layer]
    ordered = order_units(values, view.sort or "varying").tolist()
    if view.units is None:
        units = _fitting(values, ordered, entry, view, room, stop)
    elif view.sort is None:
        units = list(view.units)
    else:
        wanted = set(view.units)
        units = [unit for unit in ordered if unit in wanted]
    return Band(entry, measures, values, units, _full(values[:, units]))


def _fitting(
    values: Float32Array, ordered: Sequence[int], entry: Quantity, view: GateOptions, room: int, stop: int
) -> list[int]:
    """The first units whose rows have room together; always one."""
    if entry.is_gate or view.colours:
        return list(ordered[: max(room, 1)])
    units, used = list(ordered[:1]), 0
    for place, unit in enumerate(ordered[:room]):
        used += len(set(np.signbit(values[:stop, unit]).tolist()))
        if place and used <= room:
            units.append(unit)
        if used >= room:
            break
    return units


def _full(values: Float32Array) -> float:
    """The size that a full cell stands for: 1, or the largest there is."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if finite.size else 1.0
    return largest if largest > 1.0 else 1.0
