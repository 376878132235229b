"""`lstmgen inspect tour`: every step is the command it says, run live."""

import re
import shlex

import pexpect
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.registry import VIEWS
from lstmgen.inspect.tour.command import PAGE_WIDTH
from lstmgen.inspect.tour.lesson import STEPS
from tests.cli.running import COMMAND, Runner, environment


def test_every_step_has_its_view() -> None:
    assert {step.view for step in STEPS} - {None} <= {view.name for view in VIEWS}
    assert len({step.title for step in STEPS}) == len(STEPS) == 8


def test_all_steps_one_after_another(run: Runner) -> None:
    ran = run("inspect", "tour")
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= PAGE_WIDTH + 2 or "sample" in ran.out
    titles = re.findall(r"^(\d)/(\d)  (.*)$", ran.out, re.M)
    assert titles == [(str(k), str(len(STEPS)), step.title) for k, step in enumerate(STEPS, 1)]
    parts = re.split(r"^\$ lstmgen (.*)\n", ran.out, flags=re.M)
    assert len(parts) == 1 + 2 * len(STEPS)
    for command, rest in zip(parts[1::2], parts[2::2], strict=True):
        assert rest.startswith(run(*shlex.split(command), "-q").out + "\n")
    assert ran.out.endswith("makes a model of your own.\n")


def test_both_names_and_every_sense_are_told() -> None:
    told = " ".join(step.text for step in STEPS)
    for entry in CELL_FACTS["lstm"].traced:
        assert entry.lecture in told and entry.textbook in told
        assert not entry.is_gate or f"{entry.names}: {entry.sense}" in told
    order = ["vector", "chain", "book", "recurrent", "Mistakes", "Gating", "possibilities", "Sequential"]
    assert all(word in step.title for word, step in zip(order, STEPS, strict=True))


def on_terminal(folder) -> pexpect.spawn:
    keep = environment(TERM="xterm-256color", COLORTERM="truecolor")
    return pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], "inspect", "tour"], cwd=str(folder), env=keep, dimensions=(24, 120), timeout=60,
        encoding="utf-8",
    )  # fmt: skip


def test_enter_goes_on_and_q_leaves(folder) -> None:
    child = on_terminal(folder)
    child.expect_exact("Enter runs it, q quits: ")
    assert f"1/{len(STEPS)}  {STEPS[0].title}" in child.before and f"2/{len(STEPS)}" not in child.before
    child.send("\r")
    child.expect_exact("Enter continues, q quits: ")
    child.send("\r")
    child.expect_exact("Enter runs it, q quits: ")
    assert f"2/{len(STEPS)}  {STEPS[1].title}" in child.before
    child.send("q\r")
    child.expect(pexpect.EOF)
    assert f"3/{len(STEPS)}" not in child.before
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize(("key", "code"), (("\x04", 0), ("\x03", 130)))
def test_other_ways_out(folder, key: str, code: int) -> None:
    child = on_terminal(folder)
    child.expect_exact("Enter runs it, q quits: ")
    child.send(key)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert "Traceback" not in child.before
