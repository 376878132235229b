"""`lstmgen inspect gates` as it is typed."""

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import COMMAND, ROOT, SGR, SPOT, Runner, cycle, environment, on_terminal, run_alone
from tests.inspection.traces import model_of

ABOUT = "model tale (LSTM 2 x 6, characters, ./models)\n"


def test_one_screen_of_digits(run: Runner, tale: Model) -> None:
    ran = run("inspect", "gates", "--text", SPOT)
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, ABOUT)
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == "tale · layer 1 of 0-1 · the most varying of 6 units · all 29 tokens"
    assert lines[1] == "   " + SPOT.replace(" ", "·")
    names = [line.split(":")[0] for line in lines if re.match(r"\w.* [a-z], ", line)]
    assert names == [
        "possibilities g, candidate",
        "ignoring i, input gate (1 lets in)",
        "forgetting f, forget gate (1 keeps)",
        "collected possibilities c, cell state",
        "selection o, output gate (1 releases)",
        "prediction h, output",
    ]


def test_the_digits_are_the_trace(run: Runner, tale: Model) -> None:
    ran = run("inspect", "gates", "-q", "--text", SPOT, "--layer", "0", "--units", "4,1-2")
    values = tale.trace(SPOT)["f"][:, 0]
    lines = ran.out.splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("forgetting"))
    for row, unit in enumerate((4, 1, 2)):
        assert lines[at + 1 + row] == f"{unit}  " + "".join(str(min(9, int(v * 10))) for v in values[:, unit].tolist())


def test_the_models_own_writing_is_the_same_every_time(run: Runner, tale: Model) -> None:
    first, again = run("inspect", "gates"), run("inspect", "gates")
    assert first.out == again.out
    assert "of 240" in first.out.splitlines()[0]
    found = json.loads(run("inspect", "gates", "--json").out)
    assert len(found["tokens"]) == 240
    assert "".join(found["tokens"]) == tale.sample(seed=0, length=240)


def test_own_writing_of_a_lines_model(run: Runner, folder: Path) -> None:
    cycle(list("ab\n"), lines=True).save("lines.npz")
    found = json.loads(run("inspect", "gates", "-m", "lines.npz", "--json").out)
    assert "".join(found["tokens"]) == "ab\n" * 80
    np.testing.assert_array_equal(found["h"][0], found["h"][3])


def test_json_and_npz_are_the_trace(run: Runner, tale: Model) -> None:
    wanted = dict(tale.trace(SPOT).arrays())
    ran = run("inspect", "gates", "--text", SPOT, "--json")
    found = json.loads(ran.out)
    assert run("inspect", "gates", "-q", "--text", SPOT, "-o", "t.json").out == ""
    assert Path("t.json").read_text(encoding="utf-8") == ran.out
    said = run("inspect", "gates", "--text", SPOT, "-o", "t.npz")
    assert (said.code, said.out, said.err) == (0, "", ABOUT + "wrote t.npz\n")
    with np.load("t.npz", allow_pickle=False) as arrays:
        assert "".join(arrays["tokens"]) == SPOT == "".join(found["tokens"])
        for name, array in wanted.items():
            np.testing.assert_array_equal(arrays[name], array)
            np.testing.assert_array_equal(np.array(found[name], dtype=array.dtype), array)
    assert wanted["f"].shape == (29, 2, 6)


def test_text_file_and_standard_input(run: Runner, tale: Model, folder: Path) -> None:
    shown = run("inspect", "gates", "-q", "--text", SPOT).out
    Path("text.txt").write_bytes(b"\xef\xbb\xbf" + SPOT.encode())
    assert run("inspect", "gates", "-q", "--file", "text.txt").out == shown
    assert run_alone("inspect", "gates", "-q", "--file", "-", cwd=folder, stdin=SPOT.encode()).stdout.decode() == shown
    assert run("inspect", "gates", "-q", "--text", SPOT, "-o", "t.txt").code == 0
    assert Path("t.txt").read_text(encoding="utf-8") == shown


def test_what_the_model_never_saw_is_said(run: Runner, tale: Model) -> None:
    ran = run("inspect", "gates", "--text", "Doug é saw")
    assert ran.code == 0
    assert "The model does not know the character 'é' (U+00E9): skipped." in ran.err
    assert "all 9 tokens" in ran.out


def test_a_long_text_is_cut_and_said(run: Runner, tale: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmgen.inspect.gates.command import _LARGEST

    monkeypatch.setitem(_LARGEST, "txt", 900)
    ran = run("inspect", "gates", "--text", SPOT * 3)
    kept = 900 // (6 * 2 * 6 + len(set(SPOT)))
    assert f"The text was cut: only its first {kept} tokens are used;" in ran.err
    assert f"all {kept} tokens" in ran.out


def test_the_plain_rnn(run: Runner, folder: Path) -> None:
    cycle(list("abc")).save("ring.npz")
    ran = run("inspect", "gates", "-m", "ring.npz", "--text", "abcab")
    assert "A plain RNN has no gates: one squashed path" in ran.out
    assert "prediction h, output" in ran.out
    assert "0+ 90090" in ran.out  # unit 0 knows the a


def test_words(run: Runner, folder: Path) -> None:
    model_of(["Doug", "saw", "Jane", "."], level="word").save("w.npz")
    ran = run("inspect", "gates", "-m", "w.npz", "--text", "Doug saw Jane.")
    assert ran.out.splitlines()[1] == "   Doug saw Jane ."


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    (
        (("--layer", "2"), 2, "no layer 2: they are numbered 0 to 1"),
        (("--units", "6"), 2, "no unit 6: they are numbered 0 to 5"),
        (("--units", "0-999999999"), 2, "no unit 999999999"),
        (("--units", "some"), 2, "is no list of units"),
        (("--units", "3-1"), 2, "names no unit"),
        (("--units", ""), 2, "is no list of units"),
        (("--text", ""), 3, "nothing to look at"),
        (("--text", "é"), 3, "nothing to look at"),
        (("--text", "a", "--file", "b"), 2, "Use only one of them"),
        (("--file", "gone.txt"), 2, "gone.txt"),
        (("--file", "bad.txt"), 3, "not UTF-8: byte 0xff at offset 2"),
        (("-o", "x.png"), 2, "must end in .txt, .svg, .html, .json, .csv or .npz"),
        (("-o", "nowhere/x.npz"), 2, "folder that does not exist"),
        (("-o", "x.npz", "--json"), 2, "different forms"),
        (("-o", "models/tale.npz"), 2, "is a model or a state"),
        (("-m", "gone"), 2, "gone"),
        (("--sort", "beauty"), 2, "beauty"),
    ),
)
def test_refusals(run: Runner, tale: Model, arguments: tuple[str, ...], code: int, words: str) -> None:
    Path("bad.txt").write_bytes(b"ab\xff")
    before = Path("models/tale.npz").read_bytes()
    ran = run("inspect", "gates", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert Path("models/tale.npz").read_bytes() == before


def test_colours_on_a_terminal_are_the_trace(tale: Model, folder: Path) -> None:
    from lstmgen.inspect.canvas.colours import shade

    lines = on_terminal(folder, "inspect", "gates", "--text", SPOT, "--units", "5").splitlines()
    at = next(k for k, line in enumerate(lines) if "forgetting f" in line)
    cells = re.findall(r"48;2;(\d+);(\d+);(\d+)m(.)", lines[at + 1])
    wanted = [shade(v, signed=False).bgcolor.triplet for v in tale.trace(SPOT)["f"][:, 1, 5].tolist()]
    assert [tuple(map(int, cell[:3])) for cell in cells] == [tuple(triplet) for triplet in wanted]
    assert "".join(cell[3] for cell in cells) == SPOT.replace(" ", "·")


@pytest.mark.parametrize(("rows", "columns"), ((24, 80), (40, 120)))
def test_a_terminal_screen_is_not_overrun(tale: Model, folder: Path, rows: int, columns: int) -> None:
    seen = SGR.sub("", on_terminal(folder, "inspect", "gates", rows=rows, columns=columns))
    lines = seen.splitlines()
    assert len(lines) < rows  # the shell's next line fits too
    assert max(map(len, lines)) <= columns


def test_no_color_means_digits(tale: Model, folder: Path) -> None:
    seen = on_terminal(folder, "inspect", "gates", "--text", SPOT, NO_COLOR="1")
    assert "48;2" not in seen and "Digits are tenths" in seen
    assert set(SGR.findall(seen)) <= {"", "0", "1", "2"}


HOSTILE = ["\x1b", "\x9b", "\x07", "\x7f", "\u202e", "\x00", "[link=x]", "a"]


@pytest.mark.parametrize("given", ((), ("--file", "evil.txt", "--units", "all")))
@pytest.mark.parametrize("level", ("char", "word"))
def test_nothing_raw_reaches_a_terminal(run: Runner, folder: Path, level: str, given: tuple[str, ...]) -> None:
    name = "evil\x1b[31m\u202e"
    model_of([*HOSTILE[:6], "[", "a"] if level == "char" else HOSTILE, level=level).save(f"{name}.npz")
    (folder / "evil.txt").write_text("a\x1b\x9b\x07\x7f\u202ea[", encoding="utf-8")
    arguments = ("inspect", "gates", "-m", f"{name}.npz", *given)
    for seen in (SGR.sub("", on_terminal(folder, *arguments)), run(*arguments).out):
        assert not [c for c in seen.replace("\n", "") if not c.isprintable()]


def test_a_closed_pipe_is_a_quiet_end(tale: Model, folder: Path) -> None:
    import subprocess

    child = subprocess.Popen(
        [*COMMAND, "inspect", "gates", "-q", "--units", "all"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=environment(),
    )  # fmt: skip
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(120) == 0


def test_help_loads_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; from lstmgen.cli import main; main(['inspect', 'gates', '--help']);"
        "sys.exit(bool({'numpy', 'numba'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, capture_output=True, check=False)
    assert ran.returncode == 0


def test_files_of_every_form(run: Runner, tale: Model) -> None:
    for ending, words in (("svg", "<title>Gates of tale over a text</title>"), ("html", "possibilities g, candidate")):
        assert run("inspect", "gates", "-q", "--text", SPOT, "-o", f"t.{ending}").code == 0
        assert words in Path(f"t.{ending}").read_text(encoding="utf-8")
    assert run("inspect", "gates", "-q", "--text", SPOT, "-o", "t.csv").code == 0
    rows = [line.split(",") for line in Path("t.csv").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["position", "token", "layer", "unit", "f", "i", "o", "g", "c", "h"]
    assert len(rows) == 1 + 29 * 2 * 6
    trace = tale.trace(SPOT)
    assert rows[1 + (4 * 2 + 1) * 6 + 3][2:5] == ["1", "3", str(trace["f"][4, 1, 3])]
    assert run("inspect", "model", "-o", "m.svg").code == 0
    assert "What tale says of itself" in Path("m.svg").read_text(encoding="utf-8")
    assert "must end in .txt, .svg, .html or .json" in run("inspect", "model", "-o", "m.csv").err
