"""Validation on the way: the same tokens every time, read as in training, agreeing with one stream at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.modelfile import architecture_of
from lstmgen.network import Network, transfer_parameters
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.standard_errors import standard_error
from lstmgen.text import Corpus, load_corpus, load_text
from lstmgen.training import StopFlag, train
from lstmgen.training import validation as S  # noqa: N812
from lstmgen.training.validation import score_validation, temporary_weights
from tests.training.runs import corpus, finish

RNG = np.random.default_rng(5)


def entries(many: int) -> list[str]:
    """Lines in which nearly everything follows from how they began: a network is sure of them, or quite lost."""
    kinds = ["alpha: opening the gate of tower", "omega: closing the door of cellar", "delta: 7654321 0123456 of"]
    return [f"{kinds[RNG.integers(3)]} {RNG.integers(100_000)}." for _ in range(many)]


def lines(many: int, **how: Any) -> Corpus:
    return load_text("\n".join(entries(many)) + "\n", lines=True, **how)


def prose(many: int, **how: Any) -> Corpus:
    return load_text("\n".join(entries(many)) + "\n", **how)


def folder(path: Path, many: int, **how: Any) -> Corpus:
    for k in range(many):
        (path / f"{k:03}.txt").write_text("\n".join(entries(4)) + "\n", encoding="utf-8")
    return load_corpus([str(path)], **how)


def network_of(c: Corpus, steps: int = 150) -> Network:
    """Trained until it is sure."""
    how = TrainingSettings(steps=steps, seq_length=32, batch_size=8, seed=1, threads=1)
    model = finish(train(c, ModelSettings(hidden_size=24), how, samples=False)).model

    sizes = architecture_of(model.header)
    weights = np.zeros(sizes.parameter_count(), np.float32)
    transfer_parameters(sizes, weights, model.arrays)
    return Network(sizes, weights)


KINDS: dict[str, Callable[[Path], Corpus]] = {
    "lines, small part": lambda path: lines(400),
    "lines, large part": lambda path: lines(1_500, validation=0.5),
    "lines, words": lambda path: lines(1_200, level="word", validation=0.3),
    "files": lambda path: folder(path, 150, validation=0.5),
    "prose, small part": lambda path: prose(900),
    "prose, the end": lambda path: prose(900, validation=0.4),
    "prose, words": lambda path: prose(1_200, level="word", validation=0.5),
}


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_way_and_in_one_stream_agree(kind: str, tmp_path: Path) -> None:
    """Rows that began in the middle of a line had 0.014 to 0.17 nats more than the stream here."""
    c = KINDS[kind](tmp_path)
    net, stop = network_of(c), StopFlag()
    whole, subset = score_validation(net, c, stop), S.validation_subset(c, 10**9)
    assert whole is not None
    assert subset is not None
    assert subset.count == len(c.validation)
    assert subset.score(net, stop).nats == pytest.approx(whole.nats, abs=0.01)
    some = S.validation_subset(c, 1_500)
    assert some is not None
    nats = some.nats(net, stop)
    assert nats.mean() == pytest.approx(whole.nats, abs=0.01 + 3.0 * standard_error(nats))


def test_a_subset_is_a_fixed_part() -> None:
    c = corpus(60_000)
    small, whole = S.validation_subset(c, 1_100), S.validation_subset(c, 10**9)
    assert small is not None
    assert whole is not None
    assert small.count == 1_100
    assert len(small.first) == 2
    assert (whole.ids[whole.scored] == c.validation).all()
    net = network_of(c, 1)
    before = net.parameters.copy()
    assert small.score(net, StopFlag()) == small.score(net, StopFlag())
    assert (net.parameters == before).all()
    assert S.validation_subset(corpus(500), 512) is None


def test_of_lines_whole_ones_are_taken() -> None:
    c = corpus(60_000, lines=True)
    some = S.validation_subset(c, 800)
    assert some is not None
    assert 400 < some.count < 1_200
    assert some.scored.all()
    assert np.isin(some.first, some.starts).all()
    assert all(c.vocabulary.decode(some.ids[[end - 1]]) == "\n" for end in some.starts[1:])


def test_a_row_inside_a_document_begins_where_a_text_may_and_warms_up() -> None:
    c = corpus(60_000, validation=0.5)
    some = S.validation_subset(c, 4_096)
    assert some is not None
    assert len(some.first) == 8
    assert some.scored[: some.first[1]].all()  # the first row begins with the part itself
    for begin in some.first[1:]:
        warm = int(np.argmax(some.scored[begin:]))
        assert S.STATE_WARM_UP <= warm <= S.MAX_LOOK_BACK
        text, whole = (c.vocabulary.decode(ids) for ids in (some.ids[begin : begin + warm + 40], c.validation))
        assert whole.count(text) == 1
        assert whole[whole.index(text) - 1] == "\n"


@settings(max_examples=60)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=60), st.integers(1, 20_000), st.booleans())
def test_every_scored_token_is_of_the_part_and_none_twice(lengths: list[int], limit: int, as_lines: bool) -> None:
    text = "\n".join("ab"[k % 2] * n for k, n in enumerate(lengths)) + "\n" + "".join(f"end {k}.\n" for k in range(250))
    c = load_text(text, lines=as_lines, validation=0.5)
    some = S.validation_subset(c, limit)
    assert some is not None
    assert 1 <= some.count <= len(c.validation)
    assert (np.diff(some.first) > 0).all()
    assert some.first[0] == 0
    assert np.isin(some.first, some.starts).all()
    rows = list(S.row_windows(some.ids, some.starts, some.first, S.VALIDATION_WINDOW))
    assert sum(int((y >= 0).sum()) for _, y in rows) == len(some.ids)
    if limit >= len(c.validation):
        assert (some.ids[some.scored] == c.validation).all()


def test_warming_up_is_forgotten_by_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer warm-up changes nothing that shows: 128 tokens are enough for the states."""
    c = prose(900, validation=0.4)
    net, stop = network_of(c), StopFlag()
    usual = S.validation_subset(c, 3_000)
    monkeypatch.setattr(S, "STATE_WARM_UP", 1_000)
    monkeypatch.setattr(S, "MAX_LOOK_BACK", 4_000)
    longer = S.validation_subset(c, 3_000)
    assert usual is not None
    assert longer is not None
    assert len(longer.ids) > len(usual.ids)
    assert usual.score(net, stop).nats == pytest.approx(longer.score(net, stop).nats, abs=0.003)
    with temporary_weights(net, net.parameters.copy()):
        assert usual.nats(net, stop) == pytest.approx(longer.nats(net, stop), abs=0.5)
