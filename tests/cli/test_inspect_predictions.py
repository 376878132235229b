"""`lstmgen inspect predictions` as it is typed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from lstmgen import api
from tests.cli.running import Runner
from tests.cli.test_inspect_score import story  # noqa: F401 - a fixture
from tests.training.runs import text

TEXT = "Doug saw a ball."
pytestmark = pytest.mark.usefixtures("story")


def test_one_screen(run: Runner) -> None:
    ran = run("inspect", "predictions", "-m", "story")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0].startswith("story · held-out end of story.txt · places 0-")
    held = text(6_000)[-300:]
    shown = [line.split()[1] for line in lines[2:6]]
    assert shown == [c.replace(" ", "·").replace("\n", "↵") for c in held[:4]]
    assert any(line.startswith("Mean surprise ") and "calibration error" in line for line in lines)


def test_the_surprise_sums_to_the_score(run: Runner) -> None:
    found = json.loads(run("inspect", "predictions", "-m", "story", "--json", "-q", "-k", "3").out)
    score = json.loads(run("inspect", "score", "-m", "story", "--json", "-q").out)
    assert sum(found["nats"]) == pytest.approx(sum(score["token_nats"]), rel=1e-6)
    assert found["mean_nats"] == pytest.approx(score["nats"], rel=1e-6)
    assert np.shape(found["top"]) == np.shape(found["probabilities"]) == (300, 3)
    first = [row[0] == piece for row, piece in zip(found["top"], found["pieces"], strict=True)]
    assert found["right"] == pytest.approx(np.mean(first))
    assert sum(found["calibration"]["places"]) == 300


def test_other_places_the_worst_and_the_curve(run: Runner) -> None:
    there = run("inspect", "predictions", "-m", "story", "--at", "250", "-q").out.splitlines()
    assert there[2].split()[0] == "250"
    worst = run("inspect", "predictions", "-m", "story", "--worst", "-q").out.splitlines()
    assert len(worst) <= 24 and max(map(len, worst)) <= 80
    assert worst[21].startswith("In short: its first guess is right ")
    bits = [float(line.split()[1]) for line in worst[1:21]]
    assert bits == sorted(bits, reverse=True)
    curve = run("inspect", "predictions", "-m", "story", "--calibration", "-q").out.splitlines()
    assert len([line for line in curve if "-" in line[:5] and "%" in line]) == 10
    assert run("inspect", "predictions", "-m", "story", "--worst", "--calibration").code == 2
    assert run("inspect", "predictions", "-m", "story", "--at", "300").code == 2
    assert run("inspect", "predictions", "-m", "story", "-k", "0").code == 2


def test_files(run: Runner) -> None:
    for name in ("p.csv", "p.npz", "p.svg", "p.html", "p.txt"):
        assert run("inspect", "predictions", "-m", "words", "--text", TEXT, "-k", "2", "-o", name).code == 0
    rows = list(csv.DictReader(io.StringIO(Path("p.csv").read_bytes().decode(), newline="")))
    assert [row["token"] for row in rows] == ["Doug", " saw", " a", " ball", "."]
    with np.load("p.npz") as arrays:
        assert arrays["top"].shape == (5, 2)
        np.testing.assert_allclose(arrays["nats"], [float(row["nats"]) for row in rows])
        tokens = api.load("words").vocabulary.tokens
        assert [tokens[k] for k in arrays["top"][:, 0]] == [row["guess1"] for row in rows]
