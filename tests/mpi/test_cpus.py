"""Machines of which one cannot do what another can: all do what all can, or say why they cannot train together."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lstmgen.kernels.lanes import BF16
from lstmgen.kernels.vector import WIDTH
from tests.mpi.launch import LIMIT, command, environment, mpiexec, run
from tests.training.runs import text

TRAIN = ["train", "story.txt", "--hidden-size", "16", "--batch-size", "4", "--seq-length", "8", "--threads", "1",
         "-o", "m.npz"]  # fmt: skip
LACKING = "a CPU with AVX-512 bfloat16 instructions on every machine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "story.txt").write_text(text(6_000), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("rank", [0, 1])
def test_where_one_has_no_bf16_all_train_in_float32(rank: int, folder: Path) -> None:
    ran = run(2, [*TRAIN, "--time", "1s"], folder, ["tests.mpi.spoiled", "no bf16", str(rank), "0", "--"])
    assert ran.returncode == 0
    (row,) = (line.split(maxsplit=2) for line in ran.stderr.splitlines() if line.startswith("  precision "))
    assert row == ["precision", "float32", f"bf16 needs {LACKING}"]


@pytest.mark.skipif(not BF16, reason="this CPU has no bf16, which is refused before anybody else is asked")
def test_bf16_that_is_asked_for_is_refused_where_one_has_none(folder: Path) -> None:
    how = ["tests.mpi.spoiled", "no bf16", "1", "0", "--"]
    ran = run(2, [*TRAIN, "--precision", "bf16", "--steps", "5", "--quiet"], folder, how)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"Error: --precision bf16 needs {LACKING}, and process 1 has none.\nLeave it out")
    assert ran.stderr.count("Error: ") == 1


@pytest.mark.skipif(WIDTH < 8, reason="no vectors of this CPU are narrower")
def test_vectors_that_differ_in_width_are_refused(folder: Path) -> None:
    """The norm of a gradient is summed up in another order, and a clipped update differs."""
    script = 'if [ "${PMI_RANK:-$OMPI_COMM_WORLD_RANK}" = 1 ]; then export LSTMGEN_LANES=4; fi; exec "$@"'
    words = [*mpiexec()[0], "-n", "2", "sh", "-c", script, "sh", *command(1, [*TRAIN, "--steps", "5", "--quiet"])]
    ran = subprocess.run(
        words, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith(
        f"Error: The vectors of process 1 hold 4 numbers, those of process 0 {WIDTH}, so their sums and weights would "
        "differ after a while.\nSet the environment variable LSTMGEN_LANES=4 for all of them.\n"
    )
