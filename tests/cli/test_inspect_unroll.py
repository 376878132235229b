"""`lstmgen inspect unroll` as it is typed."""

import csv
import json
from pathlib import Path

import pytest

from lstmgen.api import Model
from tests.cli.running import SGR, Runner, cycle, on_terminal
from tests.inspection.test_unroll import WORDS, model_of


@pytest.fixture
def book(folder: Path) -> Model:
    """A word model in models/book.npz."""
    (folder / "models").mkdir()
    model = model_of(WORDS, level="word")
    model.save("models/book.npz")
    return model


def test_the_lectures_story_goes_on(run: Runner, folder: Path) -> None:
    cycle(["Doug", "saw", "Jane", "."], level="word").save("ring.npz")
    ran = run("inspect", "unroll", "-m", "ring.npz", "--text", "Doug saw Jane. Doug", "--steps", "3")
    assert (ran.code, ran.err) == (0, "model ring (plain RNN 1 x 4, words, this folder)\n")
    lines = ran.out.splitlines()
    assert lines[0] == "ring · all 5 tokens, then 3 of its own · chain of predictions"
    assert (lines[7] + lines[16]).split() == ["nothing", *WORDS[:4], *WORDS[:4]]
    assert "carries prediction h (output)" in ran.out.replace("\n", " ")
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[-1] == "In short: it guessed 5 of 5 tokens given; alone it goes on: saw Jane ."


@pytest.mark.parametrize(
    ("tokens", "level", "lines", "cell", "prompt"),
    (
        (list("abc de\n"), "char", False, "lstm", "abc"),
        (list("abc de\n"), "char", True, "peephole", "abc\nde"),
        (list("abc de\n"), "char", True, "lstm", ""),
        (WORDS, "word", False, "rnn", "Doug saw Mary"),
    ),
)
def test_as_sample_at_temperature_0(run, folder, tokens, level, lines, cell, prompt) -> None:
    model = model_of(tokens, cell, level=level, lines=lines)
    model.save("m.npz")
    found = json.loads(run("inspect", "unroll", "-qm", "m.npz", "--text", prompt, "--steps", "12", "--json").out)
    written = run(
        "sample", "-qm", "m.npz", "--prompt", prompt, "--temperature", "0", "--length", "12", "--seed", "1"
    ).out.removesuffix("\n")
    ids = [link["id"] for link in found["links"][1:]]
    if lines and tokens[ids[-1]] == "\n" and found["links"][-1]["own"]:
        ids.pop()
    assert model.vocabulary.decode(ids) == written


def test_json_csv_and_pictures(run: Runner, book: Model) -> None:
    found = json.loads(run("inspect", "unroll", "-q", "--json").out)
    assert found["vocabulary"] == 5
    assert [link["own"] for link in found["links"]] == [False] * 7 + [True] * 24
    for ending in ("csv", "svg", "html", "txt"):
        assert run("inspect", "unroll", "-q", "-o", f"c.{ending}").code == 0
    rows = list(csv.DictReader(Path("c.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 31 * 5
    assert Path("c.txt").read_text(encoding="utf-8") == run("inspect", "unroll", "-q").out
    assert "<title>Chain of predictions of book</title>" in Path("c.svg").read_text(encoding="utf-8")


def test_own_writing_of_a_lines_model_is_half_a_line(run: Runner, folder: Path) -> None:
    cycle(list("abcdefg\n"), lines=True).save("lines.npz")
    found = json.loads(run("inspect", "unroll", "-qm", "lines.npz", "--json").out)
    assert "".join(link["token"] for link in found["links"][1:]) == "abcdefg\n"
    assert sum(link["own"] for link in found["links"]) == 5  # own writing is cut to six, and that in half


def test_long_texts(run: Runner, book: Model) -> None:
    text = "Doug saw Jane. " * 40
    ran = run("inspect", "unroll", "--text", text)
    assert "More: --all" in ran.out and len(ran.out.splitlines()) <= 22
    whole = run("inspect", "unroll", "--text", text, "--all", "--steps", "2").out
    assert whole.count("■") == 1 + 160 + 2 and "More" not in whole


def test_a_longer_text_than_is_looked_at_is_said(run: Runner, book: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Model.unroll.__kwdefaults__, "numbers", 2_000)
    ran = run("inspect", "unroll", "--text", "Doug saw Jane. " * 40, "--steps", "2")
    assert "The text was cut: only its first" in ran.err


def test_a_terminal_screen_is_not_overrun(book: Model, folder: Path) -> None:
    seen = SGR.sub("", on_terminal(folder, "inspect", "unroll", "--text", "Jane saw Spot. Doug"))
    assert len(seen.splitlines()) < 24
    assert max(map(len, seen.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    (
        (("--steps", "-1"), 2, "--steps"),
        (("--text", "", "--steps", "0"), 3, "nothing to look at"),
        (("-o", "x.npz"), 2, "must end in"),
        (("-m", "gone"), 2, "gone"),
        (("--text", "a", "--file", "b"), 2, "Use only one of them."),
    ),
)
def test_refusals(run: Runner, book: Model, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = run("inspect", "unroll", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
