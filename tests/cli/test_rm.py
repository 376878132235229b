"""`lstmgen rm`: what a name stands for goes, after somebody has said yes; nothing else ever does."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from lstmgen.modelfile import OutputLock
from lstmgen.shipped import shipped_model
from tests.cli.running import COMMAND, Runner, cycle, environment


@pytest.fixture
def models(folder: Path) -> Path:
    """Two models, one with a state, and a damaged one."""
    (folder / "models").mkdir()
    cycle(["a", "b"]).save("models/one.npz")
    cycle(["a", "b"]).save("models/two.npz")
    Path("models/one.state.npz").write_bytes(b"12345")
    Path("models/cut.npz").write_bytes(Path("models/two.npz").read_bytes()[:900])
    return folder / "models"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


ALL = ["cut.npz", "one.npz", "one.state.npz", "two.npz"]


def test_a_model_goes_with_its_state(run: Runner, models: Path) -> None:
    ran = run("rm", "one", "--yes")
    state, model = Path("models/one.state.npz"), Path("models/one.npz")
    assert (ran.code, ran.out, ran.err) == (0, "", f"removed {state}\nremoved {model}\n")
    assert left(models) == ["cut.npz", "two.npz"]


@pytest.mark.parametrize(
    "names", [["two", "cut"], ["models/two.npz", "models/cut.npz"], ["two", "two", "./models/cut.npz"]]
)
def test_several_and_damaged_ones(run: Runner, models: Path, names: list[str]) -> None:
    ran = run("rm", *names, "-y", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert left(models) == ["one.npz", "one.state.npz"]


@pytest.mark.parametrize("name", ["one", "one.state", "models/one.state.npz", "one.npz"])
def test_a_state_that_was_left_alone(run: Runner, models: Path, name: str) -> None:
    Path("models/one.npz").unlink()
    assert run("rm", name, "--yes").code == 0
    assert left(models) == ["cut.npz", "two.npz"]


def test_where_nobody_can_be_asked_nothing_goes(run: Runner, models: Path) -> None:
    ran = run("rm", "one")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("Error: Nobody can be asked here whether to remove this for good.\nSay so beforehand: --yes\n")
    assert left(models) == ALL


def test_all_or_none(run: Runner, models: Path) -> None:
    ran = run("rm", "one", "tow", "--yes")
    assert (ran.code, ran.err) == (2, "Error: There is no model 'tow'.\nDid you mean 'two'?\n")
    assert left(models) == ALL


def test_what_comes_with_the_program_stays(run: Runner, models: Path) -> None:
    shipped = shipped_model()
    for name in ("ready", str(shipped)):
        ran = run("rm", name, "--yes")
        assert (ran.code, ran.err) == (
            2, "Error: ready comes with lstmgen and stays.\nRemove models that you have trained.\n",
        )  # fmt: skip
    assert shipped is not None and shipped.is_file()


def test_other_files_stay(run: Runner, models: Path) -> None:
    Path("data.npz").write_bytes(b"PK\x03\x04 of somebody else")
    ran = run("rm", "data.npz", "--yes")
    assert (ran.code, ran.err) == (
        2,
        "Error: data.npz cannot be used: its end is missing.\nOnly models are removed; remove other files yourself.\n",
    )
    assert Path("data.npz").is_file()


def test_a_model_in_training_stays(run: Runner, models: Path) -> None:
    with OutputLock(Path("models/one.npz"), Path("models/one.state.npz")):
        ran = run("rm", "two", "one", "--yes")
    assert (ran.code, ran.err) == (
        2,
        f"Error: {Path('models/one.npz')} is being trained now.\n"
        "Stop that run first (Ctrl-C where it runs), then remove the model.\n",
    )
    assert left(models) == ALL


def test_a_link_goes_and_not_what_it_leads_to(run: Runner, models: Path) -> None:
    Path("models/link.npz").symlink_to("two.npz")
    assert run("rm", "link", "--yes").code == 0
    assert left(models) == ALL


@pytest.mark.parametrize(
    ("answer", "gone"), [("y\r", True), ("YES\r", True), ("\r", False), ("no\r", False), ("\x04", False)]
)
def test_it_asks(models: Path, answer: str, gone: bool) -> None:
    program, *arguments = COMMAND
    child = pexpect.spawn(
        program, [*arguments, "rm", "one"], cwd=str(models.parent), env=environment(), encoding="utf-8", timeout=60
    )
    child.expect_exact("Remove? [y/N] ")
    assert str(child.before).splitlines() == [
        "This will be removed for good:", "  models/one.state.npz (0 KB)", "  models/one.npz (2 KB)",
    ]  # fmt: skip
    assert left(models) == ALL
    child.send(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert ("one.npz" in left(models), "one.state.npz" in left(models)) == (not gone, not gone)
    assert ("Nothing was removed." in str(child.before)) is not gone
