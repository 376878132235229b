"""`lstmgen export`: what it says before it writes, what it refuses, and what the file holds."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

import lstmgen
from lstmgen.api import Model
from lstmgen.errors import UsageError
from lstmgen.export.forms import EXPORT_FORMS
from lstmgen.shipped import shipped_model
from tests.cli.running import Runner, cycle

STAYS = "Stays behind: the names of texts, the command that trained it, and all else that the header says."


def facts_of(page: Path) -> dict:
    """What a page knows of its model."""
    found = re.search(r'<script id="facts" type="application/json">\n(.*?)\n</script>', page.read_text("utf-8"), re.S)
    assert found is not None
    return json.loads(found[1])


def test_the_list(run: Runner) -> None:
    ran = run("export", "--list")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(EXPORT_FORMS)
    for form in EXPORT_FORMS.values():
        at = lines.index(f"{form.ending:14}{form.summary}")
        assert [line[14:] for line in lines[at + 1 : at + 4]] == [
            f"weights: {', '.join(form.weights)}",
            f"carries: {form.carries}",
            f"loses: {form.loses}",
        ]


@pytest.mark.parametrize("ending", EXPORT_FORMS)
def test_half_a_character_in_a_note(ending: str, run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"]).save("round.npz")
    ran = run("export", "round.npz", "-o", f"round{ending}", "--title", "a\udcff", "--note", "half\udcff")
    assert ran.code == 0
    written = [path.read_bytes() for path in sorted(folder.glob("round.*")) if path.suffix != ".npz"]
    assert any(b"half?" in content for content in written)


def test_the_weights_come_with_the_module_that_reads_them(run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"]).save("round.npz")
    ran = run("export", "round.npz", "-o", "round.py")
    weights, module = (Path(f"round.{ending}").stat().st_size / 1e3 for ending in ("safetensors", "py"))
    assert ran.code == 0
    assert ran.err.splitlines()[-2:] == [
        f"wrote round.safetensors ({weights:.0f} KB)",
        f"wrote round.py ({module:.0f} KB)",
    ]


def test_the_model_may_be_named_as_elsewhere(run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"]).save("round.npz")
    assert run("export", "-m", "round.npz", "-o", "round.html", "-q").code == 0
    assert facts_of(Path("round.html"))["tokens"] == ["a", "b", "\n"]
    twice = run("export", "round.npz", "-m", "other", "-o", "round.html")
    said = "Error: round.npz and --model other both name the model.\nUse only one of them.\n"
    assert (twice.code, twice.err) == (2, said)


def test_it_says_what_leaves_before_it_writes(run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"]).save("round.npz")
    ran = run("export", "round.npz", "-o", "round.html")
    size = f"{Path('round.html').stat().st_size / 1e3:.0f} KB"
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "model round (plain RNN 1 x 3, characters, this folder)",
        "Leaves with the file: 33 weights as float16, the vocabulary of 3 characters from its training text.",
        STAYS,
        "What a sample copies cannot be determined without the training text: it is no longer here, or has changed.",
        "What rounding to float16 costs is not known: no held-out text was found.",
        f"wrote round.html ({size})",
    ]
    facts = facts_of(Path("round.html"))
    assert (facts["tokens"], facts["cell"], facts["weights"], facts["loss"]) == (
        ["a", "b", "\n"],
        "rnn",
        "float16",
        None,
    )


@pytest.mark.parametrize(("kind", "share"), [("float16", 0.75), ("int8", 0.45), ("float32", 1.34)])
def test_the_bundled_model(run: Runner, folder: Path, kind: str, share: float) -> None:
    ran = run("export", "ready", "-o", "ready.html", "--weights", kind, "--note", "For\x1b you", "--title", "Tales")
    lines = ran.err.splitlines()
    assert ran.code == 0
    assert lines[2] == f'{STAYS} Said instead: title "Tales", note "For\\x1b you".'
    assert re.fullmatch(
        r"Longest passage copied from the training text: \d+ of 2,000 generated characters "
        r"\(in as much validation text: \d+\)\.",
        lines[3],
    )
    assert lines[4].startswith("The longest copied passage: ")
    exact, *rounded = map(float, re.findall(r"\d\.\d{4}", lines[5]))
    assert lines[5].startswith("On held-out text: ") and len(rounded) == (kind != "float32")
    facts, model = facts_of(Path("ready.html")), shipped_model()
    assert (facts["title"], facts["note"]) == ("Tales", "For\x1b you")
    assert round(facts["loss"]["exact"], 4) == exact
    assert (
        abs(facts["loss"]["rounded"] - facts["loss"]["exact"]) < {"float32": 1e-9, "float16": 1e-3, "int8": 0.02}[kind]
    )
    assert model is not None and Path("ready.html").stat().st_size <= share * model.stat().st_size + 150_000
    text, header = Path("ready.html").read_text("utf-8"), lstmgen.load("ready").header
    for private in (header["training"]["command"], header["corpus"]["digest"], *header["corpus"]["names"]):
        assert private not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the file to write; its ending says the form: --out story.html"),
        (["-o", "x.doc"], "x.doc must end in .html or .js"),
        (["-o", "x"], "x must end in .html"),
        (["-o", "gone/x.html"], "gone/x.html is in a folder that does not exist."),
        (["nobody", "-o", "x.html"], "There is no model 'nobody'"),
    ],
)
def test_what_it_refuses(run: Runner, arguments: list[str], said: str) -> None:
    ran = run("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Error: {said}")
    assert not Path("x.html").exists()


def test_from_python(folder: Path) -> None:
    model = cycle(["a", "b", "\n"])
    model.export("round.html", weights="float32", title="</script>\u2028<b>")
    facts = facts_of(folder / "round.html")
    assert facts["title"] == "</script>\\u2028<b>" and facts["weights"] == "float32"
    with pytest.raises(UsageError, match=r"weights as float16 or int8 or float32, not bf16"):
        model.export("round.html", weights="bf16")
    with pytest.raises(UsageError, match="cannot be exported"):
        model.clamped("1=0").export("round.html")


def test_the_rule_of_spaces_is_two_booleans_a_token(folder: Path) -> None:
    vocabulary = ["<unk>", "word", ".", "(", "", "\n"]
    model = Model.from_arrays(cycle(list("abcdef")).file.arrays, vocabulary, cell="rnn", level="word", unknown=0)
    model.export("words.html")
    facts = facts_of(folder / "words.html")
    spelling = model.vocabulary.spelling
    assert facts["spaces"] == "332000"
    assert [int(k) & 1 for k in facts["spaces"]] == spelling.takes_space.astype(int).tolist()
    assert [int(k) >> 1 for k in facts["spaces"]] == spelling.gives_space.astype(int).tolist()
    assert (facts["unknown"], facts["end"], facts["min_p"], facts["length"]) == (0, None, 0.05, 100)


def test_what_stands_in_the_file_are_the_weights(folder: Path) -> None:
    model = cycle(["a", "b", "c"])
    model.export("round.html", weights="float32")
    text = Path("round.html").read_text("utf-8")
    found = re.search(r'<script id="weights" type="text/plain">\n(.*?)\n</script>', text, re.S)
    assert found is not None
    data = base64.b64decode(found[1])
    for entry in facts_of(Path("round.html"))["arrays"]:
        array = np.frombuffer(data, "<f4", int(np.prod(entry["shape"])), entry["at"]).reshape(entry["shape"])
        np.testing.assert_array_equal(array, model.file.arrays[entry["name"]])
