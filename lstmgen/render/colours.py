"""Two scales that people with any kind of colour vision can read, and that stay readable in 256 colours.

Lightness alone carries the size: dark is nothing, bright is much. Hue only adds the sign.
"""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color
from rich.style import Style

STEPS = 32  # shades on the way from nothing to all

RGB = tuple[float, float, float]

# shut (0) to open (1): night blue, blue, teal, green, straw
RISING: tuple[RGB, ...] = ((22, 20, 58), (40, 62, 120), (34, 116, 134), (74, 170, 116), (176, 214, 94), (255, 240, 150))
POSITIVE: tuple[RGB, ...] = ((32, 32, 36), (112, 62, 18), (196, 108, 20), (246, 156, 40), (255, 204, 112))
NEGATIVE: tuple[RGB, ...] = ((32, 32, 36), (26, 60, 120), (44, 102, 190), (80, 150, 240), (140, 200, 255))
UNKNOWN: RGB = (128, 128, 128)  # a value that is no number


def between(anchors: tuple[RGB, ...], share: float) -> RGB:
    """The colour at `share` (0 to 1) of the way along evenly spaced anchors."""
    place = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    at = min(int(place), len(anchors) - 2)
    rest = place - at
    first, second = anchors[at], anchors[at + 1]
    return tuple(a + (b - a) * rest for a, b in zip(first, second, strict=True))  # type: ignore[return-value]


def lightness(colour: RGB) -> float:
    """Relative luminance, 0 to 1 (ITU-R BT.709 on linear light)."""
    red, green, blue = (math.pow(part / 255, 2.2) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shade(value: float, *, signed: bool, scale: float = 1.0) -> Style:
    """The cell of a value: its colour behind, black or white for what is written on it. `scale` is full size."""
    if math.isnan(value):
        return _style(UNKNOWN)
    step = round(min(abs(value) / scale, 1.0) * STEPS)
    return _stepped(step, value < 0, signed)


@lru_cache(maxsize=4 * STEPS)
def _stepped(step: int, negative: bool, signed: bool) -> Style:
    anchors = (NEGATIVE if negative else POSITIVE) if signed else RISING
    return _style(between(anchors, 0.0 if negative and not signed else step / STEPS))


@lru_cache(maxsize=4 * STEPS)
def _style(colour: RGB) -> Style:
    ink = Color.from_rgb(0, 0, 0) if lightness(colour) > 0.18 else Color.from_rgb(235, 235, 235)
    return Style(color=ink, bgcolor=Color.from_rgb(*(round(part) for part in colour)))
