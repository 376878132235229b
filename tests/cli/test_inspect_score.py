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
    assert "Doug saw Xaver\n" in ran.out
    lines = ran.out.splitlines()
    marks = lines[lines.index("Doug saw Xaver") + 1]
    assert [k for k, mark in enumerate(marks) if mark == "?"] == [9, 11]
    each = math.log2(len(story.vocabulary) + 1)
    assert f"all figures include 2 unseen tokens, {2 * each:.2f} bits in all (all letters alike)" in lines
    assert f"a score charges {each:.2f} bits for each." in ran.err
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
    cycle(["D", "\r", "\n"]).save("returns.npz")
    unlike = run("inspect", "score", "-m", "story", "-m", "returns.npz", "--text", "D\r\n")
    assert unlike.code == 3 and "do not read the same characters" in unlike.err  # line ends are kept by one of them


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


def test_unseen_characters_are_part_of_every_figure(run: Runner, story: api.Model) -> None:
    charge = math.log(len(story.vocabulary) + 1)
    arguments = ("inspect", "score", "-m", "story", "-q", "--text")
    found = json.loads(run(*arguments, "Doug saw Xaver", "--json").out)
    known = json.loads(run(*arguments, "Doug saw aer", "--json").out)
    assert "".join(found["pieces"]) == "Doug saw Xaver" and found["characters"] == found["tokens"] == 14
    assert (found["unseen"], found["unseen_tokens"]) == (["X", "v"], 2)
    assert found["unseen_nats"] == pytest.approx(2 * charge)
    assert [found["token_nats"][9], found["token_nats"][11]] == pytest.approx([charge, charge])
    assert [nats for k, nats in enumerate(found["token_nats"]) if k not in (9, 11)] == known["token_nats"]
    total = sum(known["token_nats"]) + 2 * charge
    assert found["bits_a_character"] == pytest.approx(total / 14 / math.log(2))
    assert found["perplexity"] == pytest.approx(math.exp(total / 14))
    assert found["fresh_windows"]["nats"] == pytest.approx(found["nats"], rel=1e-4)
    for mine, theirs in zip(found["baselines"], known["baselines"], strict=True):
        assert mine["nats"] == pytest.approx((theirs["nats"] * 12 + 2 * charge) / 14)
    ran = run("inspect", "score", "-m", "story", "-m", "words", "--text", "Doug saw Xaver", "-q")  # the same characters
    assert ran.code == 0 and ran.out.startswith("a text · 14 characters")


def test_word_by_word(run: Runner, story: api.Model) -> None:
    given = "Doug saw a ball, Xaver.\n"
    nats = story.score(given).nats
    rows = [("Doug", 0), ("saw", 5), ("a", 9), ("ball", 11), (",", 15), ("Xaver", 17), (".", 22)]
    arguments = ("inspect", "score", "-m", "story", "-q", "--text", given)
    found = json.loads(run(*arguments, "--json").out)["words"]
    assert [(one["word"], one["position"], one["characters"]) for one in found] == [(w, k, len(w)) for w, k in rows]
    sums = [nats[k : k + len(word)].sum() for word, k in rows]
    assert [one["nats"] for one in found] == pytest.approx(sums, rel=1e-5)
    assert [one["bits"] for one in found] == pytest.approx(np.array(sums) / math.log(2), rel=1e-5)
    assert run(*arguments, "--words", "-o", "w.csv").code == 0
    table = list(csv.DictReader(io.StringIO(Path("w.csv").read_text())))
    assert [(row["word"], int(row["position"])) for row in table] == rows
    assert [float(row["bits"]) for row in table] == pytest.approx([one["bits"] for one in found])
    drawn = run(*arguments, "--words", "--sort").out
    order = [rows[k][0] for k in np.argsort(-np.array(sums), kind="stable")]
    assert [line.split()[-1] for line in drawn.splitlines()[1:8]] == order
    assert f'In short: "{order[0]}" at place ' in drawn
    words = json.loads(run("inspect", "score", "-m", "words", "-q", "--text", "Doug saw.", "--json").out)
    assert [(one["word"], one["position"]) for one in words["words"]] == [("Doug", 0), ("saw", 5), (".", 8)]
    assert [one["nats"] for one in words["words"]] == pytest.approx(words["token_nats"])
    assert run(*arguments, "--words", "--lines").code == 2
    assert run("inspect", "score", "-m", "story", "-m", "worse", "--words").code == 2


def test_texts_side_by_side(run: Runner, story: api.Model) -> None:
    texts = {"b.txt": "Jane saw Spot.\n", "a.txt": "xqz Xaver\n", "c.txt": "Doug ran.\n"}
    for name, given in texts.items():
        Path(name).write_text(given)
    files = [part for name in texts for part in ("--file", name)]
    ran = run("inspect", "score", "-m", "story", "-q", *files)
    lines = ran.out.splitlines()
    assert ran.code == 0 and max(map(len, lines)) <= 80
    assert lines[0].split() == ["text", "characters", "bits/char", "perplexity", "unseen"]
    for line, (name, given) in zip(lines[1:4], texts.items(), strict=True):
        score = story.score(given)
        assert line.split()[:3] == [name, str(len(given)), f"{score.bits_per_character:.4f}"]
        assert f" {score.perplexity:.2f} " in f"{line} "
        assert len(line.split()) == 6 + bool(score.unseen)
    assert "In short: a.txt is the hardest, as unsure as among " in ran.out
    found = json.loads(run("inspect", "score", "-m", "story", "-m", "worse", "-q", "--json", *files).out)["texts"]
    assert [(one["text"], one["model"]) for one in found] == [(name, m) for name in texts for m in ("story", "worse")]
    assert run("inspect", "score", "-m", "story", "-q", *files, "-o", "t.csv").code == 0
    table = list(csv.DictReader(io.StringIO(Path("t.csv").read_text())))
    assert [row["text"] for row in table] == list(texts)
    assert float(table[0]["perplexity"]) == pytest.approx(story.score(texts["b.txt"]).perplexity)
    assert run("inspect", "score", "-m", "story", *files, "--lines").code == 2
    assert run("inspect", "score", "-m", "story", *files, "-o", "t.npz").code == 2
