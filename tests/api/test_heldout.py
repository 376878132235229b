"""The held-out part is read again where the text still is, and only if it is the same."""

from pathlib import Path

import numpy as np
import pytest

import lstmgen
from lstmgen.api.measured import validation_ids

TEXT = "".join(np.random.default_rng(0).choice(list("abcde \n"), 3000))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of a text of 3,000 characters, in a folder with it."""
    folder = tmp_path_factory.mktemp("held")
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")
    return folder, lstmgen.train(
        folder / "tale.txt", steps=1, hidden_size=4, seed=1, validation=0.05, out=folder / "tale.npz", threads=1
    )


def test_the_end_of_the_text(trained, monkeypatch):
    folder, model = trained
    assert model.vocabulary.decode(validation_ids(model)) == TEXT[-150:]
    again = lstmgen.load(folder / "tale.npz")
    monkeypatch.chdir(folder)
    assert again.vocabulary.decode(validation_ids(again)) == TEXT[-150:]


def test_gone_or_changed(trained, tmp_path, monkeypatch):
    folder, _ = trained
    monkeypatch.chdir(tmp_path)
    Path("tale.npz").write_bytes((folder / "tale.npz").read_bytes())
    model = lstmgen.load("tale.npz")
    assert validation_ids(model) is None
    Path("tale.txt").write_text(TEXT + "x", encoding="utf-8")
    assert validation_ids(model) is None
    Path("tale.txt").write_text(TEXT, encoding="utf-8")
    assert len(validation_ids(model)) == 150


def test_lines_and_models_without_a_text():
    model = lstmgen.train("names", steps=1, hidden_size=4, seed=1, threads=1)
    lines = model.vocabulary.decode(validation_ids(model)).split("\n")
    assert len(lines) > 100 and lines[-1] == ""
    empty = lstmgen.Model.from_arrays(
        {"layers.0.W": np.zeros((1, 2, 2)), "layers.0.U": np.zeros((1, 2, 2)), "layers.0.b": np.zeros((1, 2)),
         "output.W": np.zeros((2, 2)), "output.b": np.zeros(2)}, ["a", "b"], cell="rnn",
    )  # fmt: skip
    assert validation_ids(empty) is None
