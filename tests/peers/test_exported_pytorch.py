"""The exported module and the exported tensors, in PyTorch."""

from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import cycle
from tests.export.differences import equations, largest_difference, zero_states
from tests.export.kinds import KINDS, WORDS, Kind
from tests.peers.exported import imported, module_compute, safetensors_compute

torch = pytest.importorskip("torch")
PLAIN = [kind for kind in KINDS if kind.cell != "peephole" and not kind.skip_sum]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_thousand_steps_and_one_call(kind: Kind, tmp_path: Path) -> None:
    model = kind.model()
    model.export(tmp_path / "m.py")
    assert largest_difference(model, module_compute(tmp_path / "m.py")) < 1e-4


@pytest.mark.parametrize("kind", PLAIN, ids=str)
def test_the_tensors_fit_pytorchs_own_layers(kind: Kind, tmp_path: Path) -> None:
    model = kind.model()
    model.export(tmp_path / "m.py")
    assert largest_difference(model, safetensors_compute(tmp_path / "m.safetensors")) < 1e-4


def test_a_row_starts_anew_at_any_step(tmp_path: Path) -> None:
    model = Kind("gru", 2).model()
    model.export(tmp_path / "m.py")
    ids, states = np.array([[1, 2], [-1, 3], [4, -1], [-1, 5]]), zero_states(model, 2) + np.float32(0.5)
    for ours, theirs in zip(module_compute(tmp_path / "m.py")(ids, states), equations(model)(ids, states), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_step_and_sample(tmp_path: Path) -> None:
    model = Kind("lstm", 2, embedding=5).model()
    model.export(tmp_path / "m.py")
    module = imported(tmp_path / "m.py").load()
    logits, states = module.step([-1])
    exact, after = equations(model)(np.array([[-1]]), zero_states(model))
    np.testing.assert_allclose(logits, exact[0], atol=1e-5)
    np.testing.assert_allclose(module.step([3], states)[0], equations(model)(np.array([[3]]), after)[0][0], atol=1e-5)
    text = module.sample("abc", 20, 0.9, seed=4)
    assert text == module.sample("abc", 20, 0.9, seed=4)
    assert text.startswith("abc") and len(text) == 23
    assert len({module.sample("abc", 20) for _ in range(4)}) > 1


@pytest.mark.parametrize("ends", ["lines", ""])
def test_it_writes_what_the_model_writes(ends: str, tmp_path: Path) -> None:
    model = cycle(["a", "b", "\n"], lines=ends == "lines")
    model.export(tmp_path / "m.py")
    module = imported(tmp_path / "m.py").load()
    wanted = "ab" if ends == "lines" else "ab\nab\nab"
    assert module.sample(length=8, seed=1) == module.sample("", 8, 0) == wanted
    assert module.sample("a", 1, 0) == "ab"


def test_a_text_is_never_empty_and_begins_anew_after_an_end(tmp_path: Path) -> None:
    model = cycle(["a", "b", "\n"], lines=True, first=2)  # whose likeliest first token ends the line
    model.export(tmp_path / "m.py")
    module = imported(tmp_path / "m.py").load()
    assert module.sample(seed=1).startswith(("a", "b"))
    begun = cycle(["a", "b", "\n"], lines=True, first=1)
    begun.export(tmp_path / "m.py")
    assert imported(tmp_path / "m.py").load().sample("b\n", seed=1) == "b\nb"


def test_the_likeliest_is_the_same(tmp_path: Path) -> None:
    model = Kind("lstm", 2, 12, 12, tied=True, level="word").model()
    model.export(tmp_path / "m.py")
    text = imported(tmp_path / "m.py").load().sample("the fox said ", 30, temperature=0)
    assert text == model.sample("the fox said ", length=30, temperature=0)


TEXTS = ["the fox said no.", "the fox, a fox", "no(no", "no.no", "a Jane\nfox  the", "foxes said", "no.  a", "(", ""]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("level", ["word", "token", "char"])
def test_prompts_are_cut_as_here(text: str, level: str, tmp_path: Path) -> None:
    tokens = {"char": list("thefoxsaidnJ.,( \n")}.get(level, WORDS if level == "word" else [t for t in WORDS if t])
    tokens = list(dict.fromkeys(tokens))
    unknown = None if level == "char" else 0
    model = Model.from_arrays(cycle(list("abcdefghijklmnopqrs")[: len(tokens)]).file.arrays, tokens, cell="rnn",
                              level=level, unknown=unknown)  # fmt: skip
    model.export(tmp_path / "m.py")
    assert imported(tmp_path / "m.py").load().encode(text) == model.vocabulary.encode(text)[0].tolist()


def test_half_the_bytes(tmp_path: Path) -> None:
    model = Kind("lstm", 1, 160, 16).model()
    model.export(tmp_path / "m.py", weights="float16")
    assert largest_difference(model, module_compute(tmp_path / "m.py"), steps=50) < 0.02
