"""The pictures of what units follow: they fit the screen, say what was measured, and their cells are the values."""

from dataclasses import replace

import numpy as np
import pytest

from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import Picture
from lstmgen.inspect.units.ablation import Ablation, Cost
from lstmgen.inspect.units.measure import UnitStates, associate
from lstmgen.inspect.units.picture import Ranking, ablation_lines, draw_ranking, draw_table, verdict_words
from lstmgen.inspect.units.properties import Property
from lstmgen.inspect.units.readout_picture import Readout, draw_readout, scaled
from lstmgen.inspect.units.responses import response_of
from lstmgen.inspect.units.responses_picture import UnitPage, draw_response, response_facts, response_table
from lstmgen.inspect.units.study import Study, study_facts, study_table

SIZE = 1200
TEXT = "".join(np.random.default_rng(3).choice(list("abcdefgh "), SIZE))
KINDS = sorted(set(TEXT))
IDS = np.array([KINDS.index(c) for c in TEXT], np.int32)
LABELS = [c.replace(" ", "·") for c in TEXT]


def study(layers=1):
    rng = np.random.default_rng(0)
    target = (np.cumsum(rng.random(SIZE) < 0.03) % 2).astype(float)
    values = rng.normal(size=(6, SIZE)).astype(np.float32)
    values[4] = 3.0 - target + rng.normal(0, 0.2, SIZE)
    wanted = [
        Property("quotes", "inside quotes", target),
        Property("line", "place in the line", np.arange(SIZE) % 37.0),
        Property("digit", "digit", np.zeros(SIZE)),
    ]
    names = [(letter, layers - 1, unit) for letter in "ch" for unit in range(3)]
    return Study("tale", "1,200 tokens", UnitStates(values, names), associate(values, wanted, IDS, len(KINDS)), layers)


def effect():
    cost = Cost(1.0, 1.25, 0.01, SIZE)
    return Ablation(0.5, cost, cost, Cost(0.9, 0.9, 0.01, 5), [(2, 0.75, 130)])


@pytest.mark.parametrize("layers", (1, 2))
def test_the_table(layers):
    shown = draw_table(study(layers), Frame(), "lstmgen inspect units quotes")
    lines = shown.plain.splitlines()
    assert len(lines) <= 22 and shown.width <= 80
    assert lines[0] == "tale · which units follow what · 1,200 tokens"
    row = next(line for line in lines if line.startswith("inside quotes")).split()
    assert row[2:5] == ["1:h" if layers > 1 else "h", "1", "low"]
    found = study().associations[0]
    assert row[5] == f"{found.held_out(4):.3f}"
    assert row[-1] == "found"
    assert next(line for line in lines if line.startswith("place in the line")).endswith("no: shift")
    assert next(line for line in lines if line.startswith("digit")).endswith("absent")
    assert lines[-1] == "More: lstmgen inspect units quotes"


def test_a_script_without_the_property_is_named():
    said = "Which characters of Han are vowels is not known here."
    whole = study()
    found = associate(whole.values, [Property("vowel", "vowel", np.zeros(SIZE), said)], IDS, len(KINDS))[0]
    assert verdict_words(whole, found).startswith(said + " Ask for another property")
    shown = draw_table(replace(whole, associations=[found]), Frame(), "").plain
    assert next(line for line in shown.splitlines() if line.startswith("vowel")).endswith("no: script")


@pytest.mark.parametrize("colours", (None, "truecolor", "256"))
@pytest.mark.parametrize("held", (None, effect()))
@pytest.mark.parametrize(("width", "height"), ((80, 22), (120, 40), (40, 22)))
def test_the_ranking_fits(colours, held, width, height):
    one = study()
    readout = Readout(LABELS, Frame(width, height, colours))
    shown = draw_ranking(one, Ranking(one.associations[0], 4, held, KINDS), readout)
    assert shown.width <= width
    if width >= 80:
        assert len(shown.lines) <= height
    assert "Found: h 1 is low with it, AUROC" in shown.plain.replace("\n", " ")
    assert ("Held at its mean" in shown.plain) == (held is not None)


def test_a_chosen_unit_is_listed_whatever_its_rank():
    one = study()
    last = int(one.associations[0].order[-1])
    shown = draw_ranking(one, Ranking(one.associations[0], last), Readout(LABELS, Frame())).plain
    assert any(line.startswith(one.label(last)) for line in shown.splitlines())


def test_what_is_absent_is_said():
    one = study()
    shown = draw_ranking(one, Ranking(one.associations[2], 0), Readout(LABELS, Frame())).plain
    assert "It is the same all through this text" in shown
    assert len(shown.splitlines()) <= 3


def test_digits_and_marks_are_the_values():
    one, picture = study(), Picture()
    wanted, values = one.associations[0].wanted, one.values[4]
    draw_readout(picture, Readout(LABELS, Frame()), values, -1, wanted, "h 1")
    lines = picture.plain.splitlines()
    assert lines[-1].startswith("9: h 1 at its lowest; marked: the property. Tokens ")
    first, last = (int(part.replace(",", "")) for part in lines[-1].split("Tokens ")[1].rstrip(".").split("-"))
    assert "".join(lines[0:-1:3]) == "".join(LABELS[first : last + 1])
    tenths = [min(int(value * 10), 9) for value in scaled(values, -1)[first : last + 1]]
    assert "".join(lines[1:-1:3]) == "".join(map(str, tenths))
    marks = "".join(line.ljust(80) for line in lines[2:-1:3])[: last + 1 - first]
    assert [mark == "^" for mark in marks] == [bool(value) for value in wanted.values[first : last + 1]]


def test_colours_are_the_values():
    one, picture = study(), Picture()
    draw_readout(picture, Readout(LABELS, Frame(80, 5, "truecolor")), one.values[4], 1, None, "h 1")
    cells = picture.lines[0]
    first = int(picture.plain.splitlines()[-1].split("Tokens ")[1].split("-")[0].replace(",", ""))
    expected = scaled(one.values[4], 1)
    for k, cell in enumerate(cells):
        assert cell.style == shade(float(expected[first + k]), signed=False, colours="truecolor")


def test_values_between_a_units_own_ends():
    values = np.linspace(-5, 5, 101).astype(np.float32)
    found = scaled(values, 1)
    assert (found[0], found[-1], found[50]) == (0.0, 1.0, pytest.approx(0.5))
    np.testing.assert_allclose(scaled(values, -1), found[::-1], atol=1e-6)
    assert not scaled(np.full(9, 2.0), 1).any()


def test_what_holding_it_costs():
    lines = ablation_lines(effect(), KINDS, 200)
    assert lines[0] == (
        "Held at its mean (0.50), loss in nats a token overall 1.000 +0.250 ± 0.010, with the property 1.000 +0.250 "
        "± 0.010, without 0.900 +0.000 ± 0.010."
    )
    assert lines[1] == f"Most of the rise (each, times) is at {KINDS[2]} +0.75 (130)"


@pytest.mark.parametrize("colours", (None, "truecolor"))
@pytest.mark.parametrize("spaced", (False, True))
def test_one_unit(colours, spaced):
    values = study().values[4]
    response = response_of(values, IDS, 24)
    shown = draw_response(
        UnitPage("tale · unit 1", "1,200 tokens", values, LABELS, KINDS, spaced),
        response,
        effect(),
        Frame(80, 22, colours),
    )
    lines = shown.plain.splitlines()
    assert shown.width <= 80 and len(lines) <= 22
    assert lines[1].startswith("Highest in 1,200 tokens")
    place = response.highest[0]
    assert lines[2].split()[0] == f"{values[place]:.2f}"
    if not colours and not spaced:
        before, after = "".join(LABELS[max(0, place - 20) : place]), "".join(LABELS[place + 1 : place + 10])
        assert f"{before}[{LABELS[place]}]{after}" in lines[2]
    columns = [line.index("[") for line in lines[2:7] if line.startswith("   ") and "[" in line]
    assert len(set(columns)) <= 1


def test_for_machines():
    one = study()
    facts = study_facts(one, every=True)["properties"]
    assert [entry["verdict"] for entry in facts] == ["found", "luck", "absent"]
    assert (facts[0]["best"]["unit"], facts[0]["best"]["state"], facts[0]["best"]["direction"]) == (1, "h", -1)
    assert len(facts[0]["units"]) == 6
    assert facts[2]["best"] is None and "units" not in facts[2]
    rows = list(study_table(one, every=True).rows)
    assert len(rows) == 6 + 6 + 1
    assert rows[0][:6] == ["quotes", "found", "h", 0, 1, -1]
    assert len(list(study_table(one, every=False).rows)) == 3
    unit = UnitPage("", "", one.values[4], LABELS, KINDS, False)
    found = response_facts(unit, response_of(one.values[4], IDS, 3), KINDS)
    assert found["highest"][0]["value"] == one.values[4].max()
    assert len(found["means"]) == len(KINDS)
    assert len(list(response_table(unit, LABELS).rows)) == SIZE
