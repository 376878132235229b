"""Saturated gates as a scatter for each gate: a dot a unit, its share of open time across, of shut time upwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rich.segment import Segment

from lstmgen.arrays import Float64Array, Int64Array
from lstmgen.cell_facts import CELL_FACTS, Quantity
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.gates.measure import Saturation

_GAP = 2
_SQUARE = 2  # cells of width to a line, so that shares look alike both ways
_LINES_BESIDE = 10  # of the picture: title, heads, axes, findings
_FULL = 10  # units in a cell that it says in one digit no more
_NAMED = 5
_LONGEST = 2


def draw_saturation(title: str, cell: str, layer: int, saturation: Mapping[str, Saturation], frame: Frame) -> Picture:
    """The gates of a layer side by side, and of each the units that are open or shut longest."""
    picture = Picture()
    entries = [entry for entry in CELL_FACTS[cell].traced if entry.letter in saturation]
    room = (frame.width - _GAP * (len(entries) - 1)) // len(entries)
    lines = max(4, min(frame.height - _LINES_BESIDE, room // _SQUARE))
    grids = [scatter(saturation[entry.letter], layer, lines, room - 1) for entry in entries]
    names = [fill(f"{entry.lecture} {entry.letter}, {entry.textbook}", room) for entry in entries]
    picture.add(Segment(fit(title, frame.width), STRONG))
    picture.add(*_beside([[Segment(name, STRONG)] for name in names]))
    picture.add(*_beside([[Segment(fill("↑ time shut, below 0.1", room), FAINT)] for _ in entries]))
    for line in range(lines):
        picture.add(*_beside([[Segment("│", FAINT), *_row(grid, line, frame.colours)] for grid in grids]))
    picture.add(*_beside([[Segment(fill("└" + "─" * (room - 1), room), FAINT)] for _ in entries]))
    picture.add(*_beside([[Segment(f"{'time open, above 0.9 →':>{room}}", FAINT)] for _ in entries]))
    for entry in entries:
        picture.add(fit(_findings(entry, saturation[entry.letter], layer), frame.width))
    key = f"Digits count units (+: {_FULL} or more). On the dots, a gate is never in between."
    picture.add(Segment(fit(key, frame.width), FAINT))
    return picture.crop(frame.width)


def scatter(one: Saturation, layer: int, lines: int, columns: int) -> Int64Array:
    """Units in each cell (lines, columns): rows from always shut (top) to never, columns from never open to always."""
    grid = np.zeros((lines, columns), np.int64)
    rows = np.rint((1 - one.below[layer]) * (lines - 1)).astype(int)
    np.add.at(grid, (rows, np.rint(one.above[layer] * (columns - 1)).astype(int)), 1)
    return grid


def _beside(parts: Sequence[Sequence[Segment]]) -> list[Segment]:
    pieces: list[Segment] = []
    for place, part in enumerate(parts):
        pieces += [*part, *([Segment(" " * _GAP)] if place < len(parts) - 1 else [])]
    return pieces


def _row(grid: Int64Array, line: int, colours: str | None) -> Iterator[Segment]:
    """Counts as digits; a dot marks the line on which no gate is ever in between."""
    lines, columns = grid.shape
    edge = round(line / max(1, lines - 1) * (columns - 1))
    for column, count in enumerate(grid[line].tolist()):
        if count:
            text = str(count) if count < _FULL else "+"
            size = min(count, _FULL) / _FULL
            yield Segment(text, shade(0.4 + 0.6 * size, signed=False, colours=colours)) if colours else Segment(text)
        else:
            yield Segment("·", FAINT) if column == edge else Segment(" ")


def _findings(entry: Quantity, one: Saturation, layer: int) -> str:
    """Counts and extremes: "forgetting f, 1 keeps: always open 2: 3 17; most shut 5 82 %, 9 80 %"."""
    words = [_always(name, share) for name, share in (("open", one.above[layer]), ("shut", one.below[layer]))]
    return f"{entry.lecture} {entry.letter}, 1 {entry.opens}: {'; '.join(words)}"


def _always(name: str, share: Float64Array) -> str:
    """The units for which it is all of the time or, where there are none, most of it."""
    units = np.flatnonzero(share == 1.0)
    if len(units):
        return f"always {name} {len(units):,}: {' '.join(map(str, units[:_NAMED]))}{' ...' * (len(units) > _NAMED)}"
    order = np.argsort(-share, kind="stable")[:_LONGEST]
    return f"most {name} " + ", ".join(f"{unit} {percent(float(share[unit]))}" for unit in order)
