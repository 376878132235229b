"""Two runs on one file: the second is refused at once, whatever it is; on two files both train."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lstmgen
from lstmgen.api import plan_resume, resume
from lstmgen.errors import LstmgenError, UsageError
from lstmgen.training import events
from tests.api.test_training import SMALL, TEXT


@pytest.fixture(autouse=True)
def tale(folder: Path) -> None:
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")


def beside(doing: Callable[[], object], *, at: type[events.Event] = events.Saved, **more: Any) -> list[str | None]:
    """What became of `doing`, in another thread, when a run on a.npz has come to such an event: None or an error."""
    found: list[str | None] = []

    def attempt() -> None:
        try:
            doing()
        except LstmgenError as error:
            found.append(str(error))
        else:
            found.append(None)

    def listen(event: events.Event) -> None:
        if isinstance(event, at) and not found:
            thread = threading.Thread(target=attempt)
            thread.start()
            thread.join()

    lstmgen.train("tale.txt", out="a.npz", steps=6, on_event=listen, **SMALL, **more)
    return found


def refused(name: str) -> str:
    return (
        f"{name} is taken: another lstmgen is training it.\n"
        'Wait until that has ended, or train under another name: out="models/ANOTHER.npz"'
    )


SECOND: dict[str, tuple[Callable[[], object], str]] = {
    "anew": (lambda: lstmgen.train("no such text", out="a.npz", steps=2, **SMALL), "a.npz"),  # nor is it looked for
    "by force": (lambda: lstmgen.train("tale.txt", out="./a.npz", steps=2, force=True, **SMALL), "a.npz"),
    "another way": (lambda: lstmgen.train("tale.txt", out=Path("a.npz").resolve(), steps=2, **SMALL), "{}/a.npz"),
    "going on": (lambda: resume("a.state.npz", steps=20), "a.npz"),
    "going on elsewhere": (lambda: resume("b.state.npz", out="a.npz", steps=20), "a.npz"),
}


@pytest.mark.parametrize("second", SECOND)
def test_the_second_run_is_refused_and_the_first_is_as_if_alone(folder: Path, second: str) -> None:
    alone = lstmgen.train("tale.txt", out="b.npz", steps=6, **SMALL)
    doing, name = SECOND[second]
    assert beside(doing) == [refused(name.format(folder.resolve()))]
    assert (folder / "a.npz").read_bytes()[:4] == b"PK\x03\x04"
    first = lstmgen.load("a.npz")
    assert all((first.file.arrays[n] == alone.file.arrays[n]).all() for n in alone.file.arrays)
    assert sorted(p.name for p in folder.iterdir()) == ["a.npz", "a.state.npz", "b.npz", "b.state.npz", "tale.txt"]


def test_before_the_first_save_too(folder: Path) -> None:
    again = lambda: lstmgen.train("tale.txt", out="a.npz", steps=2, **SMALL)  # noqa: E731
    assert beside(again, at=events.Planned) == [refused("a.npz")]


def test_on_two_files_both_train(folder: Path) -> None:
    assert beside(lambda: lstmgen.train("tale.txt", out="c.npz", steps=2, **SMALL)) == [None]
    assert beside(lambda: lstmgen.train("tale.txt", steps=2, **SMALL), force=True) == [None]  # writes nothing
    assert sorted(p.name for p in folder.iterdir()) == ["a.npz", "a.state.npz", "c.npz", "c.state.npz", "tale.txt"]


def test_a_run_may_be_looked_at_and_gone_on_from_under_another_name(folder: Path) -> None:
    seen: list[events.Event] = []
    assert beside(lambda: plan_resume("a.state.npz", on_event=seen.append)) == [None]
    assert isinstance(seen[-1], events.Resumed)
    assert beside(lambda: resume("a.state.npz", out="d.npz"), force=True) == [None]
    assert lstmgen.load("d.npz").header["training"]["updates"] == 6


def test_a_run_that_failed_keeps_nobody_out(folder: Path) -> None:
    def fail(event: events.Event) -> None:
        raise RuntimeError("told enough")

    with pytest.raises(RuntimeError):
        lstmgen.train("tale.txt", out="new/a.npz", steps=2, on_event=fail, **SMALL)
    with pytest.raises(UsageError):
        lstmgen.train("no such text", out="new/a.npz", steps=2, **SMALL)
    assert sorted(p.name for p in folder.iterdir()) == ["tale.txt"]  # the folder that was made for it is gone again
    lstmgen.train("tale.txt", out="new/a.npz", steps=2, **SMALL)
    assert sorted(p.name for p in (folder / "new").iterdir()) == ["a.npz", "a.state.npz"]


def test_its_lock_is_nothing_that_is_told_of_a_folder_of_texts(folder: Path) -> None:
    seen: list[events.Event] = []
    lstmgen.train(".", out="a.npz", steps=2, on_event=seen.append, **SMALL)
    assert not [event.text for event in seen if isinstance(event, events.Notice) and "kipped" in event.text]


@pytest.mark.skipif(os.name == "nt", reason="an open file is not deleted there")
def test_a_run_whose_folder_was_deleted_gives_way_to_one_that_began_since(folder: Path) -> None:
    """Else the older would put its model in the newer one's place."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    errors: list[str] = []

    def wait(event: events.Event) -> None:
        if isinstance(event, events.Saved) and not begun.is_set():
            begun.set()
            assert go_on.wait(60)

    def first() -> None:
        try:
            lstmgen.train("tale.txt", out="new/a.npz", steps=6, on_event=wait, **SMALL)
        except UsageError as error:
            errors.append(str(error))
        ended.set()

    def let_the_first_go_on(event: events.Event) -> None:
        if isinstance(event, events.Saved) and not go_on.is_set():
            go_on.set()
            assert ended.wait(60)

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    for path in (folder / "new").iterdir():
        path.unlink()
    (folder / "new").rmdir()
    another: dict[str, Any] = SMALL | {"seed": 9}
    lstmgen.train("tale.txt", out="new/a.npz", steps=4, on_event=let_the_first_go_on, **another)
    thread.join()
    assert errors == [refused("new/a.npz")]
    assert lstmgen.load("new/a.npz").header["training"]["seed"] == 9
