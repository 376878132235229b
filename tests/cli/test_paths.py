"""Names that no file can have, and names whose bytes are no text: a mistake of the user's, or a file like any other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import lstmgen
from lstmgen.api.training import resume
from lstmgen.errors import UsageError
from lstmgen.paths import checked_path
from tests.cli.running import Runner, cycle, run_alone

IMPOSSIBLE = {"half a character": "a\ud800", "a null character": "a\0"}
BUDGET = ("--steps", "1", "--hidden-size", "8")
COMMANDS = {
    "train text": lambda name: ("train", name, *BUDGET),
    "train --out": lambda name: ("train", "ok.txt", "-o", f"{name}.npz", *BUDGET),
    "train --out folder": lambda name: ("train", "ok.txt", "-o", f"{name}/", *BUDGET),
    "train --from": lambda name: ("train", "ok.txt", "--from", name, *BUDGET),
    "train --resume": lambda name: ("train", name, "--resume"),
    "train --resume --out": lambda name: ("train", "--resume", "-o", name),
    "sample --model": lambda name: ("sample", "-m", name),
    "sample --prompt-file": lambda name: ("sample", "-m", "m.npz", "--prompt-file", name),
    "sample --out": lambda name: ("sample", "-m", "m.npz", "-o", name),
    "sample --corpus": lambda name: ("sample", "-m", "m.npz", "--ngram-weight", "0.3", "--corpus", name),
    "inspect --model": lambda name: ("inspect", "score", "-m", name, "--text", "ab"),
    "inspect --file": lambda name: ("inspect", "score", "-m", "m.npz", "--file", name),
    "inspect --out": lambda name: ("inspect", "gates", "-m", "m.npz", "--text", "ab", "-o", f"{name}.svg"),
    "inspect report --out": lambda name: ("inspect", "report", "-m", "m.npz", "--text", "ab", "-o", f"{name}.html"),
}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def files(folder: Path) -> Path:
    (folder / "ok.txt").write_text("ab\n" * 30, encoding="utf-8")
    cycle(["a", "b"]).save(folder / "m.npz")
    return folder


@pytest.mark.parametrize("kind", IMPOSSIBLE)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_no_file_can_have(run: Runner, files: Path, command: str, kind: str) -> None:
    before = names_in(files)
    ran = run(*COMMANDS[command](IMPOSSIBLE[kind]))
    assert ran.code == 2
    assert ran.err.splitlines()[-2].startswith("Error: ") and "bug" not in ran.err
    assert ran.err.encode() and "Traceback" not in ran.err
    assert names_in(files) == before


def test_it_says_what_is_wrong_with_the_name() -> None:
    with pytest.raises(UsageError, match=r"^'a\\ud800' is no file's name: .* \('\\ud800'\)\.\nGive another path\.$"):
        checked_path("a\ud800")
    with pytest.raises(UsageError, match=r"^'a\\x00' is no file's name: it holds a null character\.\n"):
        checked_path("a\0")
    assert checked_path("a b.txt") == Path("a b.txt")


@pytest.mark.parametrize("name", IMPOSSIBLE.values(), ids=list(IMPOSSIBLE))
def test_the_python_face_says_it_too(name: str) -> None:
    model = cycle(["a", "b"])
    for use in (
        lambda: lstmgen.load(name),
        lambda: lstmgen.train(name, steps=1),
        lambda: lstmgen.train(text="ab", steps=1, out=name),
        lambda: resume(name),
        lambda: model.save(name),
    ):
        with pytest.raises(UsageError):
            use()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there all names are text")
def test_names_whose_bytes_are_no_text_are_names(folder: Path) -> None:
    odd = os.fsdecode(b"t\xff\xfe")
    Path(f"{odd}.txt").write_text("ab cd\n" * 30, encoding="utf-8")
    for arguments in (
        ("train", f"{odd}.txt", *BUDGET),
        ("train", f"{odd}.txt", "--resume", "--steps", "2"),
        ("sample", "-m", odd, "-n", "5", "--prompt-file", f"{odd}.txt", "--json"),
        ("sample", "-m", odd, "-n", "5", "-o", f"{odd}.new"),
        ("inspect", "gates", "-m", f"models/{odd}.npz", "--file", f"{odd}.txt", "-o", f"{odd}.svg"),
    ):
        ran = run_alone(*arguments, cwd=folder)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.decode() is not None and ran.stderr.decode() is not None  # both are UTF-8
    assert names_in(folder) == ["models", f"{odd}.new", f"{odd}.svg", f"{odd}.txt"]
    assert names_in(folder / "models") == [f"{odd}.npz", f"{odd}.state.npz"]
    ran = run_alone("train", f"no-{odd}", *BUDGET, cwd=folder)
    assert (ran.returncode, b"Traceback" in ran.stderr) == (2, False)
    assert "no-t\ufffd\ufffd" in ran.stderr.decode()
