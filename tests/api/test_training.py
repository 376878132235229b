"""Training from Python: nothing is written unless asked, everything is told, an interrupt leaves a state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lstmgen
from lstmgen.api import resume
from lstmgen.errors import InterruptedTraining, UsageError
from lstmgen.training import events

TEXT = "the cat saw the dog and the dog saw the cat. " * 40
pytestmark = pytest.mark.usefixtures("folder")
SMALL: dict[str, Any] = {"hidden_size": 8, "batch_size": 4, "seq_length": 16, "seed": 3, "dropout": 0.1}


def same(a: lstmgen.Model, b: lstmgen.Model) -> bool:
    return all(bool((a.file.arrays[name] == b.file.arrays[name]).all()) for name in a.file.arrays)


def test_a_text_in_memory_becomes_a_model_in_memory(folder: Path) -> None:
    seen: list[events.Event] = []
    model = lstmgen.train(text=TEXT, steps=3, on_event=seen.append, **SMALL)
    assert [path.name for path in folder.iterdir()] == []
    assert model.header["training"]["updates"] == 3
    assert model.path is None
    assert isinstance(seen[-1], events.Finished)
    assert any(isinstance(event, events.Evaluated) for event in seen)
    assert len(model.sample(length=10)) == 10
    assert same(model, lstmgen.train(text=TEXT, steps=3, **SMALL)), "showing must not change the result"


def test_files_are_written_where_out_says(folder: Path) -> None:
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")
    model = lstmgen.train("tale.txt", out="a.npz", steps=2, **SMALL)
    assert sorted(path.name for path in folder.iterdir()) == ["a.npz", "a.state.npz", "tale.txt"]
    assert model.path == Path("a.npz")
    assert same(lstmgen.load("a.npz"), model)
    with pytest.raises(UsageError, match="exists"):
        lstmgen.train("tale.txt", out="a.npz", steps=2, **SMALL)


def test_stopped_and_resumed_is_as_if_never_stopped(folder: Path) -> None:
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")
    whole = lstmgen.train("tale.txt", out="whole.npz", steps=12, **SMALL)
    asked = [False]

    def listen(event: events.Event) -> None:
        asked[0] = asked[0] or (isinstance(event, events.Progress) and event.step >= 1)

    with pytest.raises(InterruptedTraining, match="interrupted after"):
        lstmgen.train("tale.txt", out="part.npz", steps=12, on_event=listen, stop=lambda: asked[0], **SMALL)
    assert lstmgen.load("part.npz").header["training"]["updates"] < 12
    assert same(resume("part.state.npz"), whole)


def test_a_listener_that_fails_leaves_a_state(folder: Path) -> None:
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Evaluated):
            raise RuntimeError("the listener's own")

    with pytest.raises(RuntimeError, match="the listener's own"):
        lstmgen.train("tale.txt", out="a.npz", steps=50, on_event=listen, **SMALL)
    assert resume("a.state.npz").header["training"]["updates"] == 50


def test_what_is_asked_for_wrongly() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'hiden_size'"):
        lstmgen.train(text=TEXT, hiden_size=3)
    for paths, text in ((("a.txt",), "b"), ((), None)):
        with pytest.raises(UsageError, match="one of them"):
            lstmgen.train(*paths, text=text)
    with pytest.raises(UsageError, match="steps must be"):
        lstmgen.train(text=TEXT, steps=0)


def test_a_text_read_otherwise_is_named(folder: Path) -> None:
    Path("tale.txt").write_text(TEXT, encoding="utf-8")
    lstmgen.train("tale.txt", out="a.npz", steps=2, **SMALL)
    for otherwise, said in [
        ({"lines": True}, "This run has lines=False, not lines=True: "),
        ({"min_count": 2}, "This run has no min_count, not min_count=2: "),
        ({"level": "word"}, 'This run has level="char", not level="word": '),
    ]:
        with pytest.raises(UsageError, match=f"^{said}"):
            resume("a.state.npz", steps=4, **otherwise)  # type: ignore[arg-type]
