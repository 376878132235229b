"""--adapt and --ngram-weight as they are typed, in `inspect score` and `sample`."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from lstmgen import api
from lstmgen.inspection.score import surprisal
from lstmgen.network import AdaptingNetwork
from lstmgen.text.mixture import NgramCorpus, mixture_nats, online_weights
from lstmgen.text.ngram import NGram
from tests.api.test_recorded import SMALL
from tests.cli.running import Runner
from tests.training.runs import text

SCORE, START = ("inspect", "score", "-m", "story", "-q"), np.zeros(1, np.int64)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with story.txt, models/story.npz and models/lines.npz, trained once."""
    home = tmp_path_factory.mktemp("aided")
    (home / "models").mkdir()
    (home / "story.txt").write_text(text(12_000), encoding="utf-8")
    (home / "lines.txt").write_text(text(6_000), encoding="utf-8")
    how = SMALL | {"steps": 60, "hidden_size": 12, "validation": 0.1}
    api.train(str(home / "story.txt"), out=str(home / "models" / "story.npz"), **how)
    api.train(str(home / "lines.txt"), out=str(home / "models" / "lines.npz"), lines=True, **how)
    return home


@pytest.fixture
def story(folder: Path, trained: Path, monkeypatch: pytest.MonkeyPatch) -> api.Model:
    monkeypatch.chdir(trained)
    return api.load("story")


def held(model: api.Model) -> tuple[np.ndarray, np.ndarray]:
    """Ids of the training and of the validation part."""
    ids = model.vocabulary.encode(text(12_000))[0]
    split = model.header["corpus"]["split"]
    return ids[:split], ids[split:]


def figures(run: Runner, *options: str) -> dict:
    ran = run(*SCORE, *options, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_without_them_nothing_is_said_of_them(run: Runner, story: api.Model) -> None:
    found = figures(run)
    assert (found["as_trained"], found["adapted"], found["ngram"]) == (None, None, None)
    assert "token_nats_as_trained" not in found


def test_weight_0_is_the_model_and_weight_1_the_ngram(run: Runner, story: api.Model) -> None:
    learned, ids = held(story)
    plain = figures(run)
    nothing, everything = figures(run, "--ngram-weight", "0"), figures(run, "--ngram-weight", "1")
    assert nothing["token_nats"] == plain["token_nats"] == nothing["token_nats_as_trained"]
    assert nothing["nats"] == plain["nats"]
    counted = NGram.build(learned, len(story.vocabulary), 7).nats(ids)
    assert everything["token_nats"] == counted.tolist()
    assert everything["nats"] == pytest.approx(everything["baselines"][-1]["nats"], rel=1e-12)
    assert everything["as_trained"]["nats"] == plain["nats"]
    assert everything["ngram"]["weight"] == 1.0


def test_all_figures_are_those_of_the_aided_reading(run: Runner, story: api.Model, tmp_path: Path) -> None:
    learned, ids = held(story)
    network = story.network
    adapted = surprisal(AdaptingNetwork(network, 0.002), ids, START)
    ngram = NgramCorpus(learned, len(story.vocabulary), 7).online_nats(ids, START)
    weights = online_weights(adapted, ngram)
    expected = mixture_nats(adapted, ngram, weights[:-1])
    how = ("--adapt", "--adapt-rate", "0.002", "--ngram-weight", "auto")
    found = figures(run, *how)
    np.testing.assert_allclose(found["token_nats"], expected, rtol=1e-9)
    assert found["nats"] == pytest.approx(expected.mean())
    assert found["bits_a_character"] == pytest.approx(expected.mean() / math.log(2))
    assert found["as_trained"]["nats"] == pytest.approx(surprisal(network, ids, START).mean())
    assert found["adapted"] == {"rate": 0.002, "nats": pytest.approx(adapted.mean())}
    assert found["ngram"]["auto"] is True and found["ngram"]["order"] == 7
    assert found["ngram"]["final_weight"] == pytest.approx(weights[-1])
    gap = (ngram_alone := NGram.build(learned, len(story.vocabulary), 7).nats(ids)).mean() - expected.mean()
    assert found["baselines"][-1]["nats"] == pytest.approx(ngram_alone.mean())
    assert found["baselines"][-1]["more"] == pytest.approx(gap / math.log(2))
    rows = list(csv.DictReader(io.StringIO(_written(run, tmp_path / "s.csv", how))))
    assert [float(row["nats"]) for row in rows] == pytest.approx(expected.tolist(), rel=1e-9)
    assert [float(row["nats_adapted"]) for row in rows] == pytest.approx(adapted.tolist(), rel=1e-9)
    _written(run, tmp_path / "s.npz", how)
    with np.load(tmp_path / "s.npz") as arrays:
        np.testing.assert_allclose(arrays["nats"], expected)
        np.testing.assert_allclose(arrays["nats_as_trained"], found["token_nats_as_trained"])
        np.testing.assert_allclose(arrays["ngram_weight"], weights[:-1])
    lines = json.loads(run(*SCORE, *how, "--lines", "--json").out)
    assert sum(line["nats"] for line in lines["lines"]) == pytest.approx(expected.sum())
    assert lines["adapted"] == found["adapted"]


def _written(run: Runner, path: Path, how: tuple[str, ...]) -> str:
    assert run(*SCORE, *how, "-o", str(path)).code == 0
    return path.read_text(encoding="utf-8") if path.suffix == ".csv" else ""


def test_the_screen_says_both(run: Runner, story: api.Model) -> None:
    ran = run("inspect", "score", "-m", "story", "--adapt", "--ngram-weight", "auto")
    lines = ran.out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    plain = figures(run)
    assert "learning while reading 1,200 tokens" in ran.err
    assert re.fullmatch(r"learning while reading, rate 0.001 · with the 7-gram, weight 0\.\d\d in the end", lines[3])
    assert lines[4].startswith(f"as trained: {plain['bits_a_character']:.4f} bits, {plain['nats']:.4f} nats a token")
    assert lines[5].startswith("as trained: ") and lines[5].endswith("nats a token, memory emptied every 256 tokens")
    ran = run(*SCORE, "--ngram-weight", "0.25")
    assert ran.out.splitlines()[3] == "with the 7-gram, weight 0.25"


def test_models_are_compared_with_the_same_help(run: Runner, story: api.Model) -> None:
    found = json.loads(run(*SCORE, "-m", "lines", "--adapt", "--ngram-weight", "0.5", "--json").out)
    for model in found["models"]:
        assert model["as_trained"]["nats"] > 0 and model["ngram"]["weight"] == 0.5
    assert found["models"][0]["nats"] == pytest.approx(figures(run, "--adapt", "--ngram-weight", "0.5")["nats"])
    assert "as trained" in run(*SCORE, "-m", "lines", "--adapt").out


def test_the_same_from_python(run: Runner, story: api.Model) -> None:
    ids = held(story)[1]
    written = story.vocabulary.decode(ids)
    found = figures(run, "--adapt", "--ngram-weight", "auto")
    np.testing.assert_allclose(story.mixed().score(written, adapt=True).nats, found["token_nats"], rtol=1e-9)
    np.testing.assert_array_equal(story.score(written).nats, found["token_nats_as_trained"])
    learnt = story.adapted(written)
    assert learnt.score(written).mean < story.score(written).mean
    assert learnt.mixed(0.3).score(written).mean < story.mixed(0.3).score(written).mean
    assert story.mixed(0.3).adapted(written).score(written).mean == pytest.approx(learnt.mixed(0.3).score(written).mean)


PROMPT = "Doug saw the ball.\n" * 12


def test_sample_adapts_to_its_prompt(run: Runner, story: api.Model) -> None:
    way = ("sample", "-m", "story", "--seed", "3", "-n", "80", "--no-echo", "-p", PROMPT)
    before = Path("models/story.npz").read_bytes()
    ran = run(*way, "--adapt", "--adapt-rate", "0.01")
    assert f"adapted to the {len(PROMPT)} tokens of the prompt" in ran.err
    expected = story.adapted(PROMPT, 0.01).sample(PROMPT, seed=3, length=80, echo=False)
    assert ran.out == expected + "\n" != run(*way).out
    assert Path("models/story.npz").read_bytes() == before
    found = json.loads(run(*way, "--adapt", "--ngram-weight", "auto", "--json", "-q").out)
    assert found["aids"]["adapted_to"] == len(PROMPT)
    assert 0 < found["aids"]["ngram"]["weight"] < 1 and found["aids"]["ngram"]["order"] == 7
    assert json.loads(run(*way, "--json", "-q").out)["aids"] is None


def test_sample_writes_with_ngrams(run: Runner, story: api.Model) -> None:
    way = ("sample", "-m", "story", "--seed", "3", "-n", "80")
    plain = run(*way).out
    assert run(*way, "--ngram-weight", "0").out == plain
    ran = run(*way, "--ngram-weight", "1")
    assert "mixed with the 7-grams of story.txt, their weight 1.00" in ran.err
    assert ran.out == story.mixed(1.0).sample(seed=3, length=80) + "\n" != plain
    auto = run(*way, "--ngram-weight", "auto")
    learned, ids = held(story)
    counted = NGram.build(learned, len(story.vocabulary), 7).nats(ids)
    weight = online_weights(surprisal(story.network, ids, START), counted)[-1]
    assert f"their weight {weight:.2f}" in auto.err
    held_still = run(*way, "--ngram-weight", "0.3", "--set-gate", "f=0", "--adapt", "-p", "Doug saw", "-q")
    again = story.adapted("Doug saw").clamped("f=0").mixed(0.3).sample("Doug saw", seed=3, length=80)
    assert held_still.out == again + "\n"
    lines = run("sample", "-m", "lines", "--num-samples", "3", "--ngram-weight", "auto", "--seed", "1", "-q")
    assert lines.code == 0 and lines.out.count("\n") == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("inspect", "score", "--adapt-rate", "0.1"), "Add --adapt"),
        (("inspect", "score", "--adapt", "--adapt-rate", "7"), "--adapt-rate must be a number from 1e-09 to 1"),
        (("inspect", "score", "--ngram-weight", "much"), "must be auto or a number from 0 to 1, not 'much'"),
        (("inspect", "score", "--ngram-weight", "1.5"), "from 0 to 1"),
        (("inspect", "score", "--ngram-weight", "nan"), "from 0 to 1"),
        (("sample", "--adapt"), "Give --prompt or --prompt-file"),
        (("sample", "--corpus", "story.txt"), "Add --ngram-weight auto"),
        (("sample", "--ngram-weight", "0.5", "--precision", "bf16"), "--precision"),
    ],
)
def test_what_is_refused(run: Runner, story: api.Model, options: tuple[str, ...], says: str) -> None:
    ran = run(*options, "-m", "story")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_without_the_training_text(run: Runner, folder: Path, trained: Path) -> None:
    model = api.load(trained / "models" / "story.npz")
    model.save(folder / "m.npz")
    for command in (("sample",), ("inspect", "score", "--text", "Doug saw")):
        ran = run(*command, "-m", "m.npz", "--ngram-weight", "auto")
        assert ran.code == 2 and "Name it with --corpus." in ran.err
    Path("other.txt").write_text("Jane ran a ball.\n" * 30, encoding="utf-8")
    ran = run("sample", "-m", "m.npz", "--ngram-weight", "auto", "--corpus", "other.txt")
    assert ran.code == 2 and "Give a number from 0 to 1" in ran.err
    assert run("sample", "-m", "m.npz", "--ngram-weight", "0.9", "--corpus", "other.txt").code == 0
    scored = run("inspect", "score", "-m", "m.npz", "--ngram-weight", "auto", "--corpus", "other.txt", "--text", "Doug")
    assert scored.code == 0 and "(not what it learned from)" in scored.out
