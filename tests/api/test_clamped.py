"""A model under a steering hand: it writes, scores and is traced, and the model itself stays as it is."""

import numpy as np
import pytest

from lstmgen.api import Model
from lstmgen.errors import UsageError
from tests.inspection.traces import network_for

TEXT = "abcabddc"


@pytest.fixture
def model() -> Model:
    return Model.from_arrays(dict(network_for("lstm", V=4, H=6, L=2).views), list("abcd"))


def test_nothing_clamped_is_the_model(model):
    clamped = model.clamped()
    np.testing.assert_allclose(clamped.score(TEXT).nats, model.score(TEXT).nats, atol=1e-5)
    for name, array in model.trace(TEXT).arrays():
        np.testing.assert_allclose(dict(clamped.trace(TEXT).arrays())[name], array, atol=1e-5)
    assert clamped.sample("ab", seed=3, length=60) == model.sample("ab", seed=3, length=60)
    many = model.samples(5, seed=3, length=20)
    assert clamped.samples(5, seed=3, length=20) == many
    long = "abcd" * 100
    assert clamped.sample(long, seed=1, length=5) == model.sample(long, seed=1, length=5)


def test_what_is_clamped_stays_so(model):
    clamped = model.clamped("f=0.5", "0:i.2=0", "4=1").clamped("0:1=-1")
    trace = clamped.trace(TEXT)
    assert (trace["f"][:, 1] == 0.5).all() and (trace["i"][:, 0, 2] == 0).all()
    assert (trace["h"][:, 1, 4] == 1).all() and (trace["h"][:, 0, 1] == -1).all()
    assert not (trace["f"][:, 0] == 0.5).any()
    assert not np.allclose(clamped.score(TEXT).nats, model.score(TEXT).nats)
    state = clamped.step("a")[1]
    np.testing.assert_array_equal(state[1, 1, 0, 4], 1)
    np.testing.assert_allclose(
        clamped.step("b", state)[0], model.clamped("f=0.5", "0:i.2=0", "4=1", "0:1=-1").step("b", state)[0]
    )


def test_the_model_itself_is_not_touched(model):
    before = model.sample(seed=1, length=40)
    assert model.clamped("f=0").sample(seed=1, length=40) != before
    assert model.sample(seed=1, length=40) == before
    assert not hasattr(model.network, "clamps")


def test_the_later_one_counts(model):
    assert [str(clamp) for clamp in model.clamped("f=0", "1:f=1", "f.2=0").clamps] == ["1:f=1", "1:f.2=0"]


@pytest.mark.parametrize("text", ["x=1", "f=2", "6=1", "2:f=0", "f=nan", "nonsense", "f"])
def test_what_cannot_be_clamped(model, text):
    with pytest.raises(UsageError):
        model.clamped(text)
