"""`lstmgen inspect mistakes` as it is typed: counts are those of the text, trained nets are kept only when asked."""

import csv
import importlib
import json
from pathlib import Path

import pytest

from lstmgen.api import Model
from lstmgen.inspect.mistakes.measure import book
from tests.cli.running import Runner
from tests.inspection.test_mistakes import TOKENS, pairs, recount
from tests.inspection.test_unroll import model_of

MODULE = importlib.import_module("lstmgen.api.mistakes")


@pytest.fixture
def nets(folder: Path) -> dict[str, Model]:
    """Two models of the book's words: pairs of words, and an untrained LSTM."""
    (folder / "models").mkdir()
    made = {"pairs": pairs(), "raw": model_of(TOKENS, level="word")}
    for name, model in made.items():
        model.save(f"models/{name}.npz")
    return made


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little training that it takes no time."""
    for name, value in (("_STEPS", 12), ("_UNITS", 8), ("BOOK_SENTENCES", 400), ("_FILLER_SENTENCES", 200)):
        monkeypatch.setattr(MODULE, name, value)
    monkeypatch.setitem(MODULE._PLAIN, "hidden_size", 8)


def test_counts_of_given_models_equal_a_recount(run: Runner, nets: dict[str, Model]) -> None:
    ran = run("inspect", "mistakes", "-m", "pairs", "-m", "raw", "--seed", "4", "--json")
    assert ran.code == 0 and "raining" not in ran.err
    assert ran.err.splitlines() == [
        "model pairs (plain RNN 1 x 5, words, ./models)", "model raw (LSTM 2 x 6, words, ./models)",
    ]  # fmt: skip
    found = json.loads(ran.out)
    assert list(found["book"]) == ["no memory: word pairs", "pairs", "raw"]
    assert found["training"] is None and (found["temperature"], found["min_p"], found["seed"]) == (1.0, 0.0, 4)
    for name, model in nets.items():
        writing = found["book"][name]
        sample = model.sample(length=60_000, temperature=1.0, min_p=0.0, seed=4)
        assert sample.startswith(writing["text"])
        assert writing["text"].count(".") == 1000
        assert writing["counts"] == recount(writing["text"])
        assert sum(writing["counts"].values()) == 1000
    assert found["book"]["raw"]["loss"] > found["book"]["no memory: word pairs"]["loss"] > found["optimum"]


def test_the_table_shows_the_counts(run: Runner, nets: dict[str, Model]) -> None:
    found = json.loads(run("inspect", "mistakes", "-qm", "raw", "--json").out)["book"]["raw"]
    lines = run("inspect", "mistakes", "-qm", "raw").out.splitlines()
    row = next(line for line in lines if line.startswith("raw"))
    assert row.split()[1:] == [*(f"{count:,}" for count in found["counts"].values()), f"{found['loss']:.4f}"]
    assert run("inspect", "mistakes", "-qm", "raw", "-o", "m.csv").code == 0
    rows = list(csv.DictReader(Path("m.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["what"]: int(row["value"]) for row in rows if row["net"] == "raw" and row["of"]} == found["counts"]


def test_trained_on_the_spot(run: Runner, folder: Path, little: None) -> None:
    ran = run("inspect", "mistakes", "--json")
    found = json.loads(ran.out)
    assert ran.code == 0 and list(folder.iterdir()) == []
    assert "Training 8 nets of 8 units, 12 updates each" in ran.err and "not kept (--keep)" in ran.err
    nets = ["plain RNN, 8 units", "LSTM, 8 units"]
    assert list(found["book"])[1:] == nets
    for task in ("fillers", "counting", "reber"):
        assert list(found[task]) == nets
        assert all(0 <= hits <= net["of"] for net in found[task].values() for hits in net["hits"])
    assert all(writing["counts"] == recount(writing["text"]) for writing in found["book"].values())
    assert found["training"]["steps"] == 12
    again = run("inspect", "mistakes", "--quick", "--json")
    assert json.loads(again.out)["book"] == found["book"]  # fixed updates repeat
    assert "Training 2 nets" in again.err and "fillers" not in json.loads(again.out)


def test_kept_nets_are_models_like_any_other(run: Runner, folder: Path, little: None) -> None:
    ran = run("inspect", "mistakes", "--quick", "--keep", "--json")
    kept = sorted(path.name for path in (folder / "models").iterdir())
    assert kept == ["mistakes-lstm.npz", "mistakes-rnn.npz"]
    assert "wrote models/mistakes-lstm.npz" in ran.err
    fresh = json.loads(ran.out)["book"]["LSTM, 8 units"]
    assert json.loads(run("inspect", "mistakes", "-m", "mistakes-lstm", "--json").out)["book"]["mistakes-lstm"] == fresh
    before = (folder / "models/mistakes-lstm.npz").read_bytes()
    refused = run("inspect", "mistakes", "--quick", "--keep")
    assert refused.code == 2 and "already exists" in refused.err
    assert (folder / "models/mistakes-lstm.npz").read_bytes() == before


def test_nets_differ_in_nothing_but_the_cell(monkeypatch: pytest.MonkeyPatch, run: Runner, little: None) -> None:
    asked, train = [], MODULE.train

    def noted(*paths, **settings):
        asked.append((paths, settings))
        return train(*paths, **settings)

    monkeypatch.setattr(MODULE, "train", noted)
    assert run("inspect", "mistakes", "-q", "--seed", "7").code == 0
    assert len(asked) == 8
    for (paths, rnn), (same, lstm) in zip(asked[::2], asked[1::2], strict=True):
        assert paths == same and rnn.pop("cell") == "rnn" and lstm.pop("cell") == "lstm"
        assert rnn == lstm and rnn["seed"] == 7
    assert [paths for paths, _ in asked[4::2]] == [("counting",), ("reber",)]
    assert asked[0][1]["text"] == book(400, 7) and asked[2][1]["text"] == book(200, 7, 32)


def test_a_model_of_something_else_is_refused(run: Runner, nets: dict[str, Model]) -> None:
    model_of(["Doug", "saw", "Jane", "."], level="word").save("other.npz")
    model_of(list("Dougsaw JneSpt.\n"), lines=True).save("lines.npz")
    for name, why in (("other.npz", "never saw 'Spot'"), ("lines.npz", "every line on its own")):
        ran = run("inspect", "mistakes", "-m", "pairs", "-m", name)
        assert (ran.code, ran.out) == (2, "") and why in ran.err


def test_a_model_of_characters(run: Runner, folder: Path) -> None:
    model_of(sorted(set(book(30, 1)))).save("chars.npz")
    found = json.loads(run("inspect", "mistakes", "-qm", "chars.npz", "--json").out)["book"]["chars"]
    assert found["counts"] == recount(found["text"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    (
        (("-m", "pairs", "--keep"), 2, "nothing is trained"),
        (("-m", "gone"), 2, "gone"),
        (("-o", "x.npz"), 2, "must end in"),
        (("--seed", "-1"), 2, "--seed"),
    ),
)
def test_refusals(run: Runner, nets: dict[str, Model], arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = run("inspect", "mistakes", *arguments)
    assert (ran.code, ran.out) == (code, "") and words in ran.err


def test_help_defines_the_mistakes(run: Runner) -> None:
    shown = " ".join(run("inspect", "mistakes", "--help").out.split())
    for words in ("between two full stops", 'two or more "saw" it is a run-on', "with none a fragment", "0.4479"):
        assert words in shown
