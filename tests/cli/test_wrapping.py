"""On a terminal sampled text is broken between words; piped, it is exact."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lstmgen.terminal.wrapping import WordWrap
from tests.cli.running import COMMAND, Runner, cycle, environment, run_alone


def wrapped(text: str, columns: int = 20, piece: int = 3) -> str:
    """The text fed in pieces of so many characters."""
    wrap = WordWrap(lambda: columns)
    return "".join(wrap.feed(text[k : k + piece]) for k in range(0, len(text), piece)) + wrap.rest()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It was a fine day and the fox went home.", "It was a fine day\nand the fox went\nhome."),
        ("exactly twenty cells and more", "exactly twenty cells\nand more"),
        ("The woods are lovely,\n  dark and deep,\n\nBut", "The woods are\nlovely,\n  dark and deep,\n\nBut"),
        ("    return x + y + z + w\n", "    return x + y + z\n+ w\n"),
        ("one\ttwo\tthree", "one\ttwo\nthree"),
        ("a" * 47 + " end of it", "a" * 47 + " end of it"),
        ("a" * 45 + " and the end of it", "a" * 45 + " and the end of\nit"),
        ("日本語の文章は空白なしで書かれます", "日本語の文章は空白な\nしで書かれます"),
        ("ten cells 日本語 and so on", "ten cells 日本語 and\nso on"),
        ("e\u0301" * 12 + " " + "e\u0301" * 9, "e\u0301" * 12 + "\n" + "e\u0301" * 9),
        ("trailing blanks    \nstay", "trailing blanks    \nstay"),
        ("a narrow one has two blanks  here", "a narrow one has two\nblanks  here"),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_lines_end_between_words(text: str, shown: str) -> None:
    assert [wrapped(text, piece=piece) for piece in (1, 2, 7, 99)] == [shown] * 4


@given(st.text(st.sampled_from("ab  \n\t日é\u0301-."), max_size=80), st.integers(20, 40), st.integers(1, 9))
def test_nothing_but_a_blank_is_lost_and_lines_fit(text: str, columns: int, piece: int) -> None:
    shown = wrapped(text, columns, piece)
    assert "".join(shown.split()) == "".join(text.split())
    assert shown == wrapped(text, columns, 1)
    broken = shown.split("\n")
    for line in broken:
        words = re.findall(r"[^ \t日]+|日", line)
        if "\t" not in line and cell_len(line.rstrip()) > columns:
            assert len(words) == 1 or cell_len(words[0]) > columns or line[0] in " "
    if "\t" not in text and all(cell_len(line) <= columns for line in text.split("\n")):
        assert shown == text


def test_on_a_terminal_and_in_a_pipe(folder: Path) -> None:
    cycle(["one", "two", "three"], level="word").save("m.npz")
    arguments = ["sample", "-m", "m.npz", "--length", "14", "--seed", "1", "--quiet"]
    text = " ".join(["one two three"] * 4 + ["one two"])
    assert run_alone(*arguments, cwd=folder).stdout.decode() == f"{text}\n"

    program, *rest = COMMAND
    child = pexpect.spawn(
        program,
        [*rest, *arguments],
        cwd=str(folder),
        env=environment(),
        dimensions=(24, 40),
        encoding="utf-8",
        timeout=60,
    )
    child.expect(pexpect.EOF)
    assert str(child.before).replace("\r", "") == ("one two three one two three one two\nthree one two three one two\n")
    child.close()


def test_json_on_a_terminal_is_exact(folder: Path) -> None:
    cycle(["one", "two"], level="word").save("m.npz")
    program, *rest = COMMAND
    child = pexpect.spawn(
        program, [*rest, "sample", "-m", "m.npz", "-n", "40", "--json", "-q"], cwd=str(folder), env=environment(),
        dimensions=(24, 40), encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect(pexpect.EOF)
    assert str(child.before).count("\n") == 1
    child.close()


def test_a_dash_is_standard_output(run: Runner, folder: Path) -> None:
    cycle(list("abc")).save("m.npz")
    model = ["-m", "m.npz", "-q"]
    assert run("sample", *model, "-n", "4", "-o", "-").out == "abca\n"
    assert run("sample", *model, "-n", "4", "--json", "-o", "-").out.startswith('{"model"')
    for view in (["gates", "--text", "abc"], ["step", "--text", "abc"], ["unroll", "--text", "a"], ["weights"]):
        for more in ([], ["--json"]):
            plain, dash = run("inspect", *view, *model, *more), run("inspect", *view, *model, *more, "-o", "-")
            assert (dash.code, dash.out, dash.err) == (0, plain.out, plain.err)
            assert dash.out
    page = run("inspect", "report", *model, "--text", "abc", "-o", "-")
    assert (page.code, page.err) == (0, "") and page.out.startswith("<!DOCTYPE html>")
    assert list(folder.iterdir()) == [folder / "m.npz"]
