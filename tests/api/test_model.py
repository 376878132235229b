"""The Python face of a model, against numbers worked out by hand in numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmgen
from lstmgen.api import Model
from lstmgen.errors import ModelFileError, TextError, UsageError

TOKENS = list("ab c")
V, E, H = 4, 3, 5


def arrays(seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    shapes = {
        "embedding": (V, E),
        "layers.0.W": (4, H, E),
        "layers.0.U": (4, H, H),
        "layers.0.b": (4, H),
        "output.W": (V, H),
        "output.b": (V,),
    }
    return {name: rng.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}


def by_hand(a: dict[str, np.ndarray[Any, Any]], ids: list[int | None]) -> list[np.ndarray[Any, Any]]:
    """Logits after each token, from the textbook's equations in float64; None: nothing read yet."""
    h = c = np.zeros(H)
    found = []
    for token in ids:
        x = np.zeros(E) if token is None else a["embedding"][token].astype(float)
        z = np.einsum("ghd,d->gh", a["layers.0.W"], x) + a["layers.0.U"] @ h + a["layers.0.b"]
        f, i, o = 1 / (1 + np.exp(-z[:3]))
        c = f * c + i * np.tanh(z[3])
        h = o * np.tanh(c)
        found.append(a["output.W"] @ h + a["output.b"])
    return found


@pytest.fixture
def model() -> Model:
    return Model.from_arrays(arrays(), TOKENS)


def test_step(model: Model) -> None:
    expected = by_hand(arrays(), [None, 0, 3])
    state = None
    for token, right in zip((None, "a", 3), expected, strict=True):
        logits, state = model.step(token, state)
        np.testing.assert_allclose(logits, right, rtol=1e-4, atol=1e-5)
    for wrong, said in (("z", "no token 'z'"), (4, "numbered 0 to 3"), (-1, "numbered 0 to 3")):
        with pytest.raises(UsageError, match=said):
            model.step(wrong)


def test_score(model: Model) -> None:
    text = "abc ba" * 60  # longer than what is scored at once
    ids = [TOKENS.index(letter) for letter in text]
    logits = np.array(by_hand(arrays(), [None, *ids[:-1]]))
    nats = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(ids)), ids]
    score = model.score(text[:7] + "Z" + text[7:])
    assert score.tokens == list(text[:7] + "Z" + text[7:])
    assert score.unseen == ["Z"]
    nats = np.insert(nats, 7, np.log(len(TOKENS) + 1))  # not read, but charged
    np.testing.assert_allclose(score.nats, nats, rtol=1e-4, atol=1e-5)
    assert score.mean == pytest.approx(nats.mean(), rel=1e-5)
    assert score.perplexity == pytest.approx(np.exp(nats.mean()), rel=1e-5)
    assert score.bits_per_character == pytest.approx(nats.mean() / np.log(2), rel=1e-5)
    for nothing in ("", "ZZ"):
        with pytest.raises(TextError, match="nothing to score"):
            model.score(nothing)


def test_trace(model: Model) -> None:
    trace = model.trace("ab")
    assert trace.tokens == ["a", "b"]
    assert trace["f"].shape == (2, 1, H)
    np.testing.assert_allclose(trace.logits, by_hand(arrays(), [None, 0, 1])[1:], rtol=1e-4, atol=1e-5)


def test_sample_stream_and_samples_agree(model: Model) -> None:
    text = model.sample("ab", length=30, seed=5, temperature=1.0)
    assert text.startswith("ab")
    assert len(text) == 32
    assert "".join(model.stream("ab", length=30, seed=5, temperature=1.0)) == text
    assert model.samples(3, "ab", length=30, seed=5, temperature=1.0)[0] == text
    assert model.sample("ab", length=30, seed=5, temperature=1.0, echo=False) == text[2:]
    greedy = int(np.argmax(by_hand(arrays(), [None])[0]))
    assert model.sample(length=1, temperature=0) == TOKENS[greedy]
    with pytest.raises(UsageError, match="temperature"):
        model.sample(temperature=-1)
    with pytest.raises(TextError, match="does not know"):
        model.sample("Z", unknown="error")


def test_a_setting_that_is_none_is_refused_with_those_there_are(model: Model) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'lenght'; sampling knows length, temperature, "):
        model.sample("a", lenght=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'lenght'"):
        model.samples(2, lenght=3)


def test_save_and_load_give_the_same_model(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    model.save(path)
    again = lstmgen.load(path)
    assert again.path == model.path == path
    assert again.header == {**model.header, "digest": again.header["digest"]}
    assert again.vocabulary.tokens == TOKENS
    assert all((again.file.arrays[name] == array).all() for name, array in arrays().items())
    assert again.sample("a", length=20, seed=1) == model.sample("a", length=20, seed=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layers.0.U": None}, "layers.0.U is missing or not of the shape"),
        ({"output.b": None}, r"Array output.b is missing; this architecture has \(4,\)"),
        ({"output.b": np.zeros(3)}, r"Array output.b is \(3,\); this architecture has \(4,\)"),
        ({"extra": np.zeros(3)}, r"Array extra is \(3,\); this architecture has no such array"),
        ({"layers.0.W": np.zeros((1, H, E))}, r"Array layers.0.W is \(1, 5, 3\); this architecture has \(4, 5, 3\)"),
    ],
)
def test_arrays_that_do_not_fit_are_named(change: dict[str, Any], said: str) -> None:
    given = {name: array for name, array in {**arrays(), **change}.items() if array is not None}
    with pytest.raises(UsageError, match=said):
        Model.from_arrays(given, TOKENS)


def test_without_output_weights_the_embedding_stands_for_them() -> None:
    given = {name: array for name, array in arrays().items() if name != "output.W"}
    given |= {"embedding": np.full((4, H), 0.5, np.float32), "layers.0.W": np.ones((4, H, H), np.float32)}
    model = Model.from_arrays(given, TOKENS)
    assert model.header["requires"] == ["tied"]
    logits, _ = model.step("a")
    explicit, _ = Model.from_arrays(given | {"output.W": given["embedding"]}, TOKENS).step("a")
    np.testing.assert_array_equal(logits, explicit)


def test_a_vocabulary_that_is_none(tmp_path: Path) -> None:
    model = Model.from_arrays(arrays(), ["a", "b", "c", "dd"])  # at character level, a token is one character
    with pytest.raises(ModelFileError, match="cannot be used"):
        model.sample()


def test_a_shared_model_needs_nothing_beside_it(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "a.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
