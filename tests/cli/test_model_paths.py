"""Which files train writes and goes on from."""

import os
from pathlib import Path

import pytest

from lstmgen.cli import model_paths
from lstmgen.errors import UsageError


@pytest.mark.parametrize(
    ("corpus", "name"),
    [
        (["tale.txt"], "tale"), (["a/b/tale.txt", "other.txt"], "tale"), (["tale"], "tale"), (["-"], "stdin"),
        ([], "corpus"), ([".hidden"], "hidden"), (["x.state.txt"], "x-state"), (["a.b.txt"], "a.b"),
        (["sub"], "sub"), (["sub/."], "sub"),
    ],
)  # fmt: skip
def test_name_of_a_model(folder: Path, corpus: list[str], name: str) -> None:
    (folder / "sub").mkdir()
    assert model_paths.model_name(corpus) == name


@pytest.mark.parametrize(
    ("out", "target"),
    [(None, "models/tale.npz"), ("x", "x.npz"), ("x.npz", "x.npz"), ("sub", "sub/tale.npz"), ("new/", "new/tale.npz")],
)
def test_target(folder: Path, out: str | None, target: str) -> None:
    (folder / "sub").mkdir()
    assert model_paths.output_path(["tale.txt"], out) == Path(target)


def test_a_state_is_no_target(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        model_paths.output_path(["tale.txt"], "models/a.state.npz")
    assert (
        str(caught.value) == "--out models/a.state.npz is the name of a state file.\nName the model: --out models/a.npz"
    )


@pytest.mark.parametrize("there", ["models/tale.npz", "models/tale.state.npz"])
def test_neither_model_nor_state_is_replaced(folder: Path, there: str) -> None:
    model_paths.refuse_to_replace_run(Path("models/tale.npz"))
    (folder / "models").mkdir()
    (folder / there).touch()
    with pytest.raises(UsageError) as caught:
        model_paths.refuse_to_replace_run(Path("models/tale.npz"))
    assert str(caught.value) == (
        f"{there} already exists.\nContinue it: --resume. Keep both: --out models/ANOTHER.npz. Replace it: --force."
    )


def test_a_place_that_cannot_be_written_is_refused_before_the_work(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(UsageError, match="file is a file, not a folder"):
        model_paths.check_writable(Path("file/sub/a.npz"))
    model_paths.check_writable(Path("new/sub/a.npz"))
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_which_state_goes_on(folder: Path) -> None:
    with pytest.raises(UsageError, match="no run to resume in models/"):
        model_paths.state_to_resume([], None)
    (folder / "models").mkdir()
    for age, name in ((30, "old"), (10, "new"), (0, ".hidden")):
        path = folder / "models" / f"{name}.state.npz"
        path.touch()
        os.utime(path, (1e9 - age, 1e9 - age))
    new, old = Path("models/new.state.npz"), Path("models/old.state.npz")
    assert model_paths.state_to_resume([], None) == (new, [], None)
    assert model_paths.state_to_resume(["old.txt"], None) == (old, ["old.txt"], None)
    assert model_paths.state_to_resume(["old.txt"], "models/old.npz") == (old, ["old.txt"], None)
    assert model_paths.state_to_resume(["old.txt"], "b.npz") == (old, ["old.txt"], Path("b.npz"))
    assert model_paths.state_to_resume([], "models/old") == (old, [], None)
    assert model_paths.state_to_resume(["models/old.npz"], None) == (old, [], None)
    assert model_paths.state_to_resume(["models/old.state.npz"], None) == (old, [], None)
    with pytest.raises(UsageError) as caught:
        model_paths.state_to_resume(["odd.txt"], None)
    assert str(caught.value) == (
        "There is no run to resume: models/odd.state.npz does not exist.\n"
        "These exist: models/new.state.npz, models/old.state.npz; name one with --out."
    )


@pytest.mark.parametrize("out", ["", "  "])
def test_an_empty_name_is_refused(out: str) -> None:
    with pytest.raises(UsageError, match="--out is empty"):
        model_paths.output_path(["tale.txt"], out)
