"""Whatever happens to one process, all end at once with one message, and the last save resumes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from lstmgen.modelfile import read_state
from tests.mpi.launch import LIMIT, command, environment, run
from tests.training.runs import members, text

TRAIN = ["train", "story.txt", "--hidden-size", "16", "--batch-size", "4", "--seq-length", "8", "--seed", "1",
         "--steps", "90", "--threads", "1", "--shards", "2", "--quiet", "-o", "m.npz"]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story.txt").write_text(text(6_000), encoding="utf-8")
    return tmp_path


def spoiled(what: str, rank: int, call: int) -> list[str]:
    return ["tests.mpi.spoiled", what, str(rank), str(call), "--"]


@pytest.mark.parametrize("rank", [0, 1])
def test_an_exception_in_one_ends_all(folder: Path, rank: int) -> None:
    ran = run(2, TRAIN, folder, spoiled("bug", rank, 20))
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: this is a bug in lstmgen, not a mistake of yours: RuntimeError: the spoiled")
    assert ran.stderr.count("the spoiled rank") == 1


def test_a_gradient_that_is_not_finite_in_one_is_undone_in_all(folder: Path) -> None:
    ran = run(2, TRAIN, folder, spoiled("nan", 1, 30))
    assert (ran.returncode, ran.stderr) == (0, "")
    together = members(folder / "m.npz")
    assert read_state(folder / "m.state.npz")[2]["counters"]["skipped"] == 1
    alone = run(1, [*TRAIN, "--force"], folder, spoiled("nan", 0, 60))
    assert (alone.returncode, alone.stderr) == (0, "")
    assert members(folder / "m.npz") == together


def test_a_run_that_diverges_says_so_once_and_is_saved(folder: Path) -> None:
    ran = run(2, TRAIN, folder, spoiled("nans", 1, 20))
    assert ran.returncode == 6
    assert ran.stderr.startswith("Error: Training diverged at update ")
    assert ran.stderr.count("diverged") == 1
    assert read_state(folder / "m.state.npz")[2]["counters"]["halvings"] == 9


def test_weights_that_differ_end_the_run_before_they_are_saved(folder: Path) -> None:
    ran = run(2, TRAIN, folder, spoiled("weights", 1, 30))
    assert ran.returncode == 5
    assert ran.stderr.startswith("Error: Process 1 has come to other weights than process 0")
    assert read_state(folder / "m.state.npz")[2]["counters"]["step"] < 30


def test_a_full_disk_ends_all(folder: Path) -> None:
    ran = run(2, TRAIN, folder, spoiled("disk", 0, 30))
    assert ran.returncode == 5
    assert ran.stderr.startswith("Error: No space left on device.\nMake room.\n")


class Running:
    """Two slow processes that have saved once."""

    def __init__(self, folder: Path, words: Sequence[str] = (), **more: str) -> None:
        words = words or command(2, TRAIN, spoiled("nothing", 0, 0))
        self.folder, self.process = folder, subprocess.Popen(
            words, cwd=folder, env=environment(**more), stderr=subprocess.PIPE, text=True
        )  # fmt: skip
        limit = time.monotonic() + LIMIT
        while not (folder / "m.npz").exists():
            assert self.process.poll() is None and time.monotonic() < limit
            time.sleep(0.02)

    def send(self, rank: int, number: int) -> tuple[int, str]:
        """A signal to one process; the exit code of all, and what was said."""
        os.kill(int((self.folder / f"{rank}.pid").read_text(encoding="ascii")), number)
        said = self.process.communicate(timeout=LIMIT)[1]
        return self.process.returncode, said


def resumed(folder: Path) -> dict[str, bytes]:
    ran = run(1, [*TRAIN, "--resume"], folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return members(folder / "m.npz")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("straight")
    (folder / "story.txt").write_text(text(6_000), encoding="utf-8")
    assert run(1, TRAIN, folder).returncode == 0
    return members(folder / "m.npz")


@pytest.mark.parametrize(("rank", "number", "code"), [(1, signal.SIGINT, 130), (0, signal.SIGTERM, 143)])
def test_a_signal_to_one_is_heard_by_all(folder: Path, rank: int, number: int, code: int, straight: object) -> None:
    found, said = Running(folder).send(rank, number)
    assert found == code
    assert said.startswith("Interrupted after ")
    assert "the state is saved" in said
    assert resumed(folder) == straight


@pytest.mark.parametrize("rank", [0, 1])
def test_one_that_is_killed_ends_all_and_the_last_save_resumes(folder: Path, rank: int, straight: object) -> None:
    assert Running(folder).send(rank, signal.SIGKILL)[0] != 0
    assert resumed(folder) == straight


def test_one_that_hangs_is_not_waited_for_without_end(folder: Path) -> None:
    found, said = Running(folder, LSTMGEN_RANKS_WAIT="2").send(1, signal.SIGSTOP)
    assert found == 5
    assert said.startswith("Error: Process 0 has waited 2 s for the others in vain.")


@pytest.mark.parametrize(
    ("processes", "more", "said"),
    [
        (3, [], "The number of processes must be a power of two, not 3.\nStart 2 or 4: mpiexec -n 4\n"),
        (4, [], "2 shards cannot be shared out among 4 processes.\n"),
        (2, ["--batch-size", "3"], "--batch-size 3 cannot be cut into 2 equal shards.\nGive --batch-size 2 or 4"),
        (2, ["--seq-length", "0"], "--seq-length must be a whole number from 1"),
        (2, ["--lines", "absent.txt"], "There is no file, folder or shipped corpus called absent.txt."),
    ],
)
def test_refusals_are_said_once(folder: Path, processes: int, more: list[str], said: str) -> None:
    ran = run(processes, [*TRAIN, *more], folder)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"Error: {said}")
    assert ran.stderr.count("Error: ") == 1


def test_mpi_is_loaded_by_nobody_who_is_alone(folder: Path) -> None:
    code = (
        "import sys; from lstmgen.cli import main; code = main(sys.argv[1:]); print('mpi4py' in sys.modules); "
        "sys.exit(code)"
    )
    for words in (["--version"], ["train", "--help"], [*TRAIN[:-2], "--steps", "1", "-o", "alone.npz"]):
        ran = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=folder, env=environment(PMI_RANK="0", PMI_SIZE="1"),
            capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "False")
