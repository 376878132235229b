"""The picture of a step: every number is the wire's, sums come out in print, and it fits the screen."""

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from rich.cells import cell_len

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.step.measure import measure_step, strongest_units
from lstmgen.inspect.step.picture import draw_step
from lstmgen.inspect.step.scene_picture import Scene
from lstmgen.inspect.step.wiring import NEXT, WIRING, gutter
from lstmgen.inspection.trace import trace_ids
from lstmgen.network import Clamp
from tests.inspection.traces import network_for

TOKENS = ["Doug", "saw", "Jane", "a long word indeed", "日本", "e", "f"]
CELLS = sorted(CELL_FACTS)
PARTS = {"rnn": ("W x + b", "U h'", "z"), "gru": ("z∘h'", "(1-z)∘n", "h")}
NUMBER = re.compile(r"=?([+-]?\d+\.\d+)")


def seen(cell="lstm", *, H=6, layer=1, words=False, **more):
    """A scene over a small network, and its steps."""
    network = network_for(cell, V=7, H=H)
    trace = trace_ids(network, TOKENS, np.array([0, 1, 2, 3, 4, 0, 0, 1]))
    scene = Scene(
        title="name", cell=cell, squashing=network.architecture.squashing, layer=layer, layers=2, tokens=trace.tokens,
        vocabulary=TOKENS, order=strongest_units(network, trace, layer).tolist(),
        output=network.views["output.W"] if layer == 1 else None, words=words, one_hot=words, spaced=True,
    )  # fmt: skip
    return replace(scene, **more), [measure_step(network, trace, t, layer) for t in range(len(trace))]


def rows_of(plain, cell, squashing):
    """The part of each wire's line that holds its numbers, by letter."""
    found = {}
    lines = plain.splitlines()
    for entry in CELL_FACTS[cell].wires_with(squashing):
        name = f"{entry.lecture} {entry.letter}"
        line = next(line for line in lines if re.search(rf"(^|\s){re.escape(name)}(,|:|\s|$)", line))
        found[entry.letter] = line
    return found


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("width", [80, 130])
def test_every_number_is_the_wires(cell, layer, width):
    scene, steps = seen(cell, layer=layer)
    units = scene.units_within(width)
    for step in steps:
        rows = rows_of(draw_step(scene, step, Frame(width)).plain, cell, scene.squashing)
        printed = {}
        for letter, values in step.wires.items():
            printed[letter] = [Decimal(text) for text in NUMBER.findall(rows[letter][scene.left :])]
            assert len(printed[letter]) == len(units)
            for text, unit in zip(printed[letter], units, strict=True):
                assert abs(float(text) - values[unit]) < 0.01
        parts = PARTS.get(cell, ("f∘c'", "i∘g", "c"))
        for a, b, c in zip(*(printed[letter] for letter in parts), strict=True):
            assert a + b == c
        for letter in set(step.wires) - set(parts):
            for text, unit in zip(printed[letter], units, strict=True):
                assert abs(float(text) - step.wires[letter][unit]) <= 0.005 + 1e-9


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("colours", [None, "truecolor", "256"])
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("words", [False, True])
def test_it_fits_the_screen(cell, colours, width, words):
    scene, steps = seen(cell, words=words, H=6 if not words else 7)
    for step in steps:
        picture = draw_step(scene, step, Frame(width, 22, colours))
        assert len(picture.lines) <= 22
        assert picture.width <= width


@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_meet(cell):
    """Wires of one width; each line that leaves a row arrives in the next one."""
    table = WIRING[cell]
    assert len({cell_len(text) for text in table.values()}) == 1
    down, up = set("│┊├┤┼╭╮⊕⊗▶▲"), set("│┊├┤┼╰╯⊕⊗◀▲")
    order = [NEXT, *(entry.letter for entry in reversed(CELL_FACTS[cell].wires_with("identity")))]
    main = table[NEXT].index("▲")
    for letter in order[1:-2]:
        assert table[letter][main] in down | up | {"╯"}, letter
    for letter in (entry.letter for entry in CELL_FACTS[cell].wires if entry.is_gate):
        assert "⊗" in table[letter] and "▶" in table[letter]
        assert ("◀" in table[letter]) is (cell == "peephole")
    assert gutter("lstm", "f", clamped=True) == "┊ │─┼■⊗ "


def test_colours_are_the_values():
    scene, steps = seen(layer=0)
    picture, step = draw_step(scene, steps[3], Frame(colours="truecolor")), steps[3]
    styles = {
        tuple(str(piece.style) for piece in line if piece.style and piece.style.bgcolor) for line in picture.lines
    }
    for letter in ("f", "i", "o", "c", "h"):
        wanted = [
            shade(step.wires[letter][unit], signed=letter in "ch", colours="truecolor")
            for unit in scene.units_within(80)
        ]
        assert tuple(map(str, wanted)) in styles


def test_what_is_held_is_marked():
    scene, steps = seen(layer=1, clamps=[Clamp(1, "f", None, 0.25), Clamp(1, "h", 5, 1.0), Clamp(0, "o", None, 0.0)])
    text = draw_step(scene, steps[0], Frame()).plain
    rows = rows_of(text, "lstm", "tanh")
    assert "held: 1:f=0.25, 1:5=1, 0:o=0" in text.splitlines()[0]
    assert "held at 0.25" in rows["f"] and rows["f"].count("=") == len(scene.units_within(80)) and "■" in rows["f"]
    assert "held" not in rows["o"] and "=" not in rows["o"][scene.left :]
    assert 5 in scene.units_within(80) and rows["h"][scene.left :].count("=") == 1


def test_the_token_that_is_read_stands_out_and_stays_in_view():
    scene, steps = seen()
    for step in steps:
        line = draw_step(scene, step, Frame(44)).plain.splitlines()[1]
        assert f"[{scene.tokens[step.position]}]" in line and cell_len(line) <= 44


def test_what_comes_next_is_the_likeliest():
    scene, steps = seen()
    line = next(line for line in draw_step(scene, steps[2], Frame(120)).plain.splitlines() if "next word" in line)
    found = steps[2].probabilities
    best = int(np.argmax(found))
    assert f"{TOKENS[best]} {100 * found[best]:.1f} %" in line


def test_where_units_are_words():
    scene, steps = seen(H=7, words=True)
    text = draw_step(scene, steps[1], Frame(100)).plain
    rows = rows_of(text, "lstm", "tanh")
    assert rows["x"].split()[-7:] == ["0", "1█", "0", "0", "0", "0", "0"]
    assert "Doug" in text.splitlines()[3] and "speaks" not in text
    line = next(line for line in text.splitlines() if "next word" in line)
    shares = [float(part) for part in re.findall(r"(\d+(?:\.\d)?) %", line)]
    np.testing.assert_allclose(
        shares, [100 * steps[1].probabilities[unit] for unit in scene.units_within(100)], atol=0.0501
    )


def test_numbers_that_are_none():
    scene, steps = seen(layer=0)
    step = replace(steps[0], wires={letter: np.full(6, np.nan) for letter in steps[0].wires})
    assert "?" in draw_step(scene, step, Frame()).plain
