"""`lstmgen inspect score` as it is typed."""

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
from lstmgen.text.ngram import NGram
from tests.api.test_recorded import SMALL
from tests.cli.running import Runner, cycle
from tests.training.runs import text


@pytest.fixture
def story(folder: Path) -> api.Model:
    """A model of story.txt in models/story.npz, a worse one in models/worse.npz, one of words in models/words.npz."""
    (folder / "models").mkdir()
    Path("story.txt").write_text(text(6_000), encoding="utf-8")
    api.train("story.txt", out="models/words.npz", level="word", **SMALL | {"steps": 4, "validation": 0.05})
    api.train("story.txt", out="models/worse.npz", validation=0.05, **SMALL)
    return api.train(
        "story.txt", out="models/story.npz", **SMALL | {"steps": 60, "hidden_size": 12, "validation": 0.05}
    )


def test_one_screen(run: Runner, story: api.Model) -> None:
    ran = run("inspect", "score", "-m", "story")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert ran.err == "model story (LSTM 1 x 12, characters, ./models)\n"
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == "story · held-out end of story.txt · 300 characters"
    recorded = story.header["training"]
    bits = float(re.match(r"([\d.]+) ± [\d.]+ bits a character", lines[1]).group(1))
    assert bits == pytest.approx(recorded["final_bits_per_character"], abs=6e-5)
    assert [line.split()[0] for line in lines if "█" in line] == [
        "uniform",
        *(f"{k}-gram" for k in range(1, 8)),
        "this",
    ]


def test_json_has_every_figure(run: Runner, story: api.Model) -> None:
    found = json.loads(run("inspect", "score", "-m", "story", "--json", "-q").out)
    held = text(6_000)[-300:]
    assert (found["text"], found["corpus"]["same"]) == ("held back", True)
    assert "".join(found["pieces"]) == held
    nats = story.score(held).nats
    np.testing.assert_allclose(found["token_nats"], nats, rtol=1e-5)
    assert found["nats"] == pytest.approx(nats.mean(), rel=1e-6)
    assert found["bits_a_character"] == pytest.approx(nats.mean() / math.log(2), rel=1e-6)
    assert found["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-6)
    assert found["fresh_windows"]["window"] == 256
    assert found["fresh_windows"]["nats"] != found["nats"]
    ids = story.vocabulary.encode(text(6_000))[0]
    counted = NGram.build(ids[:-300], len(story.vocabulary), 7)
    assert found["baselines"][-1]["name"] == "7-gram"
    assert found["baselines"][-1]["nats"] == pytest.approx(counted.nats(ids[-300:]).mean())


def test_a_given_text_and_what_was_never_seen(run: Runner, story: api.Model) -> None:
    ran = run("inspect", "score", "-m", "story", "--text", "Doug saw Xaver", "--no-baselines")
    assert "does not know the characters 'X' (U+0058) and 'v'" in ran.err
    assert "·" in ran.out.splitlines()[0] and "gram" not in ran.out
    assert "Doug saw aer\n" in ran.out
    Path("new.txt").write_text("Jane saw Spot.\nSpot ran.\n", encoding="utf-8")
    assert run("inspect", "score", "-m", "story", "--file", "new.txt").out.startswith("story · new.txt · 25 characters")


def test_without_the_text_its_own_writing_is_scored(run: Runner, story: api.Model) -> None:
    Path("story.txt").unlink()
    ran = run("inspect", "score", "-m", "story")
    assert ran.code == 0
    assert "no held-out text" in ran.err
    assert "its own writing" in ran.out and "No n-grams of the training text: it is no longer here" in ran.out
    assert run("inspect", "score", "-m", "story", "--corpus", "gone.txt").code == 2
    Path("other.txt").write_text(text(3_000), encoding="utf-8")
    other = run("inspect", "score", "-m", "story", "--corpus", "other.txt", "--text", "Jane saw")
    assert "not what it learned from" in other.out and "7-gram" in other.out


def test_lines_one_by_one(run: Runner, story: api.Model) -> None:
    given = "Doug saw a ball.\nqqq\nJane ran.\n".replace("q", "w")
    ran = run("inspect", "score", "-m", "story", "--lines", "--text", given, "-q")
    assert [line.split("  ")[-1] for line in ran.out.splitlines()[1:4]] == ["Doug saw a ball.", "www", "Jane ran."]
    assert "In short: line 2 surprises it most, as much as " in ran.out and "(www), line " in ran.out.replace("\n", " ")
    found = json.loads(run("inspect", "score", "-m", "story", "--lines", "--sort", "--text", given, "--json").out)
    bits = [line["bits_a_character"] for line in found["lines"]]
    assert bits == sorted(bits, reverse=True) and found["lines"][0]["text"] == "www"
    assert sum(line["nats"] for line in found["lines"]) == pytest.approx(story.score(given).nats.sum(), rel=1e-6)
    assert run("inspect", "score", "--sort").code == 2
    assert run("inspect", "score", "-m", "story", "-m", "worse", "--lines").code == 2


def test_lines_of_a_lines_model_are_read_alone(run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"], lines=True).save("abc.npz")
    found = json.loads(run("inspect", "score", "-m", "abc.npz", "--lines", "--text", "ab\nab\nba\n", "--json").out)
    nats = [line["nats"] for line in found["lines"]]
    assert nats[0] == nats[1] < 1e-6
    assert nats[2] > 1


def test_two_models_are_compared_in_pairs(run: Runner, story: api.Model) -> None:
    ran = run("inspect", "score", "-m", "story", "-m", "worse")
    lines = ran.out.splitlines()
    assert ran.code == 0 and len(lines) <= 22 and max(map(len, lines)) <= 80
    assert any(
        re.fullmatch(r"story needs [\d.]+ ± [\d.]+ bits a character less than worse: story is better", x) for x in lines
    )
    found = json.loads(run("inspect", "score", "-m", "words", "-m", "story", "--json", "-q").out)
    one, two = found["models"]
    assert one["level"] == "word" and two["level"] == "char"
    assert one["characters"] == two["characters"]
    gap = one["bits_a_character"] - two["bits_a_character"]
    assert found["differences"][0]["bits_a_character"] == pytest.approx(gap)
    unlike = run("inspect", "score", "-m", "words", "-m", "story", "--text", "Doug saw Xaver")
    assert unlike.code == 3 and "do not read the same characters" in unlike.err


def test_a_row_a_token_and_arrays(run: Runner, story: api.Model) -> None:
    run("inspect", "score", "-m", "story", "--text", "Doug\nran", "-o", "s.csv")
    rows = list(csv.reader(io.StringIO(Path("s.csv").read_bytes().decode(), newline="")))
    assert rows[0] == ["position", "token", "nats", "spelling"]
    assert [row[1] for row in rows[1:]] == list("Doug\nran")
    np.testing.assert_allclose([float(row[2]) for row in rows[1:]], story.score("Doug\nran").nats, rtol=1e-6)
    run("inspect", "score", "-m", "story", "--text", "Doug\nran", "-o", "s.npz")
    with np.load("s.npz") as arrays:
        assert arrays["tokens"].tolist() == list("Doug\nran")
        assert arrays["nats"].shape == arrays["nats_in_fresh_windows"].shape == (8,)
    run("inspect", "score", "-m", "story", "-m", "worse", "--text", "Doug", "-o", "two.csv")
    assert Path("two.csv").read_text().splitlines()[0] == "position,character,story,worse"
    for name in ("s.svg", "s.html", "s.txt"):
        assert run("inspect", "score", "-m", "story", "--text", "Doug", "-o", name).code == 0


def test_what_cannot_be_scored_is_refused(run: Runner, story: api.Model) -> None:
    assert run("inspect", "score", "-m", "story", "--text", "").code == 3
    assert run("inspect", "score", "-m", "story", "--text", "a", "--file", "b").code == 2


VIEWS = ("score", "score --lines", "score --json", "predictions", "predictions --calibration", "predictions --worst")


def test_huge_weights_make_a_picture_all_the_same(run: Runner, folder: Path) -> None:
    wild = {"layers.0.W": 3e38 * np.eye(3)[None], "layers.0.U": -3e38 * np.ones((1, 3, 3))}
    wild |= {"layers.0.b": np.ones((1, 3)), "output.W": 3e38 * np.eye(3), "output.b": np.zeros(3)}
    api.Model.from_arrays(wild, list("ab\n"), cell="rnn").save("wild.npz")
    for view in VIEWS:
        ran = run("inspect", *view.split(), "-m", "wild.npz", "--text", "abba\nab")
        assert ran.code == 0 and "Warning" not in ran.err, view


def test_unknown_words_cost_the_same_from_python(run: Runner, folder: Path) -> None:
    rng = np.random.default_rng(0)
    shapes = {"layers.0.W": (1, 4, 4), "layers.0.U": (1, 4, 4), "layers.0.b": (1, 4), "output.W": (4, 4)}
    arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()} | {"output.b": np.zeros(4)}
    model = api.Model.from_arrays(arrays, ["<unk>", "saw", "Jane", "."], cell="rnn", level="word", unknown=0)
    model.save("some.npz")
    given = "Jane saw Spot.\r\nJane saw Jane."
    found = json.loads(run("inspect", "score", "-m", "some.npz", "--text", given, "--json", "-q").out)
    score = model.score(given)
    assert score.unseen == ["Spot", "\n"] and score.spelling == pytest.approx((5 + 2) * math.log(12))
    assert score.spelling == pytest.approx(found["spelling"])
    assert score.characters == found["characters"] == len(given) - 1
    assert score.bits_per_character == pytest.approx(found["bits_a_character"], rel=1e-9)
    assert score.perplexity == pytest.approx(found["perplexity"], rel=1e-9)
    assert score.mean == pytest.approx(found["nats"], rel=1e-9)
