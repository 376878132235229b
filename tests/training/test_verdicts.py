"""Texts on which a run was once said to overfit, or its output layer was scaled by half, without a true reason."""

from __future__ import annotations

import numpy as np
import pytest

from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.text import load_text
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import train


def log(lines: int) -> str:
    """Entries of a program: a network is sure of most of each, and of nothing at its numbers."""
    rng = np.random.default_rng(11)
    kinds = ["node: added block {} of size {}", "peer: sent block {} of size {}", "disk: freed {} bytes after {} ms"]
    return "".join(
        f"log {rng.integers(10**6):06} INFO {kinds[rng.integers(3)].format(*rng.integers(10**9, size=2))}\n"
        for _ in range(lines)
    )


def poems(lines: int) -> str:
    """Lines of Han characters, each as likely as its place in the list allows."""
    rng = np.random.default_rng(12)
    likely = 1.0 / np.arange(1, 801)
    return "".join(
        "".join(chr(0x4E00 + k) for k in rng.choice(800, 7, p=likely / likely.sum())) + "。\n" for _ in range(lines)
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lines_that_end_in_numbers_are_not_overfitted_by_a_pass_or_two(seed: int) -> None:
    """Rows that began in the middle of an entry made the figure rise as the network grew surer."""
    how = TrainingSettings(steps=240, seed=seed, threads=1)
    heard = list(train(load_text(log(1_200), lines=True), ModelSettings(hidden_size=48), how, samples=False))
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert not end.stopped_early
    assert end.step == 240
    assert 0.85 < end.temperature < 1.2
    assert end.validation is not None
    best = [e.best for e in heard if isinstance(e, E.Evaluated)][-1]
    assert best == pytest.approx(end.validation, abs=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_text_that_was_not_read_once_is_not_known_by_heart(seed: int) -> None:
    how = TrainingSettings(steps=300, seed=seed, threads=1, seq_length=32, batch_size=8, learning_rate=0.03)
    heard = list(train(load_text(poems(12_000)), ModelSettings(hidden_size=16), how, samples=False))
    assert not [e for e in heard if isinstance(e, E.EarlyStop | E.Trial)]
    assert isinstance(heard[-1], E.Finished)
    assert heard[-1].step == 300
    assert heard[-1].passes < 1.0
