"""One model used from several threads at once: every number and every text is what one thread alone gets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.api import Model, load, train
from lstmgen.api.copies import are_training_lines, copies_in_samples
from lstmgen.deprecated import Renamed
from lstmgen.inspect.predictions.measure import predict
from lstmgen.inspect.reach.sensitivity import input_gradients
from lstmgen.inspection.passage import read_passage
from lstmgen.network import Network

THREADS, CALLS = 8, 24
FEWER = {"weights": 4}  # calls: half a second each, for eigenvalues
VERSE = "The fox said: the moon is in the well, and the well is in the moon. "


def text_of(k: int) -> str:
    """A text of its own for each call, some of one length: 8 tokens, 61, or more than a window."""
    return f"{k} {VERSE[k:] * 9}"[: (8, 61, 300)[k % 3]]


def scored(model: Model, k: int) -> Any:
    score = model.score(text_of(k))
    return score.nats, score.bits_per_character, score.unseen


def stepped(model: Model, k: int) -> Any:
    found, state = [], None
    for token in (None, *text_of(k)[2:8]):
        logits, state = model.step(token, state)
        found.append(logits)
    return found, state


def traced(model: Model, k: int) -> Any:
    return dict(model.trace(text_of(k)).arrays())


def written(model: Model, k: int) -> Any:
    request = model.request(text_of(k)[2:], length=k, seed=k)
    return request.notes, "".join(piece.text for piece in model.write(request))


def looked_into(model: Model, k: int) -> Any:
    passage = read_passage(model.vocabulary, [text_of(k)])
    gradients = input_gradients(model.network, passage.ids[:-1, None], passage.ids[-1:])
    return gradients, vars(predict(model.network, passage, 3))


USES: dict[str, Callable[[Model, int], Any]] = {
    "score": scored,
    "trace": traced,
    "step": stepped,
    "write request": written,
    "sample": lambda model, k: model.sample(text_of(k)[2:], length=5 + k, seed=k),
    "samples": lambda model, k: model.samples(1 + k % 12 * 3, "The ", length=20, seed=k),
    "stream": lambda model, k: list(model.stream("The ", length=20 + k, seed=k, top_p=0.9)),
    "clamped clamps": lambda model, k: scored(model.clamped("f.3=0"), k),
    "measures": looked_into,
    "weights": lambda model, k: model.weights().text(),
    "gates predictions unroll card training steps": lambda model, k: [
        view.text()
        for view in (
            model.gates(text_of(k)),
            model.predictions(text_of(k)),
            model.unroll(text_of(k)),
            model.card(),
            model.training(),
            model.steps(text_of(k)),
        )
    ],
    "network header history lines document_end vocabulary ready": lambda model, k: (
        model.network.parameters.sum(),
        model.header["cell"],
        len(model.history),
        model.lines,
        model.document_end,
        model.vocabulary.encode(text_of(k)),
        model.ready(),
    ),
    "adapting": lambda model, k: model.score(text_of(k), adapt=True).nats,
    "adapted": lambda model, k: model.adapted(text_of(k)).sample("The ", length=12, seed=k),
}


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal to the last bit."""
    if isinstance(one, np.ndarray):
        return one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.fixture(autouse=True)
def threads_that_change_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def different(model: Model, again: Model, use: Callable[[Model, int], Any], calls: int = CALLS) -> int:
    """How many of a use's results are other ones with eight threads."""
    right = [use(model, k) for k in range(calls)]
    with ThreadPoolExecutor(THREADS) as pool:
        got = list(pool.map(lambda k: use(again, k), range(calls)))
    return calls - sum(map(same, right, got))


@pytest.mark.parametrize("name", USES)
def test_eight_threads_get_what_one_gets(name: str) -> None:
    assert different(load("ready"), load("ready"), USES[name], FEWER.get(name, CALLS)) == 0


def test_every_use_beside_every_other() -> None:
    uses = [use for name, use in USES.items() if name != "adapted"]
    assert different(load("ready"), load("ready"), lambda model, k: uses[k % len(uses)](model, k)) == 0


def test_beside_ngrams(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text(VERSE * 20, encoding="utf-8")
    one, again = (load("ready").mixed(0.3, str(corpus)) for _ in range(2))

    def use(model: Model, k: int) -> Any:
        return model.score(text_of(k)).nats, model.sample("The ", length=k % 9, seed=k)

    assert different(one, again, use) == 0


def test_copies_of_the_training_text(tmp_path: Path) -> None:
    corpus = tmp_path / "names.txt"
    corpus.write_text("".join(f"name {k}\n" for k in range(100, 300)), encoding="utf-8")
    trained = train(corpus, lines=True, steps=3, hidden_size=16, seed=1, out=tmp_path / "names.npz")
    lines = ["name 123", "name 999"]

    def use(model: Model, k: int) -> Any:
        found = copies_in_samples(model, [line + "\n" for line in lines])
        return found, are_training_lines(model, lines), model.samples(3, length=9, seed=k, novel=4, allow_copies=False)

    assert are_training_lines(trained, lines) == [True, False]
    assert different(trained, load(tmp_path / "names.npz"), use) == 0


def test_calls_that_each_take_several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    one, again = load("ready"), load("ready")
    again.network = Network(one.network.architecture, one.network.parameters, threads=3)
    for name in ("_SMALL_FLOP", "_SMALL_SAMPLING", "_SMALL_SHARING"):
        monkeypatch.setattr(f"lstmgen.network.network.{name}", 0.0)

    def use(model: Model, k: int) -> Any:
        x = np.full((12, 5), k, np.int32)
        return model.network.losses(x, x, model.network.zero_state(5)), model.samples(1 + k % 12, length=9, seed=k)

    assert different(one, again, use) == 0


def test_trainings_side_by_side() -> None:
    def weights(seed: int) -> bytes:
        return train(text=VERSE * 9, steps=3, hidden_size=16, seed=seed).network.parameters.tobytes()

    right = list(map(weights, range(4)))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(weights, range(4))) == right


def test_every_public_part_of_a_model_is_among_these() -> None:
    elsewhere = {"mixed", "save", "from_arrays"}  # above; below; makes a model, uses none
    slow = {"units", "reach", "report", "mistakes", "text_to_score", "export"}  # made of the same measures
    owned = {"inference", "name"}  # plain attributes
    used = {part for name in USES for part in name.split()}
    parts = {
        name
        for kind in Model.__mro__[:-1]
        for name, part in vars(kind).items()
        if not name.startswith("_") and not isinstance(part, Renamed)
    }
    assert parts - elsewhere - slow - owned <= used


def test_saved_by_several_threads(tmp_path: Path) -> None:
    model, paths = load("ready"), [tmp_path / f"{k}.npz" for k in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(model.save, paths))
    assert {path.read_bytes() for path in paths} == {paths[0].read_bytes()}
    assert load(paths[0]).sample(length=9, seed=1) == load("ready").sample(length=9, seed=1)


def test_a_network_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, made = load("ready"), []
    make = Model._made_network
    monkeypatch.setattr(Model, "_made_network", lambda model: made.append(1) or make(model))
    with ThreadPoolExecutor(THREADS) as pool:
        networks = set(pool.map(lambda _: id(model.network), range(THREADS)))
    assert len(networks) == len(made) == 1


def test_work_spaces_are_kept_for_one_thread_only() -> None:
    network, x = Network(load("ready").network.architecture, threads=2), np.zeros((9, 2), np.int32)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda k: network.advance(x[: k + 1], network.zero_state(2)), range(THREADS)))
    assert len(network._spaces.free) <= 3
    before = list(network._spaces.free)
    last = before[-1]
    network.losses(x[: last.T], x[: last.T], network.zero_state(2))
    assert set(map(id, network._spaces.free)) == set(map(id, before))
    assert network._spaces.free[-1] is last


def test_a_broken_call_leaves_no_work_space_to_others() -> None:
    network, x = Network(load("ready").network.architecture), np.zeros((4, 2), np.int32)

    def stop() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        network.losses(x, x, network.zero_state(2), stop=stop)
    assert network._spaces.free == []
