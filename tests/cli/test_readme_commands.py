"""README's shell commands, each as it stands and in their order, in one folder: none may spoil the next.

Only what they would wait for is replaced: a time or a number of updates becomes a few updates. What follows a `$` is a
session of its own, shown with its output.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lstmgen.shipped import shipped_corpora
from tests.cli.running import Runner

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TYPED = re.findall(r"^    lstmgen (.*)$", README, re.MULTILINE)
SHOWN = re.findall(r"^    \$ lstmgen (.*)$", README, re.MULTILINE)
FEW, MORE = 4, 8  # updates of a run, and in all where it goes on
BOOK = "It was a fine day. The fox went home, and said: {}!\n\nThe lamp was lit at {} o'clock.\n\n"


def words_of(line: str) -> list[str]:
    """The arguments, with so few updates that nobody waits."""
    words = shlex.split(line, comments=True)
    if words[0] != "train":
        return words
    for option in ("--time", "-t", "--steps"):
        if option in words:
            at = words.index(option)
            del words[at : at + 2]
    return [*words, "--steps", str(MORE if "--resume" in words else FEW)]


def write_texts() -> None:
    """What README says that a reader has."""
    book = "".join(BOOK.format("hello" * (k % 3), k) for k in range(300))
    for name in ("mybook.txt", "cards.txt", "poems.txt", "letters.txt", "notes.txt"):
        Path(name).write_text(book, encoding="utf-8")
    for folder in ("recipes", "poems", "letters"):
        Path(folder).mkdir()
        for k in range(30):
            Path(folder, f"{k}.txt").write_text(BOOK.format(k, 2 * k), encoding="utf-8")
    for name in ("names", "tunes"):
        text = shipped_corpora()[name].read_text(encoding="utf-8")
        Path(f"{name}.txt").write_text(text[:20_000], encoding="utf-8")


def test_the_commands_are_found() -> None:
    assert len(TYPED) >= 30 and len(SHOWN) >= 3
    assert words_of("train a.txt --time 1m  # fast") == ["train", "a.txt", "--steps", str(FEW)]
    assert words_of("train a.txt --resume --time 1h") == ["train", "a.txt", "--resume", "--steps", str(MORE)]


def test_what_is_typed_works_in_its_order(run: Runner, folder: Path) -> None:
    write_texts()
    for line in TYPED:
        ran = run(*words_of(line))
        assert ran.code == 0, (line, ran.err)
        assert ran.out or line.startswith(("train", "rm", "export")), line
    left = {path.name for path in Path("models").glob("*.npz") if ".state" not in path.name}
    assert left == {
        f"{name}.npz"
        for name in (
            "storybook", "mybook", "recipes", "cards", "poems", "letters", "words", "tunes", "rnn", "exact", "big4",
        )
    }  # fmt: skip


def test_what_is_shown_works_in_its_order(run: Runner, folder: Path) -> None:
    for line in SHOWN:
        ran = run(*words_of(line))
        assert ran.code == 0, (line, ran.err)
    assert Path("models/storybook.npz").is_file()


@pytest.mark.parametrize("line", [*TYPED, *SHOWN])
def test_every_line_fits_the_page(line: str) -> None:
    assert len(line) <= 108
