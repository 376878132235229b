"""`lstmgen inspect step`: printed one after another, for other programs, and walked through on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pexpect
import psutil
import pytest

from lstmgen.api import Model, load
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.shipped import shipped_lesson
from tests.cli.running import Runner, environment, run_alone
from tests.inspection.traces import network_for

STORY = "Jane saw Spot. Doug saw"
LESSON = ("inspect", "step", "-m", "lesson", "-q", "--text", STORY)
WORDS = [".", "saw", "Doug", "Jane", "Spot"]
NAMES = {
    "f": "forgetting f",
    "i": "ignoring i",
    "o": "selection o",
    "g": "possibilities g",
    "c": "collected possibilities c",
    "h": "prediction h",
}
NUMBER = re.compile(r"[+-]?\d+\.\d+")


@pytest.fixture
def lesson() -> Model:
    return load(shipped_lesson())


def screens(text: str) -> list[list[str]]:
    """The lines of each step, without the sentence on all of them and with no blank line."""
    found: list[list[str]] = []
    for line in filter(None, text.partition("In short: ")[0].splitlines()):
        if re.match(r"\S+ · layer", line):
            found.append([])
        found[-1].append(line)
    return found


def numbers(lines: list[str], name: str) -> list[Decimal]:
    """The numbers of the wire whose line has this name."""
    line = next(line for line in lines if re.search(rf"\s{re.escape(name)}(,|:|\s)", line))
    return [Decimal(text) for text in NUMBER.findall(line[44:])]


def test_the_lectures_story(run: Runner, lesson: Model) -> None:
    ran = run(*LESSON)
    assert ran.code == 0 and ran.err == ""
    steps = screens(ran.out)
    assert len(steps) == 6 and all(len(lines) <= 22 and max(map(len, lines)) <= 80 for lines in steps)
    trace = lesson.trace(STORY)
    for at, lines in enumerate(steps):
        assert lines[0] == f"lesson · layer 0 · step {at} of 0-5"
        assert lines[2].split() == WORDS
        for letter, name in NAMES.items():
            shown = numbers(lines, name)
            np.testing.assert_allclose([float(n) for n in shown], trace[letter][at, 0], atol=0.00501)
        kept, new, all_ = (numbers(lines, name) for name in ("f∘c'", "i∘g", "collected possibilities c"))
        before = trace["c"][at - 1, 0] if at else trace.initial["c"][0]
        for k in range(5):
            assert kept[k] + new[k] == all_[k]
            assert abs(float(kept[k]) - trace["f"][at, 0, k] * before[k]) < 0.01
            assert abs(float(new[k]) - trace["i"][at, 0, k] * trace["g"][at, 0, k]) < 0.01
    said = dict(zip(WORDS, numbers(steps[-1], "prediction h"), strict=True))
    assert said["Doug"] < 0 < min(said["Jane"], said["Spot"])
    line = next(line for line in steps[-1] if "next word" in line)
    shares = dict(zip(WORDS, map(float, re.findall(r"([\d.]+) %", line)), strict=True))
    assert shares["Doug"] < 1.0 and shares["Jane"] > 40 and shares["Spot"] > 40


def test_some_steps(run: Runner) -> None:
    whole = screens(run(*LESSON).out)
    assert screens(run(*LESSON, "--at", "3:5").out)[1:] == whole[4:]
    one = run(*LESSON, "--at", " 2 ").out
    assert screens(one)[0] == whole[2] and len(one.splitlines()) <= 22
    assert "In short: the network reads " in one
    assert re.search(r"In short: of these 6 steps it is surest what comes next at step \d,", run(*LESSON).out)
    assert run(*LESSON, "--at", "0:5").out == run(*LESSON).out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--at", "6"], "There is no step 6: they are numbered 0 to 5."),
        (["--at", "5:3"], "Write it as 3:5."),
        (["--at", "x"], "is no step"),
        (["--at", "-1"], "is no step"),
        (["--at", "1:2:3"], "is no step"),
        (["--layer", "1"], "There is no layer 1"),
        (["--set-gate", "z=1"], "There is no gate 'z'"),
        (["--set-gate", "f=2"], "from 0 to 1"),
        (["--set-unit", "5=1"], "numbered 0 to 4"),
        (["--units", "9"], "There is no unit 9"),
        (["-o", "x.pdf"], "must end in"),
    ],
)
def test_what_cannot_be_shown(run: Runner, options: list[str], says: str) -> None:
    ran = run(*LESSON, *options)
    assert (ran.code, ran.out) == (2, "") and says in ran.err


def test_what_is_held_is_read_so(run: Runner, lesson: Model) -> None:
    ran = run(*LESSON, "--set-gate", "f=0", "--set-unit", "3=-1", "--at", "5")
    trace = lesson.clamped("f=0", "3=-1").trace(STORY)
    lines = screens(ran.out)[0]
    assert lines[0].endswith("held: f=0, 3=-1")
    np.testing.assert_allclose([float(n) for n in numbers(lines, "prediction h")], trace["h"][5, 0], atol=0.00501)
    assert "=-1.00" in "".join(lines) and "held at 0" in "".join(lines)


def test_for_other_programs(run: Runner, lesson: Model) -> None:
    trace = lesson.trace(STORY)
    found = json.loads(run(*LESSON, "--json", "--at", "1:5").out)
    assert [step["token"] for step in found["steps"]] == trace.tokens[1:] and found["held"] == []
    assert found["vocabulary"] == WORDS and found["legend"]["f"]["sense"] == "1 keeps, 0 forgets"
    for step in found["steps"]:
        at = step["position"]
        np.testing.assert_allclose(step["wires"]["c'"], trace["c"][at - 1, 0], rtol=1e-6)
        np.testing.assert_allclose(sum(step["probabilities"]), 1.0)
    assert run(*LESSON, "-o", "s.npz", "--set-gate", "o=1").code == 0
    with np.load("s.npz", allow_pickle=False) as arrays:
        assert arrays["ids"].tolist() == trace.ids.tolist() and (arrays["o"] == 1).all()
        np.testing.assert_allclose(arrays["f∘c'"] + arrays["i∘g"], arrays["c"], atol=1e-6)
    assert run(*LESSON, "-o", "s.csv").code == 0
    rows = Path("s.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("position,token,unit,h',g,i,i∘g,") and len(rows) == 1 + 6 * 5
    for name in ("s.svg", "s.html", "s.txt"):
        assert run(*LESSON, "-o", name).code == 0
        assert "forgetting f" in Path(name).read_text(encoding="utf-8")


def test_other_models(run: Runner, folder: Path) -> None:
    for cell in CELL_FACTS:
        Model.from_arrays(dict(network_for(cell, V=4).views), list("ab\nc"), cell=cell, lines=True).save("m.npz")
        ran = run("inspect", "step", "-m", "m.npz", "--text", "ab\nca", "--layer", "0")
        assert ran.code == 0 and len(screens(ran.out)) == 5
        assert "input: nothing yet" in ran.out and "With -m lesson" in ran.err
        ran = run("inspect", "step", "-m", "m.npz", "--at", "2")
        assert ran.code == 0 and "speaks for" in ran.out


def test_the_models_own_writing_is_cut_and_said(run: Runner) -> None:
    ran = run("inspect", "step", "-m", "lesson")
    assert ran.code == 0 and len(screens(ran.out)) == 12
    assert "The first 12 of 240 steps; others: --at 12:23" in ran.err
    assert "With -m lesson" not in ran.err


def test_without_a_terminal_it_prints(folder: Path) -> None:
    ran = run_alone(*LESSON, cwd=folder, TERM="xterm-256color")
    assert ran.returncode == 0 and len(screens(ran.stdout.decode())) == 6 and b"\x1b" not in ran.stdout


# --- on a terminal ---

FRAME = re.compile(r"\x1b\[H(.*?)\x1b\[J", re.DOTALL)
STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """The command on a terminal of 80 x 24."""

    def __init__(self, folder: Path, *options: str, rows: int = 24, columns: int = 80, **more: str) -> None:
        code = "import sys; from lstmgen.cli import main; sys.exit(main())"
        self.child = pexpect.spawn(
            sys.executable, ["-c", code, "inspect", "step", *options], cwd=str(folder), dimensions=(rows, columns),
            env=environment(**{"TERM": "xterm-256color", "COLORTERM": "truecolor", **more}), encoding="utf-8",
            timeout=60,
        )  # fmt: skip

    def screen(self, wanted: str) -> list[str]:
        """Lines of the first screen from now on that shows this text."""
        while True:
            self.child.expect(FRAME)
            assert self.child.match is not None
            lines = STYLE.sub("", self.child.match.group(1)).split("\r\n")
            if any(wanted in line for line in lines):
                return [line.rstrip() for line in lines]

    def press(self, keys: str, wanted: str) -> list[str]:
        self.child.send(keys)
        return self.screen(wanted)

    def end(self) -> str:
        """What comes after the last screen."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return str(self.child.before)


@pytest.fixture
def walk(folder: Path) -> Iterator[Terminal]:
    terminal = Terminal(folder, "-m", "lesson", "--text", STORY)
    yield terminal
    terminal.child.close(force=True)


def test_walking(walk: Terminal, lesson: Model) -> None:
    trace = lesson.trace(STORY)
    lines = walk.screen("step 0 of 0-5")
    assert len(lines) == 24 and "→ on" in lines[-1] and max(map(len, lines)) <= 80
    assert "step 1 of" in walk.press("n", "step")[0]
    assert "step 2 of" in walk.press(" ", "step")[0]
    assert "step 3 of" in walk.press("\x1b[C", "step")[0]
    assert "step 2 of" in walk.press("\x1b[D", "step")[0]
    assert "step 1 of" in walk.press("p", "step")[0]
    assert "This is the last step." in walk.press("\x1b[F" + "n", "last step.")[-1]
    lines = walk.press("0\r", "step 0 of")
    assert "go to step 12▁" in walk.press("12", "step 12")[-1]
    assert "There is no step 12: they are numbered 0 to 5." in walk.press("\r", "no step")[-1]
    lines = walk.press("5\r", "step 5 of")
    np.testing.assert_allclose([float(n) for n in numbers(lines, "prediction h")], trace["h"][5, 0], atol=0.00501)
    assert "release all that is held" in "".join(walk.press("h", "Any key"))
    assert "step 5 of" in walk.press("x", "step")[0]

    assert "hold gate f" in walk.press("f", "hold gate")[-1]
    lines = walk.press("0\r", "held: f=0")
    held = lesson.clamped("f=0").trace(STORY)
    np.testing.assert_allclose([float(n) for n in numbers(lines, "prediction h")], held["h"][5, 0], atol=0.00501)
    assert "from 0 to 1, not to 7" in walk.press("o7\r", "not to")[-1]
    assert "does not say what to clamp" in walk.press("u=\r", "does not")[-1]
    lines = walk.press("uSpot=-1\r", "held: f=0, 4=-1")
    held = lesson.clamped("f=0", "4=-1").trace(STORY)
    np.testing.assert_allclose([float(n) for n in numbers(lines, "prediction h")], held["h"][5, 0], atol=0.00501)
    lines = walk.press("f2=0.5\r", "f.2=0.5")
    assert "held: f=0, 4=-1, f.2=0.5" in lines[0]
    walk.press("i1\x7f\x1b", "→ on")  # begun, rubbed out, given up
    lines = walk.press("r", "Nothing is held any more.")
    assert "held" not in lines[0]
    np.testing.assert_allclose([float(n) for n in numbers(lines, "prediction h")], trace["h"][5, 0], atol=0.00501)
    walk.child.send("q")
    assert walk.end().endswith("\x1b[?25h\x1b[?1049l") and walk.child.exitstatus == 0


@pytest.mark.parametrize("how", ["ctrl-c", "term", "end"])
def test_the_terminal_is_given_back(folder: Path, how: str) -> None:
    """A shell asks for the terminal's settings before and after."""
    script = folder / "run.sh"
    script.write_text(
        f"stty -a > before\n{sys.executable} -c 'import sys; from lstmgen.cli import main; sys.exit(main())' "
        "inspect step -m lesson --text 'Jane saw Spot.'\necho $? > code\nstty -a > after\n"
    )
    env = environment(TERM="xterm-256color")
    child = pexpect.spawn("/bin/bash", [str(script)], cwd=str(folder), env=env, encoding="utf-8", timeout=60)
    child.expect("step 0 of")
    child.expect(r"\x1b\[J")
    if how == "ctrl-c":
        child.send("f")
        child.expect("hold gate")
        child.send("\x03")
    elif how == "term":
        psutil.Process(child.pid).children()[0].terminate()
    else:
        child.send("\x04")
    child.expect(pexpect.EOF)
    assert "\x1b[?25h\x1b[?1049l" in child.before and "Traceback" not in child.before
    assert (folder / "before").read_text() == (folder / "after").read_text()
    assert (folder / "code").read_text().strip() == {"ctrl-c": "130", "term": "143", "end": "0"}[how]


def test_a_window_of_another_size(walk: Terminal) -> None:
    walk.screen("step 0 of")
    walk.child.setwinsize(16, 120)
    lines = walk.screen("step 0 of")
    while len(lines) != 16:
        lines = walk.screen("step 0 of")
    assert "→ on" in lines[-1]


def test_printed_where_asked_for_or_where_keys_cannot_be_read(folder: Path) -> None:
    wishes: list[tuple[list[str], dict[str, str]]] = [(["--at", "0"], {}), (["--json"], {}), ([], {"TERM": "dumb"})]
    for options, more in wishes:
        terminal = Terminal(folder, "-m", "lesson", "--text", "Jane", *options, **more)
        assert "\x1b[?1049h" not in terminal.end() and terminal.child.exitstatus == 0
