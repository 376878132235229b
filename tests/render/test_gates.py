"""The picture of gates: its cells are the data, it fits the screen, and it reads without colour."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import labels_of
from lstmgen.inspect.common.figures import digit
from lstmgen.inspect.common.measures import most_varying
from lstmgen.inspect.gates.band_picture import GateOptions
from lstmgen.inspect.gates.picture import draw_gates
from tests.inspection.traces import made_up

CELLS = list(CELL_FACTS)
LONG = "Once upon a time there was a little dog. " * 6


def drawn(trace, layer=0, *, width=80, height=22, colours=None, **options):
    frame = Frame(width, height, colours)
    return draw_gates(trace, labels_of(trace.tokens), GateOptions(layer, **options), frame, "name")


def bands_of(plain, cell="lstm"):
    """The lines of each quantity, by letter."""
    found, letter = {}, None
    for line in plain.splitlines():
        for entry in CELL_FACTS[cell].traced:
            if line.startswith(f"{entry.names}"):
                letter = entry.letter
                break
        else:
            if line.startswith(("Units ", "Digits ")) or not line:
                letter = None
            if letter is not None:
                found.setdefault(letter, []).append(line)
    return found


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("colours", (None, "truecolor", "256"))
@pytest.mark.parametrize(("width", "height"), ((80, 22), (120, 40), (40, 22), (200, 22)))
def test_it_fits_one_screen(cell, colours, width, height):
    trace = made_up(LONG, cell=cell, H=70)
    picture = drawn(trace, colours=colours, width=width, height=height)
    assert len(picture.lines) <= height
    assert len(picture.lines) >= height - len(CELL_FACTS[cell].traced)  # and uses it
    assert picture.width <= width
    assert "More: --units all" in picture.plain or width < 80


@pytest.mark.parametrize("cell", CELLS)
def test_digits_are_the_data(cell):
    trace = made_up("Doug saw Jane.", cell=cell, L=2, H=3)
    lines = bands_of(drawn(trace, layer=1, units=[0, 1, 2]).plain, cell)
    for entry in CELL_FACTS[cell].traced:
        values = trace[entry.letter][:, 1]
        scale = max(1.0, np.abs(values).max())
        rows = iter(lines[entry.letter])
        for unit in range(3):
            wanted = [min(9, int(min(abs(float(v)) / scale, 1.0) * 10)) for v in values[:, unit]]
            if entry.is_gate:
                assert next(rows) == f"{unit}  " + "".join(map(str, wanted))
                continue
            positive, negative = next(rows), next(rows)
            assert (positive[:2], negative[:2]) == (f"{unit}+", " -")
            for t, v in enumerate(values[:, unit]):
                seen = (positive[3 + t : 4 + t] or " ", negative[3 + t : 4 + t] or " ")
                assert seen == ((str(wanted[t]), " ") if v >= 0 else (" ", str(wanted[t])))
        assert next(rows, None) is None


def test_a_row_of_one_sign_alone():
    trace = made_up("abc", H=1)
    trace["g"][:] = -0.55
    assert bands_of(drawn(trace, units=[0]).plain)["g"] == ["0- 555"]


@pytest.mark.parametrize("colours", ("truecolor", "256"))
def test_coloured_cells_are_the_data(colours):
    trace = made_up("Doug saw", H=2)
    picture = drawn(trace, colours=colours, units=[1])
    rows = [line for line in picture.lines if line[0].text == "1  "]
    for entry, row in zip(CELL_FACTS["lstm"].traced, rows, strict=True):
        values = trace[entry.letter][:, 0, 1].tolist()
        scale = max(1.0, *map(abs, values))
        assert [piece.text for piece in row[1:]] == list("Doug·saw")
        signed = not entry.is_gate
        assert [p.style for p in row[1:]] == [shade(v, signed=signed, scale=scale, colours=colours) for v in values]


def test_the_most_varying_units_are_shown():
    trace = made_up("some text", H=40)
    for colours in (None, "truecolor"):
        picture = drawn(trace, colours=colours)
        for entry, lines in zip(CELL_FACTS["lstm"].traced, bands_of(picture.plain).values(), strict=True):
            numbers = [int(found.group()) for line in lines if (found := re.match(r" *\d+(?=[ +-] )", line))]
            best = most_varying(trace[entry.letter][:, 0]).tolist()
            assert numbers == best[: len(numbers)] and numbers


def test_other_orders():
    trace = made_up("some text", H=5)
    of = {sort: bands_of(drawn(trace, units=[3, 0, 4], sort=sort).plain)["f"] for sort in (None, "mean", "number")}
    assert [line[0] for line in of[None]] == ["3", "0", "4"]
    assert [line[0] for line in of["number"]] == ["0", "3", "4"]
    means = trace["f"][:, 0].mean(axis=0)
    assert [int(line[0]) for line in of["mean"]] == sorted([0, 3, 4], key=lambda unit: -means[unit])


def test_all_units_and_the_whole_text_in_blocks():
    trace = made_up(LONG, H=4)
    plain = drawn(trace, units=range(4)).plain
    lines = bands_of(plain)["o"]
    for unit in range(4):
        digits = "".join(line[3:] for line in lines if line[:1] == str(unit))
        assert digits == "".join(digit(v) for v in trace["o"][:, 0, unit].tolist())
    assert "all 4 units" in plain and f"all {len(trace)} tokens" in plain
    axis = "".join(line[3:] for line in plain.splitlines() if re.match(r"   \S", line))
    assert axis == LONG.replace(" ", "·")


def test_a_cut_text_is_said():
    assert "tokens 0-76 of 246" in drawn(made_up(LONG, H=9)).plain
    assert "all 3 tokens" in drawn(made_up("abc", H=9)).plain


def test_words_stand_apart():
    trace = made_up(tokens=["Doug", "saw", "Jane", "."], H=1)
    lines = drawn(trace, units=[0], spaced=True).plain.splitlines()
    assert lines[1] == "   Doug saw Jane ."
    digits = [digit(v) for v in trace["i"][:, 0, 0].tolist()]
    assert lines[lines.index(next(line for line in lines if line.startswith("ignoring"))) + 1] == (
        f"0  {digits[0]}    {digits[1]}   {digits[2]}    {digits[3]}"
    )


def test_headings_say_what_a_gate_mostly_does():
    trace = made_up("some text of thirty characters", H=10)
    trace["f"][:] = 0.95
    trace["f"][:, :, 0] = 0.5
    trace["i"][:] = 0.05
    trace["o"][:, :, :3], trace["o"][:, :, 3:] = 0.95, 0.5
    plain = drawn(trace).plain
    assert "forgetting f, forget gate (1 keeps): 90 % above 0.9, it mostly keeps\n" in plain
    assert "ignoring i, input gate (1 lets in): 100 % below 0.1, it mostly ignores\n" in plain
    assert "selection o, output gate (1 releases): 30 % above 0.9, 0 % below 0.1, it varies\n" in plain
    assert "Units always open: f 9 o 3 · always shut: i 10 · never moving: i 10 f 10 o 10\n" in plain


def test_the_plain_rnn_is_one_squashed_path():
    plain = drawn(made_up(LONG, cell="rnn", H=30)).plain
    assert "A plain RNN has no gates: one squashed path" in plain
    assert "gate (" not in plain and "always open" not in plain


def test_what_is_no_number():
    trace = made_up("abc", H=1)
    trace["f"][1] = np.nan
    trace["g"][1] = np.nan
    bands = bands_of(drawn(trace, units=[0]).plain)
    assert bands["f"][0][4] == "?"
    assert "?" in bands["g"][0] + bands["g"][-1]
    assert drawn(trace, units=[0], colours="truecolor").plain.count("abc") == 6


@settings(max_examples=40)
@given(
    st.text(min_size=1, max_size=60),
    st.integers(1, 12),
    st.integers(20, 100),
    st.sampled_from([None, "truecolor", "256"]),
    st.booleans(),
)
def test_any_text_stays_within_its_width(text, H, width, colours, spaced):
    picture = drawn(made_up(text, H=H), width=width, colours=colours, spaced=spaced, units=range(H))
    assert picture.width <= width
    assert all(cell_len(line) <= width for line in picture.plain.splitlines())


@pytest.mark.parametrize(
    ("value", "scale", "wanted"),
    ((0.0, 1, "0"), (0.099, 1, "0"), (0.5, 1, "5"), (-0.55, 1, "5"), (1.0, 1, "9"), (7.0, 1, "9"), (2.0, 4, "5")),
)
def test_digit(value, scale, wanted):
    assert digit(value, scale) == wanted
