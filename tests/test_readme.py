"""The README's code, run as it is written: the Python face, and the numpy reading of a model file."""

import re
from pathlib import Path

import numpy as np
import pytest

import lstmgen
from lstmgen.network import initialise
from lstmgen.settings import Architecture

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
(READING,) = (block for block in BLOCKS if "allow_pickle=False" in block)
(FACE,) = (block for block in BLOCKS if "import lstmgen" in block)


def _model(cell, squashing, E, L, vocabulary, skip_sum=False):
    architecture = Architecture(cell, len(vocabulary), E, 11, L, squashing, E == 11, skip_sum)
    weights = initialise(architecture, np.random.default_rng(5), None)
    for k in range(L):
        for name in architecture.facts.extra:
            lstmgen.network.parameter_views(architecture, weights)[f"layers.{k}.{name}"][:] = 0.3
    arrays = lstmgen.network.parameter_views(architecture, weights)
    return lstmgen.Model.from_arrays(
        arrays, vocabulary, cell=cell, level="char", squashing=squashing, skip_sum=skip_sum
    )


def _run(code, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("cell", "squashing", "E", "L"),
    [("lstm", "tanh", 0, 1), ("lstm", "tanh", 7, 2), ("peephole", "identity", 0, 2), ("peephole", "tanh", 3, 1),
     ("rnn", "tanh", 0, 2), ("rnn", "tanh", 5, 1), ("lstm", "tanh", 11, 2), ("lstm", "tanh", 0, 3),
     ("gru", "tanh", 0, 1), ("gru", "tanh", 5, 2), ("gru", "tanh", 11, 2)],
)  # fmt: skip
def test_the_numpy_reading_computes_our_logits_and_writes(cell, squashing, E, L, tmp_path, monkeypatch, capsys):
    assert len(READING.splitlines()) <= 40
    (tmp_path / "models").mkdir()
    model = _model(cell, squashing, E, L, list("abcde \n"), skip_sum=L == 3 or E == 11)
    model.save(tmp_path / "models" / "storybook.npz")
    names = _run(READING, tmp_path, monkeypatch)
    assert len(capsys.readouterr().out) == 300
    states, found = [(np.zeros(11), np.zeros(11))] * L, []
    ids = [None, 3, 1, 4, 0, 6, 2]
    for token in ids:
        found.append(names["step"](token, states))
    x = np.array([[-1 if token is None else token] for token in ids], np.int32)
    right, _ = model.network.logits(x, model.network.zero_state(1))
    assert np.abs(np.array(found) - right[:, 0]).max() < 1e-5


def test_the_numpy_reading_ends_with_its_document(tmp_path, monkeypatch, capsys):
    (tmp_path / "models").mkdir()
    architecture = Architecture("lstm", 4, 0, 5, 1)
    arrays = lstmgen.network.parameter_views(architecture, initialise(architecture, np.random.default_rng(5), None))
    model = lstmgen.Model.from_arrays(arrays, ["a", "b", "c", "<end>"], end=3)
    model.save(tmp_path / "models" / "storybook.npz")
    names = _run(READING, tmp_path, monkeypatch)
    written = capsys.readouterr().out
    assert names["token"] == 3 and len(written) < 300 and set(written) <= set("abc")


def test_the_python_face_runs_as_written(tmp_path, monkeypatch, capsys):
    names = _run(FACE, tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    assert printed.startswith("The fox")
    assert printed.rstrip().endswith("(21, 1, 64)")
    assert (tmp_path / "models" / "fox.npz").is_file()
    assert lstmgen.load("models/fox.npz").sample("The fox", length=80, seed=1) == names["model"].sample(
        "The fox", length=80, seed=1
    )
