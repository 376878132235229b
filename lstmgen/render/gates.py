"""A trace as a terminal picture: for each gate and state a few units (or all), tokens from left to right.

In colour a cell's colour is its value. Without colour it is a digit, the value's tenths; what has a sign gets two rows
a unit, positive values above and negative ones below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.inspection import Measures, Trace, measure, order_units
from lstmgen.inspection.trace import Floats
from lstmgen.legend import REMARKS, Entry, traced
from lstmgen.render.colours import shade
from lstmgen.render.columns import Columns, split_columns
from lstmgen.render.headings import extremes, heading
from lstmgen.render.picture import FAINT, STRONG, Picture, fill, fit

EDGE_LINES = 4  # title, token axis (in colour: how to read the cells), extremes, scale
READING = "A line is one unit: its number, then the text in the colours of its values."


@dataclass(frozen=True)
class View:
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

    entry: Entry
    measures: Measures
    values: Floats
    units: list[int]
    scale: float


def draw_gates(trace: Trace, labels: Sequence[str], view: View, title: str = "") -> Picture:
    """The picture. labels: each token of the trace as it may be shown, cleaned; title: cleaned likewise."""
    measures = measure(trace, view.layer)
    entries = traced(trace.cell)
    remark = REMARKS.get(trace.cell)
    bands = [
        _band(trace, entry, measures[entry.letter], view, _room(view, len(entries), bool(remark))) for entry in entries
    ]
    digits = len(str(trace.units - 1))
    blocks = split_columns(labels, view.width - digits - 2, spaced=view.spaced)
    shown = blocks if view.units is not None else blocks[:1]
    picture = Picture()
    picture.add(Segment(fit(_title(trace, view, bands, shown, title), view.width), STRONG))
    if remark:
        picture.add(Segment(fit(remark, view.width), FAINT))
    if view.colours:
        picture.add(Segment(fit(READING, view.width), FAINT))
    for number, block in enumerate(shown):
        if number:
            picture.add()
        _draw_block(picture, block, bands, view, digits)
    picture.add(Segment(fit(extremes(entries, measures, view.width), view.width), FAINT))
    whole = shown[-1].stop == len(trace) and len(bands[0].units) == trace.units
    more = "" if whole or view.units is not None else "   More: --units all"
    picture.add(*_key(view, not any(entry.is_gate for entry in entries), more))
    return picture


def _room(view: View, bands: int, remark: bool) -> int:
    """Rows for the units of one band on one screen."""
    return max(1, (view.height - EDGE_LINES - remark) // bands - 1)


def _band(trace: Trace, entry: Entry, measures: Measures, view: View, room: int) -> Band:
    values = trace[entry.letter][:, view.layer]
    if view.units is None:
        a_unit = 1 if entry.is_gate or view.colours else 2
        units = order_units(values, view.sort or "varying")[: max(1, room // a_unit)].tolist()
    elif view.sort is None:
        units = list(view.units)
    else:
        wanted = set(view.units)
        units = [unit for unit in order_units(values, view.sort).tolist() if unit in wanted]
    finite = np.abs(values[:, units][np.isfinite(values[:, units])])
    largest = float(finite.max()) if finite.size else 1.0
    return Band(entry, measures, values, units, 1.0 if largest <= 1.0 else largest)


def _title(trace: Trace, view: View, bands: Sequence[Band], shown: Sequence[Columns], name: str) -> str:
    """What is seen: "storybook · layer 0 · the most varying of 128 units · tokens 0-74 of 240"."""
    layer = f"layer {view.layer}" if trace.layers == 1 else f"layer {view.layer} of 0-{trace.layers - 1}"
    count = max(len(band.units) for band in bands)
    if count == trace.units:
        units = f"all {count} units"
    elif view.units is not None:
        units = f"{count} of {trace.units} units"
    else:
        units = f"the {_ORDERS[view.sort or 'varying']} of {trace.units} units"
    last = shown[-1].stop
    tokens = f"tokens 0-{last - 1} of {len(trace)}" if last < len(trace) else f"all {last} tokens"
    return " · ".join(part for part in (name, layer, units, tokens) if part)


_ORDERS = {"varying": "most varying", "mean": "highest", "number": "first"}


def _draw_block(picture: Picture, block: Columns, bands: Sequence[Band], view: View, digits: int) -> None:
    if not view.colours:  # in colour the tokens stand on the cells
        picture.add(" " * (digits + 2) + block.row(block.labels))
    for band in bands:
        picture.add(*_heading(band, view))
        for unit in band.units:
            values = band.values[block.start : block.stop, unit]
            if view.colours:
                picture.add(Segment(f"{unit:>{digits}}  ", FAINT), *_coloured(values, block, band, view.colours))
            else:
                for mark, row in _digits(values, band):
                    number = f"{unit:>{digits}}" if mark != "-" else " " * digits
                    picture.add(f"{number}{mark} {block.row(row)}")


def _heading(band: Band, view: View) -> tuple[Segment, ...]:
    """Names, findings and, where a full cell is not 1, what it is."""
    names, findings = heading(band.entry, band.measures, full=band.scale)
    names = fit(names, view.width)
    return Segment(names, STRONG), Segment(fit(f": {findings}", max(1, view.width - cell_len(names))))


def _coloured(values: Floats, block: Columns, band: Band, colours: str) -> Iterator[Segment]:
    for value, width, label in zip(values.tolist(), block.widths, block.labels, strict=True):
        yield Segment(
            fill(label, width), shade(value, signed=not band.entry.is_gate, scale=band.scale, colours=colours)
        )
        if block.gap:
            yield Segment(" " * block.gap)


def _digits(values: Floats, band: Band) -> Iterator[tuple[str, list[str]]]:
    """The rows of one unit: mark (none, + or -) and a digit for each token."""
    tenths = [digit(value, band.scale) for value in values.tolist()]
    if band.entry.is_gate:
        yield " ", tenths
        return
    for mark, wanted in (("+", False), ("-", True)):
        yield mark, [d if bool(sign) is wanted else " " for d, sign in zip(tenths, np.signbit(values), strict=True)]


def digit(value: float, scale: float = 1.0) -> str:
    """Tenths of `scale` in the value's size: 0 for less than one, 9 for nine and more, ? for what is no number."""
    return "?" if math.isnan(value) else str(min(int(min(abs(value) / scale, 1.0) * 10), 9))


def _key(view: View, signs_only: bool, more: str) -> list[Segment]:
    """How to read the cells, and how to see more of them."""
    if not view.colours:
        return [Segment(fit(f"Digits are tenths; signed values have + and - rows.{more}", view.width), FAINT)]
    steps = [step / 12 for step in range(13)]
    gates = [Segment("0 ", FAINT), *_swatches(steps, False, view.colours), Segment(" 1   ", FAINT)]
    states = [-step for step in reversed(steps[1:])] + steps
    signed = [Segment("-1 ", FAINT), *_swatches(states, True, view.colours), Segment(" 1", FAINT)]
    return [*([] if signs_only else gates), *signed, Segment(more, FAINT)]


def _swatches(values: Sequence[float], signed: bool, colours: str) -> list[Segment]:
    return [Segment(" ", shade(value, signed=signed, colours=colours)) for value in values]
