"""Samples that several processes write are those that one writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mpi.launch import run

SAMPLE = ["sample", "-m", "ready", "--num-samples", "21", "--length", "40", "--seed", "3", "--quiet"]


@pytest.mark.parametrize(
    ("processes", "more"),
    [(2, []), (4, ["--json"]), (2, ["-p", "Once upon", "--adapt", "--set-unit", "113=1", "--stop", "."])],
)
def test_the_same_texts_as_one_process(processes: int, more: list[str], tmp_path: Path) -> None:
    together, alone = (run(many, [*SAMPLE, *more], tmp_path) for many in (processes, 1))
    assert (together.returncode, together.stderr) == (alone.returncode, alone.stderr) == (0, "")
    assert together.stdout == alone.stdout


def test_samples_that_depend_on_each_other_are_written_by_one(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Ada\nBob\nCleo\nDan\nEve\n" * 20, encoding="utf-8")
    train = ["train", "names.txt", "--lines", "--steps", "40", "--hidden-size", "8", "--seed", "1", "--quiet"]
    assert run(1, [*train, "-o", "names.npz"], tmp_path).returncode == 0
    sample = ["sample", "-m", "names.npz", "--num-samples", "6", "--seed", "2", "--temperature", "2"]
    together, alone = (run(many, sample, tmp_path) for many in (2, 1))
    assert together.returncode == alone.returncode
    assert together.stdout == alone.stdout
    assert "One process writes alone" in together.stderr
    assert "--allow-copies" in together.stderr
