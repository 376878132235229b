"""`train --precision` as it is typed: what the plan, the events and the files say, what is refused, what goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lstmgen.api import load
from lstmgen.training.probe import SpeedMeter
from tests.cli.running import Runner
from tests.training.runs import members

BF16 = "lstmgen.network.precision.BF16"
TEXT = "the cat saw the dog and the dog saw the cat. " * 40
STEPS = ["--steps", "3", "--seed", "7", "--hidden-size", "8", "--batch-size", "4", "--seq-length", "16"]
NEEDS = "needs a CPU with AVX-512 bfloat16 instructions"
REFUSED = (
    f"Error: --precision bf16 {NEEDS} (and LSTMGEN_LANES, LSTMGEN_TILE and NUMBA_DISABLE_JIT unset).\n"
    "Leave it out, or give --precision float32, which runs everywhere.\n"
)


@pytest.fixture(autouse=True)
def tale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text, and a CPU on which bf16 may be trained in."""
    monkeypatch.setattr(BF16, True)
    (folder / "tale.txt").write_text(TEXT, encoding="utf-8")


def planned(said: str) -> str:
    """The plan's row, its spaces as one."""
    (row,) = (line for line in said.splitlines() if line.startswith("  precision "))
    return " ".join(row.split())


@pytest.mark.parametrize(
    ("options", "row"),
    [
        (STEPS, "precision float32 the default with --steps and --epochs"),
        ([*STEPS, "--precision", "auto"], "precision float32 the default with --steps and --epochs"),
        ([*STEPS, "--precision", "bf16"], "precision bf16 asked for"),
        (["--time", "20", "--precision", "float32", "--hidden-size", "128"], "precision float32 asked for"),
        (["--time", "20", "--hidden-size", "8"], "precision float32 bf16 gains nothing below 16 units"),
        (["--time", "20", "--hidden-size", "128"],
            "precision bf16 faster on this CPU; products take 16-bit numbers, all else is float32"),
    ],
)  # fmt: skip
def test_the_plan_says_which_and_why(
    run: Runner, monkeypatch: pytest.MonkeyPatch, options: list[str], row: str
) -> None:
    measured: list[Any] = []
    monkeypatch.setattr(SpeedMeter, "__call__", lambda self, *what: measured.append(what) or 1e5)
    ran = run("train", "tale.txt", *options, "--dry-run")
    assert (ran.code, ran.out, planned(ran.err)) == (0, "", row)
    assert {what[-1] for what in measured} <= {row.split()[1]}
    assert bool(measured) == ("--time" in options)


def test_without_the_instructions_a_timed_run_is_float32(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BF16, False)
    monkeypatch.setattr(SpeedMeter, "__call__", lambda self, *what: 1e5)
    ran = run("train", "tale.txt", "--time", "20", "--hidden-size", "128", "--dry-run")
    assert planned(ran.err) == f"precision float32 bf16 {NEEDS}"


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--from", "ready"], ["--json"], ["--quiet"]])
def test_a_new_run_is_refused_without_the_instructions(
    run: Runner, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    monkeypatch.setattr(BF16, False)
    ran = run("train", "tale.txt", "--steps", "3", "--precision", "bf16", *more)
    assert (ran.code, ran.out, ran.err) == (2, "", REFUSED)
    assert not Path("models").exists()


def test_any_other_is_no_precision(run: Runner) -> None:
    ran = run("train", "tale.txt", "--precision", "half")
    assert (ran.code, ran.err) == (
        2,
        "Error: --precision must be one of auto, bf16, float32, not 'half'.\nTry 'lstmgen train --help' for help.\n",
    )


def test_the_printed_command_repeats_it(run: Runner) -> None:
    for name, options in (("a", ["--precision", "bf16"]), ("b", [])):
        assert run("train", "tale.txt", *STEPS, *options, "-q", "-o", f"{name}.npz").code == 0
        training = load(f"{name}.npz").header["training"]
        again = training["command"].split()[1:]
        assert ("--precision" in again) == bool(options)
        assert training["options"]["precision"] == ("bf16" if options else "float32")
        assert run(*again, "-q", "-o", "again.npz", "--force").code == 0
        assert members(Path("again.npz")) == members(Path(f"{name}.npz"))
        card = " ".join(run("inspect", "model", "-m", f"{name}.npz").out.split())
        assert f"num-layers 1, precision {'bf16' if options else 'float32'}, seed 7" in card
        assert "The command that repeats it: lstmgen train tale.txt " in card


def test_from_another_model(run: Runner) -> None:
    assert run("train", "tale.txt", *STEPS, "-q", "-o", "a.npz").code == 0
    asked = ["--from", "a.npz", "--steps", "3", "--seed", "1", "--precision", "bf16"]
    ran = run("train", "tale.txt", *asked, "-o", "b.npz")
    assert (ran.code, planned(ran.err)) == (0, "precision bf16 asked for")
    words = load("b.npz").header["training"]["command"].split()
    assert words[words.index("--precision") + 1] == "bf16" and "--from" in words


def test_the_events_say_it(run: Runner) -> None:
    ran = run("train", "tale.txt", *STEPS, "--precision", "bf16", "--json")
    found = {event["event"]: event for event in map(json.loads, ran.out.splitlines())}
    assert found["planned"]["plan"]["precision"] == "bf16"
    assert found["finished"]["model"]["training"]["options"]["precision"] == "bf16"


def test_a_run_goes_on_where_it_can_and_elsewhere_in_float32(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("train", "tale.txt", *STEPS, "--precision", "bf16", "-q").code == 0
    ran = run("train", "--resume", "--steps", "5", "--precision", "float32")
    assert ran.code == 2
    assert ran.err.endswith(
        "Error: This run has --precision bf16, not float32; a resumed run keeps its settings.\n"
        "Leave the option out, or start a new run with --out or --force.\n"
    )
    ran = run("train", "--resume", "--steps", "5")
    assert (ran.code, planned(ran.err)) == (0, "precision bf16 asked for")
    monkeypatch.setattr(BF16, False)
    ran = run("train", "--resume", "--steps", "7", "--precision", "bf16")
    assert (ran.code, ran.out) == (2, "") and ran.err.endswith(REFUSED)
    ran = run("train", "--resume", "--steps", "7", "--dry-run")
    assert planned(ran.err) == f"precision float32 in bf16 up to update 5; that {NEEDS}"
    ran = run("train", "--resume", "--steps", "7")
    assert planned(ran.err) == f"precision float32 in bf16 up to update 5; that {NEEDS}"
    notice = f"This run began in bf16, which {NEEDS}. It continues in float32, so it can no longer be repeated exactly."
    assert ran.err.splitlines().count(notice) == 1
    card = " ".join(run("inspect", "model").out.split())
    assert "the first 5 updates in bf16, the rest in float32" in card
    assert "A command for a run like it (not the same: its first 5 updates were computed in bf16): lstmgen" in card
    assert re.search(r", precision float32, ", card)
    ran = run("train", "--resume", "--steps", "9", "-q")
    assert (ran.code, ran.err) == (0, "")
