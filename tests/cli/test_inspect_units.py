"""`lstmgen inspect units` as it is typed."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import Runner, cycle
from tests.inspection.wired import TOGGLE, quote_model, quoted_text

TEXT = quoted_text(1200, np.random.default_rng(1))


@pytest.fixture
def quoter(folder: Path) -> Model:
    """The wired model, and a text for it."""
    Path("text.txt").write_text(TEXT, encoding="utf-8")
    model = quote_model(TEXT)
    model.save("quoter.npz")
    return model


def test_the_table(run: Runner, quoter: Model) -> None:
    ran = run("inspect", "units", "-m", "quoter.npz", "--file", "text.txt")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "model quoter (LSTM 1 x 5, characters, this folder)\n")
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == "quoter · which units follow what · 1,200 tokens of your text"
    row = next(line for line in lines if line.startswith("inside quotes"))
    assert f" {TOGGLE} high " in row and row.endswith("found")
    assert "More: lstmgen inspect units quotes --causal" in lines
    said = " ".join(lines).partition("In short: ")[2]
    assert f'has a unit of its own: c {TOGGLE} tells "inside quotes" from the rest (of two places, ' in said


def test_one_property_and_what_its_unit_is_good_for(run: Runner, quoter: Model) -> None:
    ran = run("inspect", "units", "quotes", "-m", "quoter.npz", "--file", "text.txt", "--causal")
    assert ran.code == 0
    assert f"Found: c {TOGGLE} is high with it, AUROC 1.000" in ran.out.replace("\n", " ")
    assert "Held at its mean" in ran.out
    assert len(ran.out.splitlines()) <= 22
    found = json.loads(run("inspect", "units", "quotes", "-m", "quoter.npz", "--file", "text.txt", "--json").out)
    (facts,) = found["properties"]
    assert (facts["found"], facts["best"]["unit"], len(facts["units"])) == (True, TOGGLE, 10)
    assert facts["best"]["second"] >= 0.99
    assert found["held"] is None
    assert run("inspect", "units", "quotes", "-m", "quoter.npz", "--file", "text.txt", "-o", "q.csv").code == 0
    with Path("q.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["unit"] == str(TOGGLE) and len(rows) == 10


def test_labels_and_expressions(run: Runner, quoter: Model) -> None:
    inside = np.cumsum([c == '"' for c in TEXT]) % 2
    Path("labels.txt").write_text("".join(map(str, inside)), encoding="utf-8")
    ran = run("inspect", "units", "--labels", "labels.txt", "-m", "quoter.npz", "--file", "text.txt")
    assert f"Found: c {TOGGLE} is high" in ran.out
    ran = run("inspect", "units", "--after", '"', "-m", "quoter.npz", "--file", "text.txt")
    assert ran.code == 0 and ran.out.startswith('quoter · characters after " · ')
    ran = run("inspect", "units", "--after", "\x07|a", "-m", "quoter.npz", "--file", "text.txt")
    assert "\x07" not in ran.out and "\\x07|a" in ran.out


def test_one_unit(run: Runner, quoter: Model) -> None:
    ran = run("inspect", "units", "--unit", f"h{TOGGLE}", "-m", "quoter.npz", "--file", "text.txt", "-q")
    lines = ran.out.splitlines()
    assert lines[0] == f"quoter · unit {TOGGLE} · prediction h, output"
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    found = json.loads(
        run("inspect", "units", "--unit", str(TOGGLE), "-m", "quoter.npz", "--file", "text.txt", "--json").out
    )
    assert (found["state"], found["unit"], len(found["values"])) == ("c", TOGGLE, len(TEXT))
    np.testing.assert_allclose(found["values"], quoter.trace(TEXT)["c"][:, 0, TOGGLE])


def test_unseen_characters_leave_labels_in_their_places(run: Runner, quoter: Model) -> None:
    inside = np.cumsum([c == '"' for c in TEXT]) % 2
    Path("text.txt").write_text("é" + TEXT.replace(" ", " é", 30), encoding="utf-8")
    text = Path("text.txt").read_text(encoding="utf-8")
    labels = iter(inside)
    Path("labels.txt").write_text("\n".join("0" if c == "é" else str(next(labels)) for c in text), encoding="utf-8")
    ran = run("inspect", "units", "--labels", "labels.txt", "-m", "quoter.npz", "--file", "text.txt", "--json")
    assert "The model does not know the character 'é'" in ran.err
    assert json.loads(ran.out)["properties"][0]["best"]["all"] > 0.999


def test_its_own_writing_where_the_text_is_gone(run: Runner, folder: Path) -> None:
    cycle(list("ab\n"), lines=True).save("ring.npz")
    ran = run("inspect", "units", "-m", "ring.npz", "--json")
    assert "its own writing is measured" in ran.err
    assert json.loads(ran.out)["text"] == "8,000 tokens of its own writing"


def test_a_long_text_is_cut_and_said(run: Runner, quoter: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmgen.api.views._UNITS_TOKENS", 400)
    ran = run("inspect", "units", "-m", "quoter.npz", "--file", "text.txt")
    assert "The text was cut: only its first 400 tokens are measured;" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    (
        (("mood",), 2, "no property 'mood'"),
        (("quotes", "--after", "x"), 2, "PROPERTY and --after each name a property"),
        (("--after", "("), 2, "no regular expression"),
        (("--after", "zzz"), 3, "matches nothing"),
        (("--causal",), 2, "needs to know which unit"),
        (("--unit", "5"), 2, "no unit 5: they are numbered 0 to 4"),
        (("--unit", "f2"), 2, "is not a valid unit"),
        (("--unit", ""), 2, "is not a valid unit"),
        (("--layer", "1"), 2, "no layer 1"),
        (("--labels", "text.txt"), 2, "numbers alone"),
        (("--labels", "gone.txt"), 2, "gone.txt"),
        (("-o", "x.npz"), 2, "must end in .txt, .svg, .html, .json or .csv"),
    ),
)
def test_refusals(run: Runner, quoter: Model, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = run("inspect", "units", *arguments, "-m", "quoter.npz", "--file", "text.txt")
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_refusals_of_texts(run: Runner, quoter: Model) -> None:
    ran = run("inspect", "units", "--labels", "text.txt", "-m", "quoter.npz")
    assert (ran.code, "belong to a text" in ran.err) == (2, True)
    ran = run("inspect", "units", "quotes", "-m", "quoter.npz", "--text", "abc")
    assert (ran.code, "fewer than 100 nothing can be told from chance" in ran.err) == (3, True)
    ran = run("inspect", "units", "-m", "quoter.npz", "--text", "é")
    assert (ran.code, "nothing to look at" in ran.err) == (3, True)
