"""`lstmgen list`: every model in models/ and those that come with the program, by their headers alone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from lstmgen.api import Model
from lstmgen.cli import model_list
from lstmgen.durations import spoken_age
from lstmgen.shipped import shipped_model
from tests.cli.running import Runner, cycle

BUNDLED = """\
ready    LSTM 1 x 192     characters  838 KB      0.680  bundled  storybook
lesson   LSTM 1 x 5       words         5 KB      0.174  bundled  childrens-book
"""


def put(name: str, model: Model, age: float, *texts: str, bits: object = 1.25) -> Path:
    """A model in models/ that learned these texts so many seconds ago."""
    model.header["corpus"]["names"] = list(texts)
    model.header["training"]["final_bits_per_character"] = bits
    path = Path("models") / f"{name}.npz"
    path.parent.mkdir(exist_ok=True)
    model.save(path)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


@pytest.fixture
def models(folder: Path) -> None:
    put("old", cycle(["a", "b"]), 3 * 86_400, "letters", "x\x1b.txt")
    put("new", cycle(["a", "b"], level="word"), 125, *"abcde", bits=None)
    (folder / "models" / "broken.npz").write_bytes(b"PK nothing")
    os.utime(folder / "models" / "broken.npz", (1e9, 1e9))
    (folder / "models" / "old.state.npz").write_bytes(b"12345")


def test_a_row_for_each(run: Runner, models: None) -> None:
    ran = run("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "name    network          tokens        size  bits/char  age      text\n"
        "new     plain RNN 1 x 2  words         2 KB          -  2 min    a, b, c and 2 more\n"
        "old     plain RNN 1 x 2  characters    2 KB      1.250  3 days   letters, x\\x1b.txt\n"
        "broken  cannot be used: it is not a model file.\n"
        + BUNDLED.replace("ready   ", "ready  ").replace("lesson   ", "lesson  ")
    )


def test_json(run: Runner, models: None) -> None:
    ran = run("list", "--json")
    assert (ran.code, ran.err) == (0, "")
    new, old, broken, ready, lesson = json.loads(ran.out)["models"]
    assert old.pop("modified").endswith("+00:00") and old == {
        "name": "old", "path": str(Path("models/old.npz")), "bundled": False, "cell": "rnn", "layers": 1, "units": 2,
        "level": "char", "lines": False, "texts": ["letters", "x\x1b.txt"], "bits_per_character": 1.25,
        "bytes": Path("models/old.npz").stat().st_size, "state_bytes": 5, "error": None,
    }  # fmt: skip
    assert (new["level"], new["bits_per_character"], new["state_bytes"]) == ("word", None, None)
    assert (broken["name"], broken["cell"], broken["error"]) == (
        "broken", None, "cannot be used: it is not a model file.",
    )  # fmt: skip
    assert (ready["path"], ready["bundled"], lesson["units"]) == (str(shipped_model()), True, 5)


def test_without_a_folder_those_that_come_with_it(run: Runner) -> None:
    assert [line.split()[0] for line in run("list").out.splitlines()] == ["name", "ready", "lesson"]


def test_none_at_all(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("shipped_model", "shipped_lesson"):
        monkeypatch.setattr(model_list, name, lambda: None)
    ran = run("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "There is no model yet.\nTrain one first: lstmgen train corpus.txt\n"
    assert run("list", "--json").out == '{"models": []}\n'


def test_a_state_under_a_models_name(run: Runner, folder: Path) -> None:
    run("train", "counting", "--steps", "2", "--quiet")
    Path("models/counting.state.npz").rename("models/odd.npz")
    assert "odd       cannot be used: it is a state file under a model's name.\n" in run("list").out


def test_a_terminal_cuts_only_what_comes_last(folder: Path) -> None:
    put("one", cycle(["a", "b"]), 5, "a text with a very long name " * 3)
    for columns in (80, 120):
        lines = model_list.model_table(model_list.listed_models(), columns).splitlines()
        assert max(map(len, lines)) <= columns
    assert lines[1].startswith("one     plain RNN 1 x 2  characters    2 KB      1.250  5 s")


def test_a_narrow_terminal_has_fewer_columns_and_a_line_for_each(models: None) -> None:
    assert model_list.model_table(model_list.listed_models(), 60).splitlines()[:4] == [
        "name    network          bits/char  age      text",
        "new     plain RNN 1 x 2          -  2 min    a, b, c and 2 …",
        "old     plain RNN 1 x 2      1.250  3 days   letters, x\\x1b…",
        "broken  cannot be used: it is not a model file.",
    ]
    lines = model_list.model_table(model_list.listed_models(), 45).splitlines()
    assert lines[0] == "name    network          bits/char  text" and max(map(len, lines)) <= 45


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86_399, "23 h"),
        (86_400, "1 day"), (29.9 * 86_400, "29 days"), (30 * 86_400, "1 month"), (364 * 86_400, "12 months"),
        (365 * 86_400, "1 year"), (900 * 86_400, "2 years"),
    ],
)  # fmt: skip
def test_ages(seconds: float, said: str) -> None:
    assert spoken_age(seconds) == said
