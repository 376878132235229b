"""What a run prints to be typed next does what it says, however model and text are called and wherever they are."""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from lstmgen.api import find_model, load
from tests.cli.running import Runner

TEXT = "the cat saw the dog and the dog saw the cat.\n" * 40
HOW = ["--steps", "3", "--seed", "7", "--hidden-size", "4", "--batch-size", "4", "--seq-length", "16"]


def give(monkeypatch: pytest.MonkeyPatch, text: str = TEXT) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def commands(said: str) -> list[list[str]]:
    """Those after "Next", as a shell reads them; the time of the last is cut to two more updates."""
    after = said[said.index("\nNext") :].splitlines()
    found = [shlex.split(line) for line in after if line.startswith("  lstmgen ")]
    assert [words[0] for words in found] == ["lstmgen"] * 3
    assert re.fullmatch(r"\d+m", found[-1][-1])
    return [words[1:] for words in found[:-1]] + [[*found[-1][1:-2], "--steps", "5"]]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("tale.txt", []),
        ("tale", []),  # the model has the name of the text
        ("ready", []),  # and of a shipped model
        ("two words.txt", []),
        ('it\'s "so".txt', []),
        ("日本 é.txt", []),
        ("./-dash.txt", []),
        ("./--quiet.txt", []),
        ("train.txt", []),
        (".hidden", []),
        ("a.state.txt", []),
        ("tale.txt", ["-o", "elsewhere/my model.npz"]),
        ("tale.txt", ["-o", "elsewhere/"]),
        ("tale.txt", ["-o", "tale.npz"]),
        ("tale.txt", ["--out=-x.npz"]),
        ("tale.txt", ["-o", "models/other"]),
        ("tale.txt", ["--lines"]),
        ("tale.txt", ["--level", "word", "--cell", "rnn"]),
        ("tale.txt", ["--validation", "0"]),
        ("-", []),
        ("-", ["-o", "elsewhere/x.npz"]),
    ],
)
def test_every_command_that_is_printed_works(
    run: Runner, text: str, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if text != "-":
        Path(text).write_text(TEXT.replace("saw", "sawn") if options else TEXT, encoding="utf-8")
    give(monkeypatch)
    ran = run("train", text, *HOW, *options)
    assert ran.code == 0
    *looks, go_on = commands(ran.err)
    for command in looks:
        ran = run(*command)
        assert (ran.code, bool(ran.out)) == (0, True), ran.err
    give(monkeypatch)
    ran = run(*go_on)
    assert (ran.code, ": 5 updates in" in ran.err) == (0, True)


def test_a_text_that_came_by_standard_input_must_come_again(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("more.txt").write_text("and the cow saw the cat.\n" * 40, encoding="utf-8")
    give(monkeypatch)
    ran = run("train", "more.txt", "-", *HOW)
    assert "and needs the same text from standard input again" in ran.err
    go_on = commands(ran.err)[-1]
    assert go_on == ["train", "-", "--resume", "-o", "models/more.npz", "--steps", "5"]
    refused = run("train", "--resume", "--steps", "5")
    assert refused.code == 3
    assert refused.err.rstrip().endswith("Name the text again: lstmgen train - --resume")
    give(monkeypatch, "another text")
    assert run(*go_on).code == 3
    give(monkeypatch)
    assert run(*go_on).code == 0
    assert load("more").header["corpus"]["names"] == ["more.txt", "stdin"]


def test_the_same_command_and_resume_may_name_what_the_run_began_with(run: Runner) -> None:
    Path("old.txt").write_text(TEXT, encoding="utf-8")
    Path("new.txt").write_text(TEXT.replace("cat", "dog"), encoding="utf-8")
    assert run("train", "old.txt", *HOW, "-q").code == 0
    begin = ["train", "new.txt", "--steps", "3", "--seed", "7", "--from"]
    assert run(*begin, "old", "-q").code == 0
    on = ["--resume", "--steps", "5", "-q"]
    assert run("train", "new.txt", "--from", "models/old.npz", *on).code == 0
    ran = run("train", "new.txt", "--from", "new", "--resume", "--steps", "7", "-q")
    assert (ran.code, ran.err) == (
        2,
        "Error: This run started from old, not from new.\n"
        "Leave --from out to resume it, or start a new run with --out or --force.\n",
    )
    ran = run("train", "old.txt", "--from", "new", *on)
    assert (ran.code, ran.err.partition("\n")[0]) == (
        2,
        "Error: This run started without another model's weights, not from new.",
    )


def test_a_text_with_a_model_s_name_is_not_taken_for_it(run: Runner) -> None:
    Path("tale").write_text(TEXT, encoding="utf-8")
    assert find_model("tale") == Path("tale")  # there is nothing else, and what is wrong with it is said
    assert run("train", "tale", *HOW, "-q").code == 0
    assert find_model("tale") == Path("models/tale.npz")
    Path("tale").write_bytes(Path("models/tale.npz").read_bytes())
    assert find_model("tale") == Path("tale")
    Path("ready").write_text(TEXT, encoding="utf-8")
    assert find_model("ready").name == "ready.npz"


@pytest.mark.parametrize("command", [["-"], ["-", "more.txt"], ["-", "-o", "x/"], ["more.txt", "--force", "--lines"]])
def test_the_same_command_and_resume_goes_on(run: Runner, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("more.txt").write_text(TEXT, encoding="utf-8")
    give(monkeypatch)
    assert run("train", *command, *HOW, "-q").code == 0
    give(monkeypatch)
    again = [word.replace("3", "5") if word == "3" else word for word in HOW]
    ran = run("train", *command, *again, "--resume")
    assert (ran.code, ": 5 updates in" in ran.err) == (0, True)


def test_lines_that_are_hardly_ever_new_are_taken_as_they_come(run: Runner) -> None:
    Path("few.txt").write_text("yes\nno\nmaybe\n" * 120, encoding="utf-8")
    ran = run("train", "few.txt", "--lines", *HOW, "--steps", "200", "--hidden-size", "16", "--learning-rate", "0.03",
              "--validation", "0", "--dropout", "0")  # fmt: skip
    assert ran.code == 0
    assert "\n  lstmgen sample -m few --num-samples 20 --allow-copies\n" in ran.err
    assert run("sample", "-m", "few", "--num-samples", "20", "--allow-copies").code == 0
