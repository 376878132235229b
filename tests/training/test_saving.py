"""A save that fails is tried once more; a folder that is gone is made again; files stay where the run began."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from lstmgen.errors import ResourceError
from lstmgen.modelfile import writer
from lstmgen.training import checkpoint, train
from lstmgen.training import events as E  # noqa: N812
from tests.training.runs import TINY, Clock, corpus_file, finish, go_on, members, settings

FAULTS = {
    "full": OSError(errno.ENOSPC, "No space left on device"),
    "permission": PermissionError(errno.EACCES, "Permission denied"),
    "gone": FileNotFoundError(errno.ENOENT, "No such file or directory"),
}


class Failing:
    """Opens the files to be written, but fails the first few times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.fault, self.pauses = 0, FAULTS["full"], list[float]()
        monkeypatch.setattr(checkpoint.time, "sleep", self.pauses.append)
        for function in (writer.write_model, writer.write_state):
            monkeypatch.setitem(function.__kwdefaults__, "open_file", self)

    def __call__(self, path: Path) -> BinaryIO:
        if self.left:
            self.left -= 1
            raise self.fault
        return path.open("xb")


def followed(out: Path, corpus: Any, at_the_first_save: Callable[[], object], steps: int = 100) -> list[E.Event]:
    """All events of a run, at whose first save something happens; it saves often, by its clock."""
    found: list[E.Event] = []
    for event in train(corpus, TINY, settings(steps=steps), out, now=Clock(3.0)):
        if isinstance(event, E.Saved) and not any(isinstance(e, E.Saved) for e in found):
            at_the_first_save()
        found.append(event)
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_a_save_that_fails_once_is_made_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    _, c = corpus_file(tmp_path)
    out, failing = tmp_path / "m.npz", Failing(monkeypatch)
    failing.fault = FAULTS[fault]
    heard = followed(out, c, lambda: setattr(failing, "left", 1))
    assert isinstance(heard[-1], E.Finished)
    assert failing.left == 0
    assert failing.pauses == [checkpoint.RETRY_PAUSE]
    notices = [event.text for event in heard if isinstance(event, E.Notice)]
    state = tmp_path / "m.state.npz"
    reason = FAULTS[fault].strerror
    assert notices == [f"Saving succeeded only at the second attempt: cannot write {state}: {reason}."]
    finish(train(c, TINY, settings(steps=100), tmp_path / "straight.npz", now=Clock(3.0)))
    assert members(out) == members(tmp_path / "straight.npz")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "m.npz", "m.state.npz", "story.txt", "straight.npz", "straight.state.npz",
    ]  # fmt: skip


def test_twice_is_the_end_and_what_was_saved_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, c = corpus_file(tmp_path)
    out, failing = tmp_path / "m.npz", Failing(monkeypatch)
    with pytest.raises(ResourceError, match="No space left"):
        followed(out, c, lambda: setattr(failing, "left", 2))
    assert failing.left == 0
    assert len(failing.pauses) == 1
    go_on(out)
    finish(train(c, TINY, settings(steps=100), tmp_path / "straight.npz", now=Clock(3.0)))
    assert members(out) == members(tmp_path / "straight.npz")


@pytest.mark.skipif(os.name == "nt", reason="an open file is not deleted there")
def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    _, c = corpus_file(tmp_path)
    out = tmp_path / "models" / "deep" / "m.npz"
    heard = followed(out, c, lambda: shutil.rmtree(tmp_path / "models"), steps=24)
    assert isinstance(heard[-1], E.Finished)
    assert sorted(p.name for p in out.parent.iterdir()) == ["m.npz", "m.state.npz"]
    finish(train(c, TINY, settings(), tmp_path / "straight.npz", now=Clock(3.0)))
    assert members(out) == members(tmp_path / "straight.npz")


def test_files_stay_where_the_run_began_whatever_becomes_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, c = corpus_file(tmp_path)
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    heard = followed(Path("m.npz"), c, lambda: os.chdir(tmp_path / "there"), steps=24)
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert end.path == Path("m.npz")  # as it was asked for
    assert list((tmp_path / "there").iterdir()) == []
    finish(train(c, TINY, settings(), tmp_path / "straight.npz", now=Clock(3.0)))
    assert members(tmp_path / "here" / "m.npz") == members(tmp_path / "straight.npz")
