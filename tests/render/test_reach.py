"""The page of how far a model sees."""

import re

import numpy as np
import pytest

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.reach.measure import Context, Reach
from lstmgen.inspect.reach.picture import ReachSubject, draw_reach, headline, reach_arrays, reach_facts, reach_table

ABOVE = (2.0, 1.0, 0.4, 0.009, 0.002, 0.0)


def reach(above=ABOVE, error=0.004, layers=1, full=0.7):
    contexts = [Context(1 << k, one, error, 1000, 2 * one, error) for k, one in enumerate(above)]
    constants = np.array([[0.5, 1.5, 3.0, np.inf]] * layers)
    return Reach(full, contexts, 0.5 ** np.arange(32.0), constants, 64)


def subject(cell="lstm", level="char", layers=1):
    return ReachSubject("tale", "20,000 tokens", cell, level, layers - 1, layers)


@pytest.mark.parametrize(
    ("found", "words"),
    (
        (reach(), "Uses about 8 characters (up to 16 within two errors)."),
        (reach(error=0.0), "Uses about 8 characters."),
        (reach(error=1.0), "Uses about 8 characters (within two errors it may be more than 32)."),
        (reach(above=(1.0, 0.5, 0.2)), "Uses more than 4 characters, the most that was tried."),
        (reach(above=(0.0, 0.5, 0.0)), "Uses about 4 characters."),
        (reach(above=(0.0, 0.0), error=0.0), "Uses about 1 character."),
        (reach(full=2.0, error=0.0, above=(0.5, 0.02, 0.01)), "Uses about 2 characters."),
    ),
)
def test_the_headline(found, words):
    assert headline(found, subject())[0] == words


def test_gradients_add_up():
    found = reach()
    assert found.within(0.5) == 1  # 1 of 2
    assert found.within(0.9) == 4
    assert Reach(1.0, [], np.zeros(4), np.zeros((1, 0)), 1).within(0.5) == 1


@pytest.mark.parametrize("layers", (1, 3))
@pytest.mark.parametrize("width", (80, 60, 120))
def test_the_page(layers, width):
    shown = draw_reach(reach(layers=layers), subject(layers=layers), Frame(width))
    lines = shown.plain.splitlines()
    assert shown.width <= width
    if width >= 80:
        assert len(lines) <= 22
    rows = [line.split() for line in lines if re.match(r" *\d+ +\+", line)]
    assert [row[0] for row in rows] == ["1", "2", "4", "8", "16", "32"]
    assert rows[1][1:5] == ["+1.000", "±0.004", "+2.000", "±0.004"]
    assert rows[2][5] == f"{(0.5**2 + 0.5**3) / 2:.2g}"
    assert "forgetting f, forget gate" in shown.plain
    assert "of layer 2" in shown.plain.replace("\n", " ") or layers == 1
    if width >= 80:
        assert lines[-1].split() == ["units", *"11100000001"] if layers == 1 else lines[-1].startswith("units")


def test_nothing_reads_as_less_than_nothing():
    assert "-0.000" not in draw_reach(reach(above=(0.1, -0.0001)), subject(), Frame()).plain


def test_the_plain_rnn_has_no_gates():
    found = Reach(1.0, reach().contexts, np.ones(32), np.zeros((1, 0)), 64)
    shown = draw_reach(found, subject("rnn", "word"), Frame()).plain
    assert "A plain RNN has no gates" in shown
    assert "Uses about 8 tokens" in shown


def test_for_machines():
    found = reach()
    facts = reach_facts(found, subject())
    assert (facts["uses"], facts["uses_within_two_errors"], facts["near"]) == (8, 16, 0.01)
    rows = list(reach_table(found).rows)
    assert rows[0] == [1, 2.0, 0.004, 1000, 4.0, 0.004, 1.0]
    arrays = dict(reach_arrays(found))
    assert arrays["k"].tolist() == [1, 2, 4, 8, 16, 32]
    assert arrays["time_constants"].shape == (1, 4)
