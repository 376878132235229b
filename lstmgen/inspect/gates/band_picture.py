"""One gate or state as it is drawn: which of its units, in which order, and the digits of their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cell_facts import Quantity
from lstmgen.inspect.common.figures import digit
from lstmgen.inspect.common.measures import Measures, order_units
from lstmgen.inspection.trace import Trace


@dataclass(frozen=True)
class GateOptions:
    """What to draw. units None: as many of the first in `sort` as fit one screen, and one block of tokens."""

    layer: int
    units: Sequence[int] | None = None
    sort: str | None = None  # None: the most varying where `units` is None, otherwise as listed
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


def make_band(
    trace: Trace, entry: Quantity, measures: Measures, options: GateOptions, *, coloured: bool, room: int, stop: int
) -> Band:
    """The band of a quantity. On one screen it has `room` rows, of the tokens up to `stop`."""
    values = trace[entry.letter][:, options.layer]
    ordered = order_units(values, options.sort or "varying").tolist()
    if options.units is None:
        one_row_each = entry.is_gate or coloured
        units = list(ordered[: max(room, 1)]) if one_row_each else _fitting(values[:stop], ordered, room)
    elif options.sort is None:
        units = list(options.units)
    else:
        wanted = set(options.units)
        units = [unit for unit in ordered if unit in wanted]
    return Band(entry, measures, values, units, _full(values[:, units]))


def _fitting(values: Float32Array, ordered: Sequence[int], room: int) -> list[int]:
    """The first units whose rows, one for each sign that occurs, fit together; always one."""
    units, used = list(ordered[:1]), 0
    for place, unit in enumerate(ordered[:room]):
        used += len(set(np.signbit(values[:, unit]).tolist()))
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
