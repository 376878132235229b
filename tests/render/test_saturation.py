"""The scatter of saturated gates: every unit is in its place and counted once."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.gates.measure import Saturation
from lstmgen.inspect.gates.saturation_picture import draw_saturation, scatter


def shares(units, seed=0, layers=1):
    rng = np.random.default_rng(seed)
    below = rng.random((layers, units))
    return Saturation(below, rng.random((layers, units)) * (1 - below))


def drawn(found, *, width=80, height=22, colours=None, cell="lstm"):
    return draw_saturation("name", cell, 0, found, Frame(width, height, colours))


@given(st.integers(1, 300), st.integers(4, 20), st.integers(5, 40))
def test_every_unit_is_in_its_cell(units, lines, columns):
    one = shares(units, units)
    grid = scatter(one, 0, lines, columns)
    wanted = np.zeros((lines, columns), int)
    for below, above in zip(one.below[0].tolist(), one.above[0].tolist(), strict=True):
        wanted[round((1 - below) * (lines - 1)), round(above * (columns - 1))] += 1
    np.testing.assert_array_equal(grid, wanted)


@settings(max_examples=20)
@given(st.integers(1, 40), st.sampled_from([None, "truecolor", "256"]), st.integers(40, 120), st.integers(18, 40))
def test_it_fits_and_counts(units, colours, width, height):
    found = {letter: shares(units, k) for k, letter in enumerate("ifo")}
    picture = drawn(found, width=width, height=height, colours=colours)
    assert picture.width <= width and len(picture.lines) <= height
    plots = [line for line in picture.plain.splitlines() if line.startswith("│")]
    digits = re.findall(r"[0-9+]", "".join(plots))
    if "+" not in digits:
        assert sum(map(int, digits)) == 3 * units


def test_corners_and_words():
    always = np.array([[0.0, 1.0, 0.0, 0.2]])
    found = {letter: Saturation(np.zeros((1, 4)), np.zeros((1, 4))) for letter in "io"}
    found["f"] = Saturation(np.array([[0.0, 0.0, 0.0, 0.25]]), always)
    plain = drawn(found).plain
    rows = [line[27:52] for line in plain.splitlines() if line.startswith("│")]
    assert rows[-1].rstrip().endswith("1")  # unit 1: bottom right
    assert "forgetting f, 1 keeps: always open 1: 1; most shut 3 25 %, 0 0 %\n" in plain
    assert "forgetting f, forget gate" in plain
    for letter in "io":
        assert f"{letter}, 1 " in plain


@pytest.mark.parametrize("count", (5, 6))
def test_many_that_are_always_open(count):
    found = {letter: Saturation(np.zeros((1, 9)), (np.arange(9) < count)[None].astype(float)) for letter in "ifo"}
    plain = drawn(found).plain
    assert f"always open {count}: 0 1 2 3 4{' ...' if count > 5 else ''};" in plain
