"""Files that 0.1.0 wrote are read, written with, scored and gone on with as 0.1.0 itself did it.

Byte equality is promised on one type of CPU only, so numbers are compared to 1e-4. `make.py` made the files.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmgen
from lstmgen.modelfile import read_state
from tests.cli.running import Runner
from tests.golden.make import CELLS, KINDS, expected_of, went_on

FILES = Path(__file__).parent / "files"
EXPECTED: dict[str, Any] = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
every_file = pytest.mark.parametrize(("kind", "cell"), [(kind, cell) for kind in KINDS for cell in CELLS])


def same_numbers(measured: Any, expected: Any) -> None:
    """Equal to 1e-4; what is not a number on one side is none on the other."""
    np.testing.assert_allclose(np.asarray(measured, float), np.asarray(expected, float), rtol=1e-4, atol=1e-4)


def same_run(measured: dict[str, Any], name: str) -> None:
    """The weights at the end, the best ones, and both losses at every evaluation."""
    with np.load(FILES / "resumed.npz", allow_pickle=False) as resumed:
        for part, array in measured.items():
            same_numbers(array, resumed[f"{name}.{part}"])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    """The program, in this process."""
    return Runner(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy, far from where the run began."""
    return Path(shutil.copytree(FILES, tmp_path / "copied"))


def test_every_cell_and_kind_is_there_and_they_stay_small() -> None:
    assert list(EXPECTED) == [f"{kind}-{cell}" for kind in KINDS for cell in CELLS]
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 300_000


@every_file
def test_a_model_is_read_as_it_was_written(kind: str, cell: str) -> None:
    model = lstmgen.load(FILES / f"{kind}-{cell}.npz")
    header, training = model.header, model.header["training"]
    assert model.file.notes == []  # nothing was changed since, nothing is unknown
    assert (header["cell"], header["lines"]) == (cell, kind == "lines")
    assert header["level"] == ("word" if kind == "word" else "char")
    assert header["squashing"] == ("identity" if cell == "peephole" and kind != "char" else "tanh")
    assert header["sizes"]["units"] == 5
    assert (training["lstmgen"], training["seed"]) == ("0.1.0", 3)
    assert training["updates"] == {"char": 38, "word": 40, "lines": 42}[kind]


@every_file
def test_a_model_writes_the_same_texts_and_scores_alike(kind: str, cell: str) -> None:
    expected = {**EXPECTED[f"{kind}-{cell}"]}
    measured = expected_of(kind, FILES / f"{kind}-{cell}.npz")
    same_numbers(measured.pop("nats"), expected.pop("nats"))
    same_numbers(measured.pop("bits_per_character"), expected.pop("bits_per_character"))
    del expected["resumed"]
    assert measured == expected


@every_file
def test_a_run_goes_on_to_the_same_numbers(kind: str, cell: str, folder: Path) -> None:
    name = f"{kind}-{cell}"
    figures, arrays = went_on(folder / f"{name}.state.npz", folder / f"{kind}.txt", kind)
    same_run(arrays, name)
    expected = EXPECTED[name]["resumed"]
    assert (figures["updates"], figures["best_update"]) == (expected["updates"], expected["best_update"]) == (60, 60)
    for loss in ("best_validation", "final_validation"):
        assert (figures[loss] is None) == (kind != "char")
        same_numbers(figures[loss], expected[loss])


def test_the_command_line_goes_on_and_writes_too(folder: Path, monkeypatch: pytest.MonkeyPatch, run: Runner) -> None:
    monkeypatch.chdir(folder)
    name = "lines-peephole"
    written = run("sample", "-m", f"{name}.npz", "--num-samples", "3", "--seed", "5", "--allow-copies")
    assert written.out.split() == EXPECTED[name]["samples"]
    assert run("train", "lines.txt", "--resume", "--out", f"{name}.npz").code == 0
    file, arrays, _ = read_state(folder / f"{name}.state.npz")
    same_run({"state.weights": arrays["weights"], "state.best": arrays["best"]}, name)
    assert file.header["training"]["updates"] == 60
