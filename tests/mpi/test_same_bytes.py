"""One file comes out, byte for byte, on 1, 2 and 4 processes, resumed on fewer or more of them or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstmgen.modelfile import read_model
from tests.mpi.launch import open_mpi_5, run
from tests.training.runs import members, text

TRAIN = ["train", "story.txt", "--hidden-size", "32", "--num-layers", "2", "--batch-size", "8", "--seq-length", "16",
         "--seed", "1", "--dropout", "0.2", "--weight-drop", "0.2", "--threads", "1", "--quiet"]  # fmt: skip
STEPS = 40
STATE = tuple(f"state.{name}" for name in ("weights", "best", "first", "second", "carried"))


def trained(processes: int, folder: Path, name: str, *more: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Arrays of the model and of the state, `clock` apart."""
    ran = run(processes, [*TRAIN, "-o", name, "--shards", "4", *more], folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return found(folder, name)


def found(folder: Path, name: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    state = members(folder / name.replace(".npz", ".state.npz"))
    return members(folder / name), {key: state[key] for key in STATE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranks")
    (folder / "story.txt").write_text(text(6_000), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def witness(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    return trained(1, folder, "one.npz", "--steps", str(STEPS))


@pytest.mark.parametrize("processes", [2, 4])
def test_several_processes_make_the_file_of_one(processes: int, folder: Path, witness: object) -> None:
    assert trained(processes, folder, f"on{processes}.npz", "--steps", str(STEPS)) == witness


def test_gradients_in_bf16_too(folder: Path) -> None:
    more = ["--steps", "12", "--exchange", "bf16"]
    assert trained(4, folder, "bf16on4.npz", *more) == trained(1, folder, "bf16on1.npz", *more)


@pytest.fixture(scope="module")
def resumed_alone(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    trained(1, folder, "alone.npz", "--steps", "9")
    return trained(1, folder, "alone.npz", "--steps", "21", "--resume")


@pytest.mark.parametrize(("first", "then"), [(4, 1), (1, 2)])
def test_a_run_goes_on_with_another_number_of_processes(
    first: int, then: int, folder: Path, resumed_alone: object
) -> None:
    name = f"from{first}to{then}.npz"
    trained(first, folder, name, "--steps", "9")
    assert trained(then, folder, name, "--steps", "21", "--resume") == resumed_alone


def test_a_run_that_is_tried_for_overfitting_and_stopped_early(folder: Path) -> None:
    """The trials' updates are made by all, and the run goes on from what it was."""
    (folder / "tale.txt").write_text(text(12_000), encoding="utf-8")
    train = ["train", "tale.txt", "--hidden-size", "96", "--steps", "900", "--dropout", "0", "--weight-drop", "0",
             "--learning-rate", "0.02", "--seed", "1", "--shards", "2", "--threads", "1", "--quiet"]  # fmt: skip
    for processes in (1, 2):
        ran = run(processes, [*train, "-o", f"over{processes}.npz"], folder)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert found(folder, "over2.npz") == found(folder, "over1.npz")
    assert read_model(folder / "over1.npz").header["training"]["stopped_early"]


def test_without_shards_there_are_as_many_as_processes(folder: Path) -> None:
    ran = run(2, [*TRAIN, "-o", "default.npz", "--steps", "5"], folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    trained_alone = run(1, [*TRAIN, "-o", "two.npz", "--steps", "5", "--shards", "2"], folder)
    assert trained_alone.returncode == 0
    assert members(folder / "default.npz") == members(folder / "two.npz")


def test_a_time_budget_from_standard_input_is_planned_and_shown_once(folder: Path) -> None:
    arguments = ["train", "-", "--time", "1s", "--hidden-size", "32", "-o", "piped.npz"]
    ran = run(2, arguments, folder, stdin=text(6_000))
    if open_mpi_5():
        assert ran.returncode == 2
        assert ran.stderr.startswith("Error: Open MPI 5 does not tell its processes when standard input has ended")
        return
    assert ran.returncode == 0
    assert ran.stderr.count("Plan\n") == 1
    assert "shards" in ran.stderr
    assert "\x1b" not in ran.stderr
    with np.load(folder / "piped.npz", allow_pickle=False) as file:
        assert np.isfinite(file["output.W"]).all()
