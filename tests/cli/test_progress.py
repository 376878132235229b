"""Showing never stops the work: what can no longer be told is dropped, and said where that is news."""

import errno
import io
import sys

import pytest

from lstmgen.cli.progress import JsonLines
from lstmgen.training import events


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
    show = JsonLines()
    for _ in range(2):
        show.show(events.Notice("here"))
    assert capsys.readouterr().err == said
