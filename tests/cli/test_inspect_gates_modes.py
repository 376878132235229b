"""`lstmgen inspect gates --words` and `--saturation` as they are typed."""

import json
import re

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import SGR, SPOT, Runner, cycle, on_terminal
from tests.inspection.traces import model_of

WORDS = ["Doug", "saw", "Jane", ".", "Jane", "saw", "Spot", "."]
SPANS = [(0, 4), (5, 8), (9, 13), (13, 14), (15, 19), (20, 23), (24, 28), (28, 29)]


def means_of(model: Model, letter: str) -> np.ndarray:
    values = model.trace(SPOT)[letter].astype(np.float64)
    return np.array([values[a:b].sum(axis=0) / (b - a) for a, b in SPANS])


def test_words_on_the_screen(run: Runner, tale: Model) -> None:
    ran = run("inspect", "gates", "-q", "--text", SPOT, "--words")
    lines = ran.out.splitlines()
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == "tale · layer 1 of 0-1 · the most varying of 6 units · all 8 words"
    assert lines[1] == "Each cell is the mean over a word; the percentages count single characters."
    assert lines[2].split() == WORDS
    at = next(k for k, line in enumerate(lines) if line.startswith("forgetting"))
    unit, *digits = lines[at + 1].split()
    assert [int(d) for d in digits] == [min(9, int(v * 10)) for v in means_of(tale, "f")[:, 1, int(unit)]]
    above = (tale.trace(SPOT)["f"][:, 1] > 0.9).mean()
    assert f"forgetting f, forget gate (1 keeps): {round(100 * above)} % above" in ran.out


def test_words_in_files(run: Runner, tale: Model) -> None:
    found = json.loads(run("inspect", "gates", "-q", "--text", SPOT, "--words", "--json").out)
    assert found["tokens"] == WORDS and list(zip(found["first"], found["stop"], strict=True)) == SPANS
    assert run("inspect", "gates", "-q", "--text", SPOT, "--words", "-o", "w.npz").code == 0
    assert run("inspect", "gates", "-q", "--text", SPOT, "--words", "-o", "w.csv").code == 0
    with np.load("w.npz", allow_pickle=False) as arrays:
        assert arrays["tokens"].tolist() == WORDS
        for letter in "fiogch":
            np.testing.assert_allclose(arrays[letter], means_of(tale, letter), rtol=1e-5, atol=1e-7)
            np.testing.assert_array_equal(np.array(found[letter], np.float32), arrays[letter])


def test_models_of_words_are_so_already(run: Runner) -> None:
    model_of(["Doug", "saw", "Jane", "."], level="word").save("w.npz")
    arguments = ("inspect", "gates", "-m", "w.npz", "--text", "Doug saw Jane.")
    assert run(*arguments, "--words").out == run(*arguments).out


def test_an_always_open_gate_is_found(run: Runner, tale: Model) -> None:
    tale.file.arrays["layers.1.b"][0, 3] = 50.0
    Model(tale.file).save("models/tale.npz")
    ran = run("inspect", "gates", "-q", "--text", SPOT, "--saturation")
    lines = ran.out.splitlines()
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == "tale · layer 1 of 0-1 · 6 units over 29 tokens · one mark per unit"
    assert re.search(r"forgetting f, 1 keeps: always open \d: (\d )*3\b", ran.out)
    found = json.loads(run("inspect", "gates", "-q", "--text", SPOT, "--saturation", "--json").out)
    assert found["saturation"]["f"]["above"][1][3] == 1.0 and found["tokens"] == 29
    assert run("inspect", "gates", "-q", "--text", SPOT, "--saturation", "-o", "s.npz").code == 0
    trace = Model(tale.file).trace(SPOT)
    with np.load("s.npz") as arrays:
        for letter in "ifo":
            np.testing.assert_allclose(arrays[f"{letter}_above"], (trace[letter] > 0.9).sum(axis=0) / 29)
            np.testing.assert_allclose(arrays[f"{letter}_below"], (trace[letter] < 0.1).sum(axis=0) / 29)
    assert run("inspect", "gates", "-q", "--text", SPOT, "--saturation", "-o", "s.csv").code == 0


@pytest.mark.parametrize("mode", ("--words", "--saturation"))
def test_a_terminal_screen_is_not_overrun(tale: Model, folder, mode: str) -> None:
    lines = SGR.sub("", on_terminal(folder, "inspect", "gates", mode)).splitlines()
    assert len(lines) < 24 and max(map(len, lines)) <= 80


def test_refusals(run: Runner, tale: Model) -> None:
    for more in (["--words"], ["--units", "3"], ["--sort", "mean"]):
        ran = run("inspect", "gates", "--saturation", *more)
        assert (ran.code, ran.out) == (2, "") and "Leave --words, --units and --sort out." in ran.err
    ran = run("inspect", "gates", "--words", "--text", "  ")
    assert (ran.code, ran.out) == (3, "") and "no word in this text" in ran.err
    cycle(list("abc")).save("ring.npz")
    ran = run("inspect", "gates", "-m", "ring.npz", "--saturation")
    assert (ran.code, ran.out) == (2, "") and "no gates" in ran.err
