"""What is measured is one call from Python: the numbers, every form, and a picture in a notebook."""

from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model, Score
from lstmgen.errors import TextError, UsageError
from tests.inspection.test_mistakes import pairs
from tests.inspection.wired import TOGGLE, quote_model, quoted_text

TEXT = quoted_text(600, np.random.default_rng(1))


@pytest.fixture(scope="module")
def model() -> Model:
    return quote_model(TEXT)


def test_a_score_shows_itself(model: Model, tmp_path: Path) -> None:
    score = model.score(TEXT)
    assert isinstance(score, Score) and repr(score).startswith(f"<Score: {score.bits_per_character:.4f} bits")
    assert score.data["nats"] == pytest.approx(score.mean) and score.data["baselines"] == []
    assert f"{score.bits_per_character:.4f} ± " in score.text()
    assert score._repr_html_().startswith("<svg ")
    for form in score.forms:
        score.save(tmp_path / f"s.{form}")
    with np.load(tmp_path / "s.npz") as arrays:
        np.testing.assert_array_equal(arrays["nats"], score.nats)
    assert score.lines().data["lines"][0].number == 1


def test_models_are_compared_on_one_text(model: Model) -> None:
    text = model.text_to_score(TEXT, name="ours")
    other = quote_model(TEXT).clamped("f=1")
    first, second = model.score(text), other.score(other.text_to_score(text))
    gap = first.compare(second).data["differences"][0]["bits_a_character"]
    assert gap == pytest.approx(first.bits_per_character - second.bits_per_character)
    assert first.compare(second).text().startswith("ours · 600 characters")
    with pytest.raises(TextError, match="the same characters"):
        first.compare(other.score(TEXT[:-1]))


def test_units_and_reach(model: Model) -> None:
    assert model.units("quotes", TEXT).data["properties"][0]["best"]["unit"] == TOGGLE
    labels = np.cumsum([c == '"' for c in TEXT]) % 2
    assert model.units(text=TEXT, labels=labels.tolist()).data["properties"][0]["best"]["unit"] == TOGGLE
    assert model.units(text=TEXT, unit=TOGGLE).data["unit"] == TOGGLE
    assert "how far back it sees" in model.reach(TEXT).text()
    with pytest.raises(UsageError, match="no property 'mood'"):
        model.units("mood", TEXT)


def test_predictions_and_report(model: Model) -> None:
    predictions = model.predictions(TEXT, top=2)
    np.testing.assert_allclose(predictions.data["nats"], model.score(TEXT).nats, atol=1e-5)
    with pytest.raises(UsageError, match="There is no place"):
        model.predictions(TEXT, at=600)
    report = model.report(TEXT)
    assert report.html().startswith("<!DOCTYPE html>") and "<iframe" in report._repr_html_()
    assert report.data["units"] == 5 and "The greatest surprise" in report.text()


def test_mistakes() -> None:
    model = pairs()
    counts = model.mistakes(seed=4).data["book"]
    assert len(counts) == 2 and all(sum(writing.counts.values()) == 1000 for writing in counts.values())
