"""`lstmgen train` beside another one on the same file, as it is typed."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, Runner, environment

STEPS = ["--seed", "7", "--hidden-size", "8", "--batch-size", "4", "--seq-length", "16"]
REFUSED = (
    "Error: models/tale.npz is taken: another lstmgen is training it.\n"
    "Wait until that has ended, or train under another name: --out models/ANOTHER.npz\n"
)


def test_refused_while_the_other_lives_and_not_after_it_was_killed(run: Runner, folder: Path) -> None:
    (folder / "tale.txt").write_text("the cat saw the dog and the dog saw the cat. " * 40, encoding="utf-8")
    other = [*COMMAND, "train", "tale.txt", "--steps", "100000000", *STEPS]
    with subprocess.Popen(other, cwd=folder, env=environment(), stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 60
            while not (folder / "models" / "tale.npz").exists():
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.02)
            for more in ([], ["--force"], ["--resume"], ["--resume", "--out", "models/tale"], ["--out", "models/"]):
                ran = run("train", "tale.txt", *more)
                assert (ran.code, ran.out, ran.err.replace("./", "")) == (2, "", REFUSED), more
            assert run("train", "--resume").err == REFUSED
            assert run("train", "tale.txt", "--resume", "--dry-run").code == 0
            assert run("train", "tale.txt", "--out", "other", "--steps", "2", *STEPS).code == 0
            assert process.poll() is None
        finally:
            process.kill()
    assert "tale.npz already exists, from an unfinished run" in run("train", "tale.txt").err
    ran = run("train", "tale.txt", "--resume", "--steps", "1")  # let in, and asked for no more than was done
    assert "There is nothing left to do" in ran.err
    assert sorted(path.name for path in (folder / "models").iterdir()) == ["tale.npz", "tale.state.npz"]


@pytest.mark.parametrize("text", ["no such text", "empty.txt"])
def test_no_folder_is_left_where_the_text_cannot_be_read(run: Runner, folder: Path, text: str) -> None:
    (folder / "empty.txt").touch()
    assert run("train", text).code in (2, 3)
    assert [path.name for path in folder.iterdir()] == ["empty.txt"]
