"""A model is named by its name, what it is, and where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmgen.shipped import shipped_model
from lstmgen.terminal.model_name import announce_model
from lstmgen.terminal.streams import Messages
from tests.cli.running import Runner, cycle


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("models/abc.npz", "abc (plain RNN 1 x 3, characters, ./models)"),
        ("abc.npz", "abc (plain RNN 1 x 3, characters, this folder)"),
        ("deep/er/abc.npz", "abc (plain RNN 1 x 3, characters, ./deep/er)"),
        ("../abc.npz", "abc (plain RNN 1 x 3, characters, ..)"),
        ("models/ab\x1bc.npz", "ab\\x1bc (plain RNN 1 x 3, characters, ./models)"),
        ("models/abc.old", "abc.old (plain RNN 1 x 3, characters, ./models)"),
    ],
)
def test_by_its_name_and_its_folder(path: str, name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = cycle(["a", "b", "c"])
    model.path = Path(path)
    announce_model(Messages(), model)
    assert capsys.readouterr().err == f"model {name}\n"


def test_one_that_comes_with_the_program(run: Runner) -> None:
    for given in ([], ["-m", "ready"], ["-m", str(shipped_model())]):
        assert run("inspect", "model", *given).err == "model ready (comes with lstmgen; LSTM 1 x 192, characters)\n"
    assert run("inspect", "model", "-m", "lesson").err == "model lesson (comes with lstmgen; LSTM 1 x 5, words)\n"


def test_words_and_no_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce_model(Messages(), cycle(["a", "b"], level="word"))
    announce_model(Messages(quiet=True), cycle(["a", "b"], level="word"))
    assert capsys.readouterr().err == "model without a file (plain RNN 1 x 2, words)\n"
