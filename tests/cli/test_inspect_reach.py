"""`lstmgen inspect reach` as it is typed."""

import json
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from lstmgen.modelfile import make_header
from lstmgen.modelfile.model import ModelFile
from tests.cli.running import Runner
from tests.inspection.wired import delay_network, delayed_ids


@pytest.fixture
def echo(folder: Path) -> Model:
    """A model that repeats what was four letters before, and a text in which that helps."""
    network = delay_network(4, 6)
    header = make_header(network.architecture, level="char", vocabulary=list("abcdef"))
    model = Model(ModelFile(header, dict(network.views)))
    model.save("echo.npz")
    ids = delayed_ids(4, 6, 1200, np.random.default_rng(0))
    Path("text.txt").write_text("".join("abcdef"[k] for k in ids), encoding="utf-8")
    return model


def test_it_sees_four_letters_back(run: Runner, echo: Model) -> None:
    ran = run("inspect", "reach", "-m", "echo.npz", "--file", "text.txt")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "model echo (plain RNN 1 x 24, characters, this folder)\n")
    assert lines[0] == "echo · how far back it sees · 1,200 tokens of your text"
    assert lines[1] == "Uses about 4 characters."
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert "A plain RNN has no gates" in ran.out


def test_every_form(run: Runner, echo: Model) -> None:
    start = ("inspect", "reach", "-m", "echo.npz", "--file", "text.txt", "-q")
    found = json.loads(run(*start, "--json").out)
    assert (found["uses"], [one["k"] for one in found["contexts"]][:3]) == (4, [1, 2, 4])
    for form in ("txt", "svg", "html", "csv", "npz"):
        assert run(*start, "-o", f"r.{form}").code == 0
    with np.load("r.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["above"], [one["above"] for one in found["contexts"]])
    assert Path("r.csv").read_text(encoding="utf-8").startswith("k,above,error,scored,shuffled,shuffled_error,gradient")


def test_refusals(run: Runner, echo: Model) -> None:
    ran = run("inspect", "reach", "-m", "echo.npz", "--text", "abc")
    assert (ran.code, ran.out) == (3, "")
    assert "to look back takes at least 64" in ran.err
    assert run("inspect", "reach", "-m", "echo.npz", "--layer", "1").code == 2
