"""Weights as pictures: a layer at a glance, one matrix large, or a token's neighbours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.cell_facts import CellFacts, Quantity
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.weights.measure import NEAR_ZERO, Matrix, MatrixMeasures, Neighbours, VectorMeasures
from lstmgen.inspect.weights.tile_picture import Tile, make_tile, tile_key

_NAMES = 37  # cells of the words at the left of the table
_GAP = 2
_SPACES = {
    "embedding": "rows of the embedding (reading)",
    "W": "columns of W (reading)",
    "output.W": "rows of output.W (writing)",
}
_TIED = "rows of the embedding (reading and writing)"


def draw_layer(
    title: str,
    cell: CellFacts,
    matrices: Sequence[Matrix],
    measured: Sequence[MatrixMeasures],
    offsets: Sequence[VectorMeasures],
    frame: Frame,
    how: str,
) -> Picture:
    """U of each gate beside one another, and a table of all measures of the layer."""
    picture, of = Picture(), {(one.layer is None, one.name): one for one in measured}
    entries = _entries(cell, matrices)
    table = _table(cell, entries, of, {one.name: one for one in offsets})
    picture.add(Segment(fit(title, frame.width), STRONG))
    room = (frame.width - _GAP * (len(entries) - 1)) // len(entries)
    lines = max(3, frame.height - len(table.lines) - 3)
    parts = {one.name: one for one in matrices if one.name.startswith("U.")}
    tiles = [
        make_tile(parts[f"U.{entry.letter}"].values, replace(frame, width=room, height=lines), how) for entry in entries
    ]
    heads = [fill(f"U.{entry.letter} {entry.lecture}", room) for entry in entries]
    picture.add(Segment((" " * _GAP).join(heads)))
    for line in range(tiles[0].lines):
        picture.add(*_beside(tiles, line, room))
    picture.add(Segment(fit(_tiles_key(tiles, how), frame.width), FAINT))
    picture.lines += table.lines
    return picture.crop(frame.width)


def _entries(cell: CellFacts, matrices: Sequence[Matrix]) -> list[Quantity]:
    """The legend's entries that have weights, in its order."""
    letters = {one.name[2:] for one in matrices if one.name.startswith("U.")}
    return [entry for entry in cell.traced if entry.letter in letters]


def _beside(tiles: Sequence[Tile], line: int, room: int) -> list[Segment]:
    pieces: list[Segment] = []
    for place, one in enumerate(tiles):
        gap = 0 if place == len(tiles) - 1 else _GAP + room - one.width
        pieces += [*one.line(line), Segment(" " * gap)]
    return pieces


def _tiles_key(tiles: Sequence[Tile], how: str) -> str:
    """Each tile has a scale of its own, so that what stands out in it is seen."""
    first = tiles[0]
    if first.whole:
        signs = "Blue is negative, orange positive" if first.colours else "Digits are tenths"
        return tile_key(first, how) if len(tiles) == 1 else f"{signs}; each picture has its own scale."
    ends = "dark to bright" if first.colours else "0 to 9"
    kind = "Mean" if how == "mean" else "Largest"
    return f"{kind} size of {first.block} weights, {ends}: {' '.join(f'{t.low:.2g}-{t.high:.2g}' for t in tiles)}"


def _table(
    cell: CellFacts,
    entries: Sequence[Quantity],
    of: Mapping[tuple[bool, str], MatrixMeasures],
    offsets: Mapping[str, VectorMeasures],
) -> Picture:
    picture = Picture()
    picture.add(Segment(f"{'':<{_NAMES}}  W, from input  U, from own output", FAINT))
    picture.add(Segment(f"{'':<{_NAMES}}{'norm':>6} near 0  {'norm':>6} near 0 radius  mean b", FAINT))
    for entry in entries:
        w, u, b = of[False, f"W.{entry.letter}"], of[False, f"U.{entry.letter}"], offsets[f"b.{entry.letter}"]
        sense = f" (1 {entry.opens})" if entry.is_gate else ""
        names = entry.names + sense
        if cell_len(names) > _NAMES:
            names = f"{entry.lecture} {entry.letter}{sense}"
        input_side = f"{w.norm:>6.3g} {percent(w.near_zero):>6}"
        own_side = f"{u.norm:>6.3g} {percent(u.near_zero):>6} {u.radius or 0.0:>6.3g}"
        picture.add(f"{fill(names, _NAMES)}{input_side}  {own_side} {b.mean:>+7.2f}")
    for (loose, name), one in of.items():
        if loose:
            shape = f"{name}, {one.rows:,} x {one.columns:,}"
            picture.add(f"{fill(shape, _NAMES)}{one.norm:>6.3g} {percent(one.near_zero):>6}")
    for kind, extra in cell.extra.items():
        letters = [entry.letter for entry in entries if entry.letter in extra.gates]
        means = ", ".join(f"{letter} {offsets[f'{kind}.{letter}'].mean:+.2f}" for letter in letters)
        picture.add(f"{extra.words}, mean: {means}")
    picture.add(
        Segment(f"norm: length of all. near 0: below {NEAR_ZERO}. radius: size of U's largest eigenvalue.", FAINT)
    )
    return picture


def draw_matrix(
    title: str,
    matrix: Matrix,
    measured: MatrixMeasures,
    rows: Sequence[str],
    columns: Sequence[str],
    frame: Frame,
    how: str,
) -> Picture:
    """One matrix with its measures. rows, columns: what each is called, cleaned."""
    picture = Picture()
    names = max((cell_len(row) for row in rows), default=0)
    one = make_tile(matrix.values, replace(frame, width=frame.width - names - 1, height=frame.height - 4), how)
    picture.add(Segment(fit(title, frame.width), STRONG))
    picture.add(fit(_measures(measured), frame.width))
    heads = (
        "".join(f"{fit(columns[k], one.cell - 1):>{one.cell}}" for k in range(len(columns)))
        if _headed(one, len(columns))
        else ""
    )
    picture.add(Segment(" " * (names + 1) + heads if heads else _span(one, columns, names), FAINT))
    for line in range(one.lines):
        first = one.down[line * 2 if one.halves else line]
        picture.add(Segment(f"{fill(rows[first], names)} ", FAINT), *one.line(line))
    picture.add(Segment(fit(tile_key(one, how), frame.width), FAINT))
    return picture.crop(frame.width)


def _headed(one: Tile, columns: int) -> bool:
    return len(one.across) == columns and one.cell > 1


def _span(one: Tile, columns: Sequence[str], names: int) -> str:
    """Where no column has room for its name: the first and the last."""
    first, last = columns[0], columns[-1]
    between = max(1, one.width - cell_len(first) - cell_len(last))
    return " " * (names + 1) + first + " " * between + last


def _measures(one: MatrixMeasures) -> str:
    radius = "" if one.radius is None else f", radius {one.radius:.3g}"
    sizes = f"{one.rows:,} x {one.columns:,}: norm {one.norm:.3g}, stretches vectors up to {one.stretch:.3g} x"
    return f"{sizes}{radius}, near 0: {percent(one.near_zero)}"


def draw_neighbours(title: str, neighbours: Sequence[Neighbours], labels: Sequence[str], frame: Frame) -> Picture:
    """The nearest tokens in each table, side by side. labels: every token as it may be shown, by id."""
    picture = Picture()
    picture.add(Segment(fit(title, frame.width), STRONG))
    room = frame.width // len(neighbours)
    both = len(neighbours) == 1  # one table for the two
    picture.add(*(Segment(fill(_TIED if both else _SPACES[one.space], room)) for one in neighbours))
    for place in range(min(frame.height - 3, max(len(one.ids) for one in neighbours))):
        picture.add(*(Segment(fill(_neighbour(one, place, labels, room), room)) for one in neighbours))
    picture.add(Segment("Cosine similarity: 1 is the same direction, 0 unrelated, -1 opposite.", FAINT))
    return picture.crop(frame.width)


def _neighbour(one: Neighbours, place: int, labels: Sequence[str], room: int) -> str:
    cosine, names = float(one.cosines[place]), 14
    bar = "" if math.isnan(cosine) else "█" * round(abs(cosine) * max(0, room - names - 10))
    value = "    ?" if math.isnan(cosine) else f"{cosine:>5.2f}"
    return f"  {fill(labels[one.ids[place]], names)} {value} {bar}"
