"""The scales: size is lightness, so that they read in grey too; sign is blue or orange."""

import itertools

import numpy as np
import pytest
from rich.color import ColorType

from lstmgen.inspect.canvas.colours import (
    NEGATIVE,
    NEGATIVE_256,
    POSITIVE,
    POSITIVE_256,
    RISING,
    RISING_256,
    between,
    lightness,
    shade,
)


@pytest.mark.parametrize("anchors", (RISING, POSITIVE, NEGATIVE))
def test_lightness_grows_with_size(anchors):
    steps = [lightness(*between(anchors, share)) for share in np.linspace(0, 1, 60)]
    assert all(a < b for a, b in itertools.pairwise(steps))
    assert between(anchors, 0) == anchors[0]
    assert between(anchors, 1) == anchors[-1]


@pytest.mark.parametrize("numbers", (RISING_256, POSITIVE_256, NEGATIVE_256))
def test_so_it_does_in_256_colours(numbers):
    size = len(numbers)
    signed = numbers is not RISING_256
    sign = -1 if numbers is NEGATIVE_256 else 1
    styles = [shade(sign * k / (size - 1), signed=signed, colours="256") for k in range(size)]
    assert [style.bgcolor.number for style in styles] == list(numbers)
    assert all(style.bgcolor.type is ColorType.EIGHT_BIT for style in styles)
    lights = [lightness(*style.bgcolor.get_truecolor()) for style in styles]
    assert all(a < b for a, b in itertools.pairwise(lights))


def test_signs_differ_where_there_is_size():
    for size in (0.4, 0.7, 1.0):
        red, _, blue = shade(size, signed=True).bgcolor.triplet
        assert red > blue
        red, _, blue = shade(-size, signed=True).bgcolor.triplet
        assert blue > red


def test_what_is_written_on_a_cell_can_be_read():
    for value in np.linspace(-1, 1, 41):
        for signed in (True, False):
            for colours in ("truecolor", "256"):
                style = shade(float(value), signed=signed, colours=colours)
                ink = lightness(*style.color.get_truecolor())
                behind = lightness(*style.bgcolor.get_truecolor())
                assert (max(ink, behind) + 0.05) / (min(ink, behind) + 0.05) > 3.5


def test_scale_and_what_is_no_number():
    assert shade(2.0, signed=True, scale=4.0) == shade(0.5, signed=True)
    assert shade(9.0, signed=False) == shade(1.0, signed=False)
    assert shade(float("nan"), signed=True) not in {shade(k / 32, signed=True) for k in range(-32, 33)}
