"""Fixtures: a command line to run, in a folder of its own."""

from pathlib import Path

import pytest

from lstmgen.api import Model
from tests.cli.running import SPOT, Runner
from tests.inspection.traces import model_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "LSTMGEN_DEBUG", "LINES"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path) -> Runner:
    """Runs commands in that folder."""
    return Runner(capsys)


@pytest.fixture
def tale(folder: Path) -> Model:
    """A model of two layers in models/tale.npz."""
    (folder / "models").mkdir()
    model: Model = model_of(sorted(set(SPOT)))
    model.save("models/tale.npz")
    return model
