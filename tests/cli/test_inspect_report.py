"""`lstmgen inspect report` as it is typed."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from tests.cli.running import SPOT, Runner, cycle
from tests.inspection.traces import model_of
from tests.test_light import light_run

ABOUT = "model tale (LSTM 2 x 6, characters, ./models)\n"


def test_a_page_is_written_and_it_is_said_how_to_open_it(run: Runner, tale: Model, folder: Path) -> None:
    ran = run("inspect", "report", "--text", SPOT)
    assert (ran.code, ran.out) == (0, "")
    address = (folder / "tale-report.html").as_uri()
    assert re.fullmatch(
        re.escape(ABOUT) + r"wrote tale-report\.html \(0\.1 MB\)\n" + f"Open it in a browser: {address}\n", ran.err
    )
    assert Path("tale-report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_no_file_is_replaced_unasked(run: Runner, tale: Model) -> None:
    for out in ("tale-report.html", "other.html"):
        named = () if out.startswith("tale") else ("-o", out)
        Path(out).write_text("mine", encoding="utf-8")
        ran = run("inspect", "report", "--text", SPOT, *named)
        assert (ran.code, Path(out).read_text(encoding="utf-8")) == (2, "mine")
        assert f"{out} already exists.\nReplace it: --force." in ran.err
        assert run("inspect", "report", "-q", "--text", SPOT, *named, "--force").err == ""
        assert Path(out).stat().st_size > 10_000


def test_json_is_the_trace_of_the_units_shown(run: Runner, tale: Model) -> None:
    ran = run("inspect", "report", "--text", SPOT, "--json")
    assert (ran.code, ran.err) == (0, ABOUT)
    found, trace = json.loads(ran.out), tale.trace(SPOT)
    for layer in (0, 1):
        shown = found["shown"][layer]
        assert sorted(shown) == list(range(6))
        for letter in trace.values:
            np.testing.assert_array_equal(
                np.array(found["values"][layer][letter], np.float32), trace[letter][:, layer, shown]
            )
    np.testing.assert_allclose(found["bits"], tale.score(SPOT).nats / np.log(2), rtol=1e-5)
    assert "".join(found["kinds"][k]["text"] for k in found["tokens"]) == SPOT
    assert run("inspect", "report", "-q", "--text", SPOT, "-o", "t.json").out == ""
    assert Path("t.json").read_text(encoding="utf-8") == ran.out


def test_the_models_own_writing_and_lines(run: Runner, folder: Path) -> None:
    cycle(list("ab\n"), lines=True).save("lines.npz")
    found = json.loads(run("inspect", "report", "-m", "lines.npz", "--json").out)
    assert len(found["tokens"]) == 240
    assert found["begins"] == list(range(2, 240, 3))
    assert found["remark"].startswith("A plain RNN has no gates")


def test_words_stand_apart_where_a_space_is_understood(run: Runner, folder: Path) -> None:
    model_of(["Doug", "saw", "Jane", "."], level="word").save("w.npz")
    found = json.loads(run("inspect", "report", "-m", "w.npz", "--text", "Doug saw Jane. Jane", "--json").out)
    pieces = zip(found["spaced"], (found["kinds"][k]["text"] for k in found["tokens"]), strict=True)
    assert "".join(" " * spaced + text for spaced, text in pieces) == "Doug saw Jane. Jane"


def test_a_long_text_is_cut_and_said(run: Runner, tale: Model) -> None:
    ran = run("inspect", "report", "--text", SPOT * 80)
    assert "The text was cut: only its first 2,000 tokens are used;" in ran.err
    assert ran.code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    (
        (("-o", "x.svg"), 2, "must end in .html or .json"),
        (("-o", "nowhere/x.html"), 2, "folder that does not exist"),
        (("-o", "x.html", "--json"), 2, "different forms"),
        (("--text", ""), 3, "nothing to look at"),
        (("-m", "gone"), 2, "gone"),
    ),
)
def test_refusals(run: Runner, tale: Model, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = run("inspect", "report", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert not list(Path().glob("*.html"))


def test_help_is_light_and_fits(folder: Path) -> None:
    shown = light_run(["inspect", "report", "--help"], folder, COLUMNS="80")
    assert "--force" in shown and max(map(len, shown.splitlines())) <= 80
