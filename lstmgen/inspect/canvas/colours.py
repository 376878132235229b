"""Two scales that people with any kind of colour vision can read, in true colour and in the 256 of older terminals.

Lightness alone carries the size: dark is nothing, bright is much. Hue only adds the sign.
"""

from __future__ import annotations

import math
from functools import lru_cache

from rich.color import Color
from rich.style import Style

_TRUE_COLOUR, _COLOURS_256 = "truecolor", "256"

RGB = tuple[float, float, float]

# shut (0) to open (1): night blue, blue, teal, green, straw; negative in blues and positive in oranges
RISING: tuple[RGB, ...] = ((22, 20, 58), (40, 62, 120), (34, 116, 134), (74, 170, 116), (176, 214, 94), (255, 240, 150))
POSITIVE: tuple[RGB, ...] = ((32, 32, 36), (112, 62, 18), (196, 108, 20), (246, 156, 40), (255, 204, 112))
NEGATIVE: tuple[RGB, ...] = ((32, 32, 36), (26, 60, 120), (44, 102, 190), (80, 150, 240), (140, 200, 255))
UNKNOWN: RGB = (128, 128, 128)  # a value that is no number
_STEPS = 32  # shades on the way from nothing to all

# The same ways through xterm's fixed palette; left to itself, rounding turns dark orange into red and olive.
RISING_256 = (17, 18, 24, 30, 36, 72, 107, 149, 186, 228)
POSITIVE_256 = (235, 94, 130, 172, 208, 214, 221)
NEGATIVE_256 = (235, 18, 25, 32, 33, 75, 117)
_UNKNOWN_256 = 244


def between(anchors: tuple[RGB, ...], share: float) -> RGB:
    """The colour at `share` (0 to 1) of the way along evenly spaced anchors."""
    place = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    at = min(int(place), len(anchors) - 2)
    rest = place - at
    red, green, blue = (a + (b - a) * rest for a, b in zip(anchors[at], anchors[at + 1], strict=True))
    return red, green, blue


def lightness(red: float, green: float, blue: float) -> float:
    """Relative luminance, 0 to 1 (ITU-R BT.709 on linear light)."""
    return sum(weight * math.pow(part / 255, 2.2) for weight, part in zip(_WEIGHTS, (red, green, blue), strict=True))


_WEIGHTS = (0.2126, 0.7152, 0.0722)


def shade(value: float, *, signed: bool, scale: float = 1.0, colours: str = _TRUE_COLOUR) -> Style:
    """The cell of a value: its colour behind, black or white for what is written on it. `scale` is full size."""
    if math.isnan(value):
        return _style(Color.from_ansi(_UNKNOWN_256) if colours == _COLOURS_256 else Color.from_rgb(*UNKNOWN))
    size = min(abs(value) / scale, 1.0)
    way = 0 if not signed else -1 if value < 0 else 1
    return _palette_shade(way, size) if colours == _COLOURS_256 else _true_shade(way, round(size * _STEPS))


def _palette_shade(way: int, size: float) -> Style:
    numbers = {0: RISING_256, 1: POSITIVE_256, -1: NEGATIVE_256}[way]
    return _style(Color.from_ansi(numbers[round(size * (len(numbers) - 1))]))


@lru_cache(maxsize=3 * (_STEPS + 1))
def _true_shade(way: int, step: int) -> Style:
    red, green, blue = between({0: RISING, 1: POSITIVE, -1: NEGATIVE}[way], step / _STEPS)
    return _style(Color.from_rgb(round(red), round(green), round(blue)))


@lru_cache(maxsize=4 * _STEPS)
def _style(behind: Color) -> Style:
    light = lightness(*behind.get_truecolor()) > 0.18
    return Style(color=Color.from_ansi(16 if light else 255), bgcolor=behind)
