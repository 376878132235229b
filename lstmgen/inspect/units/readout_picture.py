"""A stretch of text under the values of one unit, with a property marked beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment

from lstmgen.arrays import Float32Array, Float64Array, FloatArray
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.columns import Columns, split_columns
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, Picture, fill, fit
from lstmgen.inspect.units.properties import Property

_ENDS = (2.0, 98.0)  # percentiles of a unit that count as its lowest and highest
_MARK, _PLAIN_MARK = "▔", "^"


@dataclass(frozen=True)
class Readout:
    """What is drawn: labels of all tokens, cleaned; the frame of the whole picture; spaced: a gap between words."""

    labels: Sequence[str]
    frame: Frame
    spaced: bool = False


def draw_readout(
    picture: Picture,
    readout: Readout,
    values: Float32Array,
    direction: int,
    wanted: Property | None,
    label: str,
) -> None:
    """Fill what is left of the picture with a stretch of text where much changes, in the colours of a unit (T,)."""
    frame, rows = readout.frame, 2 if readout.frame.colours else 3
    blocks = max(1, (frame.height - len(picture.lines) - 1) // rows)
    start = _start(readout, wanted.levels if wanted is not None else values.astype(np.float64), blocks)
    shown = split_columns(readout.labels[start : start + blocks * frame.width], frame.width, spaced=readout.spaced)
    levels = scaled(values, direction)
    for block in shown[:blocks]:
        _draw_block(picture, block, start, levels, wanted, readout)
    key = _key(wanted, label, direction, start, shown[:blocks], frame.colours)
    picture.add(Segment(fit(key, frame.width), FAINT))


def scaled(values: FloatArray, direction: int) -> Float64Array:
    """Values from 0 to 1 between the unit's own ends, upside down where it is low with the property."""
    sided = direction * np.nan_to_num(values.astype(np.float64))
    low, high = np.percentile(sided, _ENDS)
    return np.asarray(np.clip((sided - low) / ((high - low) or 1.0), 0.0, 1.0))


def _start(readout: Readout, levels: Float64Array, blocks: int) -> int:
    """Where in the second half as many tokens as fit differ most among themselves."""
    size, half = len(levels), len(levels) // 2
    window = min(size - half, max(1, blocks * readout.frame.width // (6 if readout.spaced else 1)))
    sums = np.concatenate([[0.0], np.cumsum(levels[half:])])
    squares = np.concatenate([[0.0], np.cumsum(np.square(levels[half:]))])
    mean = (sums[window:] - sums[:-window]) / window
    spread = (squares[window:] - squares[:-window]) / window - np.square(mean)
    return half + max(0, int(np.argmax(spread)))


def _draw_block(
    picture: Picture, block: Columns, start: int, levels: Float64Array, wanted: Property | None,
    readout: Readout,
) -> None:  # fmt: skip
    first, last = start + block.start, start + block.stop
    here = levels[first:last].tolist()
    if readout.frame.colours:
        cells: list[Segment] = []
        for value, width, text in zip(here, block.widths, block.labels, strict=True):
            cells.append(Segment(fill(text, width), shade(value, signed=False, colours=readout.frame.colours)))
            if block.gap:
                cells.append(Segment(" " * block.gap))
        picture.add(*cells)
    else:
        picture.add(block.row(block.labels))
        picture.add(block.row([str(min(int(value * 10), 9)) for value in here]))
    if wanted is not None:
        picture.add(Segment(block.row(_marks(wanted, first, last, block.widths, readout.frame.colours)), FAINT))


def _marks(wanted: Property, first: int, last: int, widths: Sequence[int], colours: str | None) -> list[str]:
    levels = wanted.levels
    if wanted.numeric:
        low, high = float(levels.min()), float(levels.max())
        return [str(min(int((value - low) / (high - low) * 10), 9)) for value in levels[first:last].tolist()]
    mark = _MARK if colours else _PLAIN_MARK
    return [mark * width if value else "" for value, width in zip(levels[first:last].tolist(), widths, strict=True)]


def _key(
    wanted: Property | None, label: str, direction: int, start: int, shown: Sequence[Columns], colours: str | None
) -> str:
    scale = ("bright" if colours else "9") + f": {label} at its {'lowest' if direction < 0 else 'highest'}"
    marks = "" if wanted is None else "; below: tenths of the property" if wanted.numeric else "; marked: the property"
    last = start + (shown[-1].stop if shown else 0) - 1
    return f"{scale}{marks}. Tokens {start:,}-{last:,}."
