"""What is read of a long text at most, and the option that reads more (or less) of it."""

from __future__ import annotations

import json

import pytest

from lstmgen.errors import UsageError
from tests.cli.running import Runner, cycle

TEXT = "abcdefgh" * 400


@pytest.fixture(autouse=True)
def model(run: Runner) -> None:
    cycle(list("abcdefgh")).save("m.npz")


@pytest.mark.parametrize("view", ["gates", "unroll", "report", "units", "reach", "step"])
def test_every_view_that_cuts_says_with_what_it_reads_more(run: Runner, view: str) -> None:
    more = ["--at", "0"] if view == "step" else ["-o", "-"] if view == "report" else []
    done = "measured" if view in ("units", "reach") else "used"
    arguments = ["inspect", view, "-m", "m.npz", "--text", TEXT, *more]
    cut = run(*arguments, "--max-tokens", "200", "-q")
    assert cut.code == 0
    assert cut.err == f"The text was cut: only its first 200 tokens are {done}; --max-tokens N reads more.\n"
    assert run(*arguments, "--max-tokens", "3200", "-q").err == ""


def test_a_report_of_more_than_its_usual_size(run: Runner) -> None:
    arguments = ["inspect", "report", "-m", "m.npz", "--text", TEXT, "--json", "-q"]
    usual, all_of_it = run(*arguments), run(*arguments, "--max-tokens", "5000")
    assert "only its first 2,000 tokens are used; --max-tokens N reads more." in usual.err
    assert all_of_it.err == ""
    assert len(all_of_it.out) > len(usual.out) * 1.5


def test_its_own_writing_too(run: Runner) -> None:
    shown = json.loads(run("inspect", "gates", "-m", "m.npz", "--json", "--max-tokens", "7", "-q").out)
    assert len(shown["tokens"]) == 7


def test_no_tokens_at_all_are_refused(run: Runner) -> None:
    ran = run("inspect", "gates", "-m", "m.npz", "--max-tokens", "0")
    assert ran.code == 2 and ran.err.endswith("Try 'lstmgen inspect gates --help' for help.\n")
    with pytest.raises(UsageError, match="must be a whole number from 1 on"):
        cycle(["a", "b"]).gates("ab", max_tokens=0)
