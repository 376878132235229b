"""A text drawn by how much each token of it surprised a model: a ground of colour, or digits under it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.arrays import Float64Array
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, Picture, fit

_LOOKED_BACK = 16  # cells at a line's end in which a space is looked for to end it


@dataclass(frozen=True)
class SurpriseText:
    """A text to be drawn: each token's label, cleaned, its bits (T,), and whether a line ends after it.

    signed: bits are a difference, and may be negative.
    """

    labels: Sequence[str]
    bits: Float64Array
    ends: Sequence[bool]
    signed: bool = False
    unread: bool = False  # whether some tokens are not known to the model: their bits are NaN


def draw_surprise(text: SurpriseText, frame: Frame, full: float) -> tuple[Picture, int]:
    """As much of the text as fits so many lines, and how many tokens that is. full: bits of the strongest colour."""
    picture = Picture()
    width, colours = frame.width, frame.colours
    rows = max(1, frame.height if colours else frame.height // 2)
    start = 0
    for _ in range(rows):
        stop = _line_end(text, start, width)
        labels, bits = text.labels[start:stop], text.bits[start:stop].tolist()
        if colours:
            pairs = zip(labels, bits, strict=True)
            picture.add(
                *(Segment(label, shade(b, signed=text.signed, scale=full, colours=colours)) for label, b in pairs)
            )
        else:
            picture.add("".join(labels))
            marks = zip(labels, bits, strict=True)
            picture.add("".join(_mark(b, text.signed) + " " * (cell_len(label) - 1) for label, b in marks))
        start = stop
        if start == len(text.labels):
            break
    return picture, start


def _mark(bits: float, signed: bool) -> str:
    """Whole bits as a digit; of a difference, who pays at least one bit more."""
    if math.isnan(bits):
        return "?"
    if signed:
        return "+" if bits >= 1.0 else "-" if bits <= -1.0 else " "
    return str(int(min(9.0, max(0.0, bits))))


def _line_end(text: SurpriseText, start: int, width: int) -> int:
    """The first token of the next line: after a line end, else at a space near the width, else at the width."""
    used, at = 0, start
    while at < len(text.labels):
        used += cell_len(text.labels[at])
        if used > width and at > start:
            return _at_space(text, start, at)
        at += 1
        if text.ends[at - 1]:
            return at
    return at


def _at_space(text: SurpriseText, start: int, stop: int) -> int:
    back = 0
    for at in range(stop, start, -1):
        if (text.labels[at].startswith(" ") and len(text.labels[at]) > 1) or text.labels[at - 1].endswith(" "):
            return at
        back += cell_len(text.labels[at - 1])
        if back > _LOOKED_BACK:
            break
    return stop


def surprise_key(text: SurpriseText, frame: Frame, full: float) -> list[Segment]:
    """How to read it."""
    width, colours = frame.width, frame.colours
    if not colours and text.signed:
        return [Segment(fit("+: the first needs at least one bit more there; -: the second does.", width), FAINT)]
    if not colours:
        unread = " ?: not known." if text.unread else ""
        return [Segment(fit(f"Digits: bits of surprise, rounded down; 9 is nine or more.{unread}", width), FAINT)]
    steps = np.linspace(-full if text.signed else 0.0, full, 24 if text.signed else 16).tolist()
    low = f"-{full:.1f} " if text.signed else "0 "
    words = f" {full:.1f} bits " + ("more for the first" if text.signed else "or more: a blind guess")
    words += "; grey: not known" if text.unread and not text.signed else ""
    swatches = [Segment(" ", shade(step, signed=text.signed, scale=full, colours=colours)) for step in steps]
    return [Segment(low, FAINT), *swatches, Segment(fit(words, max(1, width - len(low) - len(steps))), FAINT)]
