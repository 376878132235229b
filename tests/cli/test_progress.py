"""Showing never stops the work: what can no longer be told is dropped, and said where that is news."""

import errno
import io
import sys
from dataclasses import replace

import pytest
from numba.core import event

from lstmgen.cli.progress import JsonDisplay, PlainDisplay
from lstmgen.cli.training_messages import baseline_line
from lstmgen.training import events
from lstmgen.training.ngram_baseline import NgramBaseline

MARK = NgramBaseline(order=7, tokens=500_000, sample_nats=1.5167, sample_bits=2.1881, nats=1.52, bits=2.19)


def evaluated(step: int, validation: float | None, ngram: float | None = 1.5) -> events.Evaluated:
    """After so many updates and half as many seconds."""
    return events.Evaluated(
        step, 100 * step, 0.5, 1.4, validation, validation, True, 2.0, 0.1, 0.0, 0.01, step / 2, 1e5, ngram, 2.1
    )


class Closed(io.StringIO):
    """A stream that takes nothing."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ""),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "The events cannot be written any more ([Errno 28] No space left on device); "
            "training goes on without them.\n",
        ),
    ],
)
def test_events_nobody_takes_are_dropped_and_a_full_disk_is_said_once(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Closed(error))
    show = JsonDisplay()
    for _ in range(2):
        show.show(events.Notice("here"))
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("training", "line"),
    [
        (500_000, "  Baseline, a 7-gram (counting only): validation 1.517, 2.188 bits/char"),
        (10**9, "  Baseline, a 7-gram (counting 500k tokens): validation 1.517, 2.188 bits/char"),
    ],
)
def test_the_n_gram_stands_above_the_table(training: int, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert baseline_line(events.BaselineReady(MARK, training)) == line
    assert len(line) < 80
    show = PlainDisplay()
    show.show(events.BaselineReady(MARK, training))
    show.show(evaluated(10, 1.6))
    assert capsys.readouterr().err.splitlines()[0] == line


@pytest.mark.parametrize(
    ("validation", "ngram", "said"),
    [
        ([1.6, 1.5, 1.49, 1.51, 1.48], 1.5, [3]),  # once, and not at the mark itself
        ([1.4, 1.6, 1.4], 1.5, []),  # gone on with, it was better already
        ([1.6, 1.4], None, []),
        ([None, None], 1.5, []),
    ],
)
def test_the_first_time_below_it_is_told(
    validation: list[float | None], ngram: float | None, said: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    show = PlainDisplay()
    for step, loss in enumerate(validation, 1):
        show.show(evaluated(step, loss, ngram))
    lines = capsys.readouterr().err.splitlines()
    remarks = [k for k, line in enumerate(lines) if line == "  Now better than the baseline."]
    assert [int(lines[k - 1].split()[0]) for k in remarks] == said


def test_a_trial_is_told_once_and_rows_come_about_twenty_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    show = PlainDisplay()
    for k in range(1, 101):
        show.show(replace(evaluated(10 * k, 1.4), fraction=k / 100))
        show.show(events.Trial(step=10 * k, best_step=5, annealed=1.3, projected=1.2, stops=False))
    said = capsys.readouterr().err.splitlines()
    assert sum("has risen since" in line for line in said) == 1
    assert 18 <= sum(line.split()[0].replace(",", "").isdigit() for line in said) <= 22


def test_compiling_is_told_once_where_it_happens(capsys: pytest.CaptureFixture[str]) -> None:
    show = PlainDisplay()
    show.show(events.Compiling())
    with event.trigger_event("numba:compile"):
        pass
    with event.trigger_event("numba:compile"):
        pass
    assert capsys.readouterr().err == "Compiling kernels (first run only), which takes up to a minute.\n"
    show.show(events.Compiled(1.0))
    with event.trigger_event("numba:compile"):
        pass
    assert capsys.readouterr().err == ""
