"""`lstmgen inspect weights` as it is typed."""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.weights.view import find_token
from tests.cli.running import SGR, Runner, on_terminal
from tests.inspection.traces import model_of

WORDS = [".", "saw", "Doug", "Jane", "Spot"]


def saved(cell: str = "lstm", *, tokens: list[str] = WORDS, E: int = 0, H: int = 5, L: int = 1) -> Model:
    Path("models").mkdir(exist_ok=True)
    model = model_of(tokens, cell, E=E, H=H, L=L, level="word")
    model.save("models/lesson.npz")
    return model


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize(("H", "E"), ((5, 0), (40, 3)))
def test_one_screen(run: Runner, cell: str, H: int, E: int) -> None:
    arrays = saved(cell, H=H, E=E, L=2).file.arrays
    ran = run("inspect", "weights")
    lines = ran.out.splitlines()
    assert ran.code == 0 and len(lines) <= 22 and max(map(len, lines)) <= 80
    assert lines[0] == f"lesson · layer 1 of 0-1 · {H} units · weights"
    shown = [(one, one.letter) for one in CELL_FACTS[cell].traced if one.letter in CELL_FACTS[cell].gates]
    names = [f"{one.lecture} {letter}" for one, letter in shown]
    rows = [line for line in lines if line.startswith(tuple(names))]
    assert len(rows) == len(names)
    for row, place in zip(rows, [CELL_FACTS[cell].gates.index(letter) for _, letter in shown], strict=True):
        found = row[37:].replace("%", "").replace("<", "").split()
        W, U, b = (arrays[f"layers.1.{kind}"][place].astype(float) for kind in "WUb")
        wanted = [np.linalg.norm(W), 0, np.linalg.norm(U), 0, abs(np.linalg.eigvals(U)).max(), b.mean()]
        for k in (0, 2, 4, 5):
            assert float(found[k]) == pytest.approx(wanted[k], rel=5e-3, abs=5e-3)
    assert (cell == "rnn") == ("(1 keeps)" not in ran.out)
    assert ("recurrent bias b_hn" in ran.out) == (cell == "gru")
    assert ("peepholes p" in ran.out) == (cell == "peephole")
    assert f"output.W, 5 x {H}" in ran.out and ("embedding, 5 x 3" in ran.out) == (E == 3)


def test_small_matrices_are_shown_number_by_number(run: Runner) -> None:
    W = saved().file.arrays["layers.0.W"]
    ran = run("inspect", "weights", "-q", "--matrix", "W.f")
    lines = ran.out.splitlines()
    assert lines[0] == "lesson · layer 0 · W.f: input to forgetting, forget gate (1 keeps)"
    assert lines[2].split() == WORDS
    for unit in range(5):
        assert [float(v) for v in lines[3 + unit].split()] == [unit, *(round(float(w), 2) for w in W[0, unit])]
    rows = run("inspect", "weights", "-q", "--matrix", "output.W").out.splitlines()
    assert [row.split()[0] for row in rows[3:8]] == WORDS


@pytest.mark.parametrize("how", ("mean", "max"))
def test_large_matrices_are_reduced_and_it_is_said(run: Runner, how: str) -> None:
    U = saved(H=150).file.arrays["layers.0.U"][0]
    ran = run("inspect", "weights", "-q", "--matrix", "U.f", "--reduce", how)
    lines = ran.out.splitlines()
    assert len(lines) <= 22 and max(map(len, lines)) <= 80
    row, column = np.unravel_index(int(np.argmax(abs(U))), U.shape)
    strongest, way = U[row, column], "raises" if U[row, column] > 0 else "lowers"
    assert lines.pop() == (
        f"In short: of 22,500 weights the strongest is {strongest:+.2g}: unit {column} {way} unit {row} most."
    )
    rows = [line.split() for line in lines if re.match(r"\d+ +\d{20,}$", line)]
    tops, width = [int(label) for label, _ in rows], len(rows[0][1])
    lefts = [k * 150 // width for k in range(width)]
    what = np.mean if how == "mean" else np.max
    bottoms, rights = [*tops[1:], 150], [*lefts[1:], 150]
    blocks = np.array(
        [
            [what(abs(U[a:b, c:d])) for c, d in zip(lefts, rights, strict=True)]
            for a, b in zip(tops, bottoms, strict=True)
        ]
    )
    tenths = np.minimum(9, (blocks - blocks.min()) / (blocks.max() - blocks.min()) * 10)
    seen = np.array([[int(c) for c in digits] for _, digits in rows])
    assert np.abs(seen - (tenths - 0.5)).max() <= 0.51
    said = "Mean size" if how == "mean" else "Largest size"
    assert lines[-1].startswith(said) and f"0 is {blocks.min():.2g}, 9 is {blocks.max():.2g}" in lines[-1]


def test_colours_are_the_weights(folder: Path) -> None:
    U = saved().file.arrays["layers.0.U"][3]
    seen = on_terminal(folder, "inspect", "weights", "--matrix", "U.g").splitlines()
    rows = [re.findall(r"48;2;(\d+);(\d+);(\d+)m", line) for line in seen]
    high = float(abs(U).max())
    wanted = [[shade(v, signed=True, scale=high).bgcolor.triplet for v in row] for row in U.tolist()]
    assert [[tuple(map(int, cell)) for cell in row] for row in rows if row] == [
        [tuple(t) for t in row] for row in wanted
    ]


def test_files_are_the_arrays(run: Runner) -> None:
    arrays = saved(L=2).file.arrays
    assert run("inspect", "weights", "-q", "-o", "w.npz").code == 0
    with np.load("w.npz", allow_pickle=False) as found:
        assert len(found.files) == 17
        for layer in range(2):
            for kind in "WU":
                for place, gate in enumerate("fiog"):
                    wanted = arrays[f"layers.{layer}.{kind}"][place]
                    np.testing.assert_array_equal(found[f"layers.{layer}.{kind}.{gate}"], wanted)
        np.testing.assert_array_equal(found["output.W"], arrays["output.W"])

    facts = json.loads(run("inspect", "weights", "-q", "--json").out)
    of = {(one["name"], one["layer"]): one for one in facts["matrices"]}
    assert len(of) == 17 and of["output.W", None]["radius"] is None
    assert of["U.i", 1]["radius"] == pytest.approx(abs(np.linalg.eigvals(arrays["layers.1.U"][1].astype(float))).max())
    biases = {(one["name"], one["layer"]): one["mean"] for one in facts["biases"]}
    assert biases["b.f", 0] == pytest.approx(arrays["layers.0.b"][0].astype(float).mean())

    run("inspect", "weights", "-q", "-o", "w.csv")
    with Path("w.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["name"], row["layer"]): row for row in csv.DictReader(file)}
    assert float(rows["W.o", "1"]["norm"]) == of["W.o", 1]["norm"]

    one = json.loads(run("inspect", "weights", "-q", "--matrix", "U.o", "--layer", "0", "--json").out)
    np.testing.assert_array_equal(np.array(one["values"], np.float32), arrays["layers.0.U"][2])
    run("inspect", "weights", "-q", "--matrix", "U.o", "--layer", "0", "-o", "u.csv")
    lines = Path("u.csv").read_text(encoding="utf-8").split()
    assert lines[0] == "row,column,weight" and lines[1 + 7].startswith("1,2,")
    assert np.float32(lines[1 + 7].split(",")[2]) == arrays["layers.0.U"][2][1, 2]


def test_neighbours(run: Runner) -> None:
    arrays = saved().file.arrays
    ran = run("inspect", "weights", "-q", "--token", "Doug")
    table = arrays["output.W"].astype(float)
    cosines = table @ table[2] / np.linalg.norm(table, axis=1) / np.linalg.norm(table[2])
    order = [k for k in np.argsort(-cosines) if k != 2]
    right = [line[40:].split()[:2] for line in ran.out.splitlines()[2:6]]
    assert right == [[WORDS[k], f"{cosines[k]:.2f}"] for k in order]
    found = json.loads(run("inspect", "weights", "-q", "--token", "Doug", "--json").out)
    assert [one["space"] for one in found["neighbours"]] == ["W", "output.W"]
    assert found["neighbours"][1]["tokens"] == [WORDS[k] for k in order]
    run("inspect", "weights", "-q", "--token", "Doug", "-o", "n.npz")
    with np.load("n.npz") as arrays_found:
        assert arrays_found["output.W_ids"].tolist() == order
    run("inspect", "weights", "-q", "--token", "Doug", "-o", "n.csv")
    assert (
        Path("n.csv")
        .read_text(encoding="utf-8")
        .splitlines()[5]
        .startswith(f"output.W,1,{order[0]},{WORDS[order[0]]},")
    )


def test_a_table_that_reads_and_writes(run: Runner) -> None:
    arrays = dict(saved(E=5, H=5).file.arrays)
    del arrays["output.W"]
    Model.from_arrays(arrays, WORDS, level="word").save("models/lesson.npz")
    assert "embedding of 5 shared with output.W, " in run("inspect", "model", "-q").out.replace("\n" + 12 * " ", " ")
    assert (
        "embedding, one row per token, used for input and output"
        in run("inspect", "weights", "--matrix", "embedding").out
    )
    assert "There is no matrix 'output.W'" in run("inspect", "weights", "--matrix", "output.W").err
    ran = run("inspect", "weights", "-q", "--token", "Doug")
    assert ran.out.splitlines()[1].strip() == "rows of the embedding (reading and writing)"
    assert len(ran.out.splitlines()[2].split()) >= 2
    found = json.loads(run("inspect", "weights", "-q", "--token", "Doug", "--json").out)
    assert [one["space"] for one in found["neighbours"]] == ["embedding"]
    for view in ("gates", "step", "unroll", "predictions"):
        assert run("inspect", view, "-q", "--text", "Doug saw Jane.").code == 0


def test_tokens_as_they_are_typed() -> None:
    tokens = ["a", "\n", " ", "Once", "\\n"]
    assert [find_token(tokens, text) for text in ("a", "\\n", "↵", " ", "·")] == [0, 4, 1, 2, 2]
    assert find_token(tokens[:-1], "\\n") == 1
    with pytest.raises(UsageError, match=r"no token 'once'\.\nNear it: Once"):
        find_token(tokens, "once")
    with pytest.raises(UsageError, match="inspect model lists"):
        find_token(tokens, "zzz")


@pytest.mark.parametrize(
    ("arguments", "words"),
    (
        (("--matrix", "X"), "There are: W.f"),
        (("--matrix", "U.f", "--token", "a"), "give one of them"),
        (("--token", "Dug"), "Near it: Doug"),
        (("--layer", "1"), "this model has one"),
        (("--reduce", "median"), "median"),
        (("-o", "x.png"), "must end in"),
        (("-o", "models/lesson.npz"), "is a model or a state"),
    ),
)
def test_refusals(run: Runner, arguments: tuple[str, ...], words: str) -> None:
    saved()
    ran = run("inspect", "weights", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_too_many_numbers_for_text(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["lstmgen.inspect.weights.command"], "_LARGEST", 20)
    saved()
    ran = run("inspect", "weights", "--matrix", "U.f", "--json")
    assert (ran.code, ran.out) == (2, "") and "25 numbers, too many for JSON" in ran.err
    saved(tokens=["a"])
    assert "single token" in run("inspect", "weights", "--token", "a").err


def test_nothing_raw_reaches_a_terminal(run: Runner, folder: Path) -> None:
    saved(tokens=["\x1b", "\x9b", "\u202e", "\x00", "[link=x]"])
    for arguments in ((), ("--matrix", "W.i"), ("--matrix", "output.W"), ("--token", "\x1b")):
        for seen in (
            SGR.sub("", on_terminal(folder, "inspect", "weights", *arguments)),
            run("inspect", "weights", *arguments).out,
        ):
            assert not [c for c in seen.replace("\n", "") if not c.isprintable()]
