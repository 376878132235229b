"""Which file a model's name means."""

import os
from pathlib import Path

import pytest

from lstmgen.api import find_model, finding
from lstmgen.errors import UsageError


@pytest.fixture
def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = folder / "elsewhere" / "ready.npz"
    path.parent.mkdir()
    path.touch()
    lesson = path.with_name("lesson.npz")
    lesson.touch()
    monkeypatch.setattr(finding, "shipped_model", lambda: path)
    monkeypatch.setattr(finding, "shipped_lesson", lambda: lesson)
    return path


def put(name: str, age: int = 0) -> Path:
    path = Path("models") / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (1e9 - age, 1e9 - age))
    return path


def test_left_out_it_is_the_newest_and_never_a_state(shipped: Path) -> None:
    assert find_model() == shipped
    old = put("old.npz", age=100)
    assert find_model() == old
    put("old.state.npz")
    put(".new.npz.tmp-1")
    put(".hidden.npz")
    put("notes.txt")
    (Path("models") / "folder.npz").mkdir()
    assert find_model() == old
    new = put("new.npz", age=50)
    assert find_model() == new


def test_a_path_or_a_name(shipped: Path) -> None:
    model = put("tale.npz")
    assert find_model("tale") == model
    assert find_model("tale.npz") == model
    assert find_model("models/tale.npz") == model
    assert find_model(model.absolute()) == model.absolute()
    assert find_model("ready") == shipped
    Path("tale").mkdir()  # a folder is no model
    assert find_model("tale") == model


def test_the_lesson_is_only_taken_by_name(shipped: Path) -> None:
    lesson = shipped.with_name("lesson.npz")
    assert find_model("lesson") == lesson
    assert find_model() == shipped
    Path("models").symlink_to(shipped.parent, target_is_directory=True)  # as in a clone, whose models/ is ours
    os.utime(lesson, (2e9, 2e9))
    assert find_model() == Path("models/ready.npz")


def test_ones_own_lesson_is_a_model_like_any_other(shipped: Path) -> None:
    put("old.npz", age=100)
    own = put("lesson.npz")
    assert find_model() == find_model("lesson") == own


def test_a_slip_of_the_pen(shipped: Path) -> None:
    put("shakespeare.npz")
    with pytest.raises(UsageError) as caught:
        find_model("shakespere")
    assert str(caught.value) == "There is no model 'shakespere'.\nDid you mean 'shakespeare'?"
    with pytest.raises(UsageError) as caught:
        find_model("xyz")
    assert str(caught.value) == (
        "There is no model 'xyz': there is no such file, and none of that name in models/.\n"
        "These exist: shakespeare, ready, lesson."
    )


def test_nothing_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "shipped_model", lambda: None)
    monkeypatch.setattr(finding, "shipped_lesson", lambda: None)
    for name in (None, "xyz"):
        with pytest.raises(UsageError) as caught:
            find_model(name)
        assert str(caught.value).endswith("\nTrain one first: lstmgen train corpus.txt")
