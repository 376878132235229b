"""Steering the writing: --set-gate and --set-unit."""

import json

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import Runner
from tests.inspection.traces import network_for


@pytest.fixture
def model(folder) -> Model:
    model = Model.from_arrays(dict(network_for("lstm", V=4, H=6, L=2).views), list("abcd"))
    model.save("m.npz")
    return model


WAY = ("sample", "-m", "m.npz", "--seed", "5", "-n", "60", "-q")


def test_it_writes_as_the_clamped_model_does(run: Runner, model: Model) -> None:
    plain = run(*WAY).out
    for options, clamps in (
        (["--set-gate", "f=0"], ["f=0"]),
        (["--set-unit", "0:3=1", "--set-unit", "2=-1", "--set-gate", "0:i=0.5"], ["0:i=0.5", "0:3=1", "2=-1"]),
    ):
        ran = run(*WAY, *options)
        assert ran.code == 0 and ran.err == ""
        assert ran.out == model.clamped(*clamps).sample(seed=5, length=60) + "\n" != plain
    record = json.loads(run(*WAY, "--set-gate", "f=0", "--json").out)
    assert record["held"] == ["1:f=0"]
    assert json.loads(run(*WAY, "--json").out)["held"] == []


def test_a_clamped_unit_decides(run: Runner, folder) -> None:
    """Unit k says token k; clamped far up, it is all that is written."""
    eye, none = 20 * np.eye(3), np.zeros((1, 3, 3))
    arrays = {"layers.0.W": none, "layers.0.U": none, "layers.0.b": np.zeros((1, 3)), "output.W": eye}
    Model.from_arrays({**arrays, "output.b": np.zeros(3)}, list("abc"), cell="rnn").save("u.npz")
    assert run("sample", "-m", "u.npz", "-q", "-n", "9", "--set-unit", "1=3").out == "bbbbbbbbb\n"
    ran = run("sample", "-m", "u.npz", "-q", "--set-gate", "f=0")
    assert ran.code == 2 and "a plain RNN has none" in ran.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set-gate", "x=0"], "There is no gate 'x': the lstm has f, i, o, g."),
        (["--set-gate", "f=nan"], "does not give a number"),
        (["--set-gate", "f=1.01"], "from 0 to 1"),
        (["--set-gate", "3=1"], "Did you mean --set-unit?"),
        (["--set-unit", "f=1"], "Did you mean --set-gate?"),
        (["--set-unit", "6=1"], "There is no unit 6: they are numbered 0 to 5."),
        (["--set-unit", "2:1=1"], "There is no layer 2"),
        (["--set-unit", ""], "does not say what to clamp"),
    ],
)
def test_what_cannot_be_clamped(run: Runner, model: Model, options: list[str], says: str) -> None:
    ran = run(*WAY, *options)
    assert (ran.code, ran.out) == (2, "") and says in ran.err
