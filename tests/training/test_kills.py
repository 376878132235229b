"""Signals and kills from outside, in mid-run: what is on the disk afterwards is whole, and goes on exactly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lstmgen.modelfile import read_model, read_state
from lstmgen.text import load_corpus
from lstmgen.training import resume, train
from tests.training import worker
from tests.training.runs import corpus_file, finish, members

ROOT = Path(__file__).parents[2]
STEPS = 4_000
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and fork as POSIX has them")


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.training.worker", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("straight")
    path, _ = corpus_file(folder)
    out = folder / "m.npz"
    finish(train(load_corpus([str(path)]), worker.MODEL, worker.settings(STEPS), out))
    return path, members(out)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_struck_in_mid_run_and_resumed_is_the_same_file(
    tmp_path: Path, straight: tuple[Path, dict[str, bytes]], number: signal.Signals, code: int
) -> None:
    text, expected = straight
    out = tmp_path / "m.npz"
    process = start("train", str(text), str(out), str(STEPS))
    assert process.stdout is not None
    assert process.stdout.readline() == "saved\n"
    time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(timeout=20) == code
    struck = read_state(tmp_path / "m.state.npz")[2]["counters"]
    assert 0 < struck["step"] < STEPS  # in mid-run
    assert not struck["finished"]
    read_model(out)
    finish(resume(tmp_path / "m.state.npz"))
    assert members(out) == expected


def test_killed_at_100_random_moments_after_the_first_save(tmp_path: Path) -> None:
    text, _ = corpus_file(tmp_path)
    process = start("deaths", str(text), str(tmp_path), "100")
    assert process.wait(timeout=120) == 0
    struck = set()
    for n in range(100):
        out = tmp_path / f"{n}" / "m.npz"
        model = read_model(out)
        state, _, facts = read_state(out.with_name("m.state.npz"))
        step = facts["counters"]["step"]
        struck.add(step)
        assert model.header["training"]["updates"] <= step  # the state is written first
        assert state.header["digest"]
        done = finish(resume(out.with_name("m.state.npz"), asked={"steps": step + 2}, samples=False))
        assert done.step == step + 2
        assert sorted(p.name for p in out.parent.iterdir()) == ["m.npz", "m.state.npz"]
    assert len(struck) > 5  # the moments were not all the same
