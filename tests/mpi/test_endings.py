"""No wait is without end: signals that come early, processes and launchers that are gone without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.mpi.launch import LIMIT, command, environment, mpiexec
from tests.mpi.test_trouble import TRAIN, Running, resumed, spoiled
from tests.training.runs import text

SOON = 20.0  # seconds; much more than it takes, and much less than what is waited for


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story.txt").write_text(text(6_000), encoding="utf-8")
    return tmp_path


def wait_for(path: Path) -> None:
    limit = time.monotonic() + LIMIT
    while not path.exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


def pid_of(rank: int, folder: Path) -> int:
    return int((folder / f"{rank}.pid").read_text(encoding="ascii"))


@pytest.mark.parametrize(
    ("rank", "number", "code"), [(0, signal.SIGTERM, 143), (1, signal.SIGTERM, 143), (1, signal.SIGINT, 130)]
)
def test_a_signal_while_the_text_is_read_ends_all(folder: Path, rank: int, number: int, code: int) -> None:
    words = command(2, TRAIN, spoiled("text", 0, 0))
    process = subprocess.Popen(words, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True)
    wait_for(folder / "reading")
    os.kill(pid_of(rank, folder), number)
    said = process.communicate(timeout=SOON)[1]
    assert process.returncode == code
    assert said.count("Interrupted.") == 1


def all_end(pids: list[int]) -> bool:
    """Soon; one that nobody has asked how it ended counts, too."""
    limit = time.monotonic() + SOON
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        if time.monotonic() > limit:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("rank", [0, 1])
def test_one_that_is_interrupted_before_it_has_joined_the_others_ends_them_too(rank: int, folder: Path) -> None:
    words = command(2, TRAIN, spoiled("early", rank, 0))
    ran = subprocess.run(
        words, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True, timeout=SOON, check=False
    )
    assert ran.returncode == 130
    assert ran.stderr.count("Interrupted.") == 1


def test_nobody_waits_without_end_for_one_that_does_not_come(folder: Path) -> None:
    script = 'if [ "${PMI_RANK:-$OMPI_COMM_WORLD_RANK}" = 1 ]; then exit 3; fi; exec "$@"'
    words = [*mpiexec()[0], "-n", "2", "sh", "-c", script, "sh", *command(1, TRAIN)]
    ran = subprocess.run(words, cwd=folder, env=environment(LSTMGEN_RANKS_WAIT="2"), check=False, timeout=SOON)
    assert ran.returncode != 0


@pytest.mark.parametrize("generation", [0, 1], ids=["launcher", "its helper"])
def test_all_end_where_the_launcher_is_killed(folder: Path, generation: int) -> None:
    running = Running(folder)
    family = [psutil.Process(running.process.pid), *psutil.Process(running.process.pid).children()]
    pids = [pid_of(rank, folder) for rank in range(2)]
    if generation >= len(family) or family[generation].pid in pids:
        pytest.skip("this launcher starts processes without a helper")
    family[generation].kill()
    assert all_end(pids)
    running.process.communicate(timeout=SOON)


def test_all_end_where_one_is_killed_and_the_launcher_does_not_see_it(folder: Path) -> None:
    """A script between the launcher and lstmgen goes on when lstmgen is killed."""
    launcher, words = mpiexec()[0], command(1, TRAIN, spoiled("nothing", 0, 0))
    script = ["sh", "-c", '"$@"; sleep 60', "sh"]
    running = Running(folder, [*launcher, "-n", "2", *script, *words])
    os.kill(pid_of(1, folder), signal.SIGKILL)
    assert all_end([pid_of(0, folder)])
    running.process.terminate()
    assert "Error: Process 1 has ended without a word.\n" in running.process.communicate(timeout=SOON)[1]


@pytest.mark.parametrize(("what", "call", "rank"), [("long", 30, 1), ("long scoring", 3, 0)])
def test_an_update_or_evaluation_that_takes_long_is_broken_off_by_all(
    folder: Path, what: str, call: int, rank: int
) -> None:
    (folder / "story.txt").write_text(text(60_000), encoding="utf-8")  # enough for each to have some to score
    running = Running(folder, command(2, TRAIN, spoiled(what, 0, call)))
    wait_for(folder / "long")
    found, said = running.send(rank, signal.SIGTERM)
    assert found == 143
    assert "the state is saved" in said
    assert resumed(folder)
