"""Documents from the command line: their ends are learned, and a sample is one of them."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest

from lstmgen import api
from tests.cli.running import Runner

WORDS = ["salt", "rice", "leek", "plum", "corn", "bean"]


def recipe(r: random.Random) -> str:
    steps = [f"- {r.choice('123')} {r.choice(WORDS)}" for _ in range(r.randint(1, 3))]
    return "\n".join([f"# {r.choice(WORDS)}", *steps, "Stir.\n"])


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 150 recipes and a model that has learned them."""
    folder, r = tmp_path_factory.mktemp("recipes"), random.Random(1)
    (folder / "texts").mkdir()
    for k in range(150):
        (folder / "texts" / f"{k:03}.txt").write_text(recipe(r))
    api.train(folder / "texts", out=folder / "models" / "texts.npz", steps=150, hidden_size=48, seed=1)
    return folder


def test_a_sample_is_a_whole_document(run: Runner, recipes: Path) -> None:
    model = str(recipes / "models" / "texts.npz")
    made = json.loads(run("sample", "-m", model, "--num-samples", "20", "--seed", "3", "--json").out)["samples"]
    whole = [s for s in made if s["text"].startswith("# ") and s["text"].endswith("\nStir.\n")]
    assert len(whole) >= 18 and all(s["text"].count("#") == 1 for s in whole)
    assert {s["stopped"] for s in whole} == {"end"}
    printed = run("sample", "-m", model, "--num-samples", "3", "--seed", "3", "--quiet").out
    assert printed == "\n".join(s["text"] for s in made[:3])  # a blank line between, one line end behind
    begun = run("sample", "-m", model, "-p", "# rice\n- 2", "--seed", "1").out
    assert begun.startswith("# rice\n- 2") and begun.endswith("\nStir.\n") and "<end>" not in begun


def test_documents_that_a_length_cuts_are_said(run: Runner, recipes: Path) -> None:
    model = ("sample", "-m", str(recipes / "models" / "texts.npz"), "--seed", "3")
    one = "Cut at 5 characters, before its end: a larger --length lets it end."
    assert run(*model, "-n", "5").err.splitlines()[-1] == one
    several = "4 of 4 were cut at 5 characters, before their end: a larger --length lets them end."
    assert run(*model, "-n", "5", "--num-samples", "4").err.splitlines()[-1] == several
    assert "cut" not in run(*model, "-n", "500", "--num-samples", "4").err
    assert "ut at" not in run(*model, "-n", "0").err and run(*model, "-n", "5", "-q").err == ""


def test_its_end_is_charged_and_views_know_it(run: Runner, recipes: Path) -> None:
    path = recipes / "models" / "texts.npz"
    model, text = api.load(path), (recipes / "texts" / "000.txt").read_text()
    score = model.score(text)
    ids = model.vocabulary.encode_documents([text])
    x = [-1, *ids[:-1].tolist()]
    nats, _ = model.network.losses(np.array(x, np.int32)[:, None], ids[:, None], model.network.zero_state(1))
    assert math.isclose(score.bits_per_character, nats.sum() / math.log(2) / len(text), rel_tol=1e-5)
    for view in ("gates", "predictions", "unroll", "units", "report", "training", "model"):
        answer = run("inspect", view, "-m", str(path), *(["-o", "r.html"] if view == "report" else []))
        assert answer.code == 0, answer.err
    whole = run("inspect", "score", "-m", str(path), "--corpus", str(recipes / "texts"))
    assert (whole.code == 0 and "held-out end" in whole.out + whole.err) or "held back" in whole.out + whole.err


def test_it_goes_on_exactly_and_is_repeated(run: Runner, folder: Path, recipes: Path) -> None:
    common = ["--hidden-size", "8", "--seed", "5", "--quiet"]
    text = "\n\n".join(p.read_text().strip() for p in sorted((recipes / "texts").iterdir())) + "\n"
    (folder / "cards.txt").write_text(text)
    cut = ["train", "cards.txt", "--documents", "blank-line", *common]
    assert run(*cut, "--steps", "30", "-o", "whole.npz").code == 0
    assert run(*cut, "--steps", "12", "-o", "part.npz").code == 0
    header = api.load("whole.npz").header
    assert header["requires"] == ["end"] and header["vocabulary"][header["end"]] == "<end>"
    assert "--documents blank-line" in header["training"]["command"]
    resumed = run("train", "--resume", "-o", "part.npz", "--steps", "30", "--quiet")
    assert resumed.code == 0, resumed.err
    found = run("inspect", "score", "-m", "whole.npz")
    assert "held-out" in found.out
    assert "--lines and --documents" in run(*cut, "--steps", "3", "--lines", "-o", "x.npz").err


def test_a_model_of_one_text_learns_ends(run: Runner, folder: Path, recipes: Path) -> None:
    (folder / "one.txt").write_text("".join(p.read_text() for p in sorted((recipes / "texts").iterdir())))
    assert run("train", "one.txt", "--steps", "20", "--hidden-size", "16", "--quiet", "-o", "one.npz").code == 0
    began = run("train", str(recipes / "texts"), "--from", "one.npz", "--steps", "60", "-o", "two.npz")
    assert began.code == 0, began.err
    one, two = api.load("one.npz"), api.load("two.npz")
    assert one.vocabulary.end is None and two.vocabulary.end == len(one.vocabulary)
    assert "it knows every character of this text" in began.err.replace("\n", " ")
