"""`lstmgen inspect model` as it is typed."""

import json
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from lstmgen.modelfile import make_header, read_model
from lstmgen.modelfile.model import ModelFile
from tests.cli.running import SGR, Runner, on_terminal, run_alone
from tests.inspection.traces import network_for

ABOUT = "model tale (LSTM with peepholes 2 x 6, characters, ./models)\n"
COMMAND_LINE = "lstmgen train 'old tale.txt' --steps 50 --seed 3"


@pytest.fixture
def tale(folder: Path) -> Path:
    """A model with a past in models/tale.npz."""
    (folder / "models").mkdir()
    network = network_for("peephole", V=3)
    header = make_header(
        network.architecture,
        level="char",
        vocabulary=["a", "\n", "\x1b"],
        corpus={"names": ["old\x9b tale.txt"], "characters": 100, "tokens": 100, "split": 90, "digest": "d1"},
        training={"updates": 50, "tokens": 1600, "seed": 3, "best_validation": 1.5, "command": COMMAND_LINE},
    )
    history = np.array([[k, 32 * k, 0.01, 2 - k / 100, 2.1 - k / 110, 1.0] for k in range(5, 55, 5)], np.float64)
    clock = np.array([[k / 10, 100.0] for k in range(10)])
    Model(ModelFile(header, dict(network.views), history, clock)).save("models/tale.npz")
    return Path("models/tale.npz")


def test_the_page(run: Runner, tale: Path) -> None:
    ran = run("inspect", "model")
    assert (ran.code, ran.err) == (0, ABOUT)
    for words in (
        f"tale.npz  {tale.stat().st_size:,} bytes",
        "peephole: gates f i o g, output squashing identity",
        "3 characters: a ↵ \\x1b",
        "old\\x9b tale.txt, 100 characters, 100 tokens, the last 10 from token 90",
        "1.5000 nats per token, 2.1640 bits per character, perplexity 4.48",
        "layers.0.p  3 x 6                      18\n",
        "Loss in nats per token over 50 updates",
        "validation\n",
        "train\n",
        read_model(tale).header["digest"],
    ):
        assert " ".join(words.split()) in " ".join(ran.out.split()), words
    assert f"\nThe command that repeats it:\n  {COMMAND_LINE}\nIn short: " in ran.out
    assert " ".join(ran.out.split()).endswith(
        " numbers, learned from 100 characters of old\\x9b tale.txt; on text that was kept back they leave it as "
        "unsure of the next character as among 4.48 equally likely ones, of 3 that it knows."
    )
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json(run: Runner, tale: Path) -> None:
    found = json.loads(run("inspect", "model", "--json").out)
    file = read_model(tale)
    assert found["header"] == file.header
    assert found["bytes"] == tale.stat().st_size
    assert found["history"]["train"] == file.history[:, 3].tolist()
    assert found["validation"]["nats"] == 1.5
    run("inspect", "model", "-o", "m.json")
    assert json.loads(Path("m.json").read_text(encoding="utf-8")) == found


def test_a_text_file_is_the_page(run: Runner, tale: Path) -> None:
    page = run("inspect", "model").out
    ran = run("inspect", "model", "-o", "m.txt")
    assert (ran.code, ran.out, ran.err) == (0, "", ABOUT + "wrote m.txt\n")
    assert Path("m.txt").read_text(encoding="utf-8") == page


def test_changed_weights_are_said(run: Runner, tale: Path) -> None:
    file = read_model(tale)
    file.arrays["output.b"][0] += 1
    Model(file).save(tale)
    assert "changed" in run("inspect", "model").err


def test_refusals(run: Runner, tale: Path) -> None:
    assert run("inspect", "model", "-o", "m.npz").code == 2
    assert run("inspect", "model", "-m", "gone").code == 2
    Path("cut.npz").write_bytes(tale.read_bytes()[:300])
    ran = run("inspect", "model", "-m", "cut.npz")
    assert (ran.code, ran.out) == (4, "")


def test_nothing_raw_reaches_a_terminal(tale: Path, folder: Path) -> None:
    seen = SGR.sub("", on_terminal(folder, "inspect", "model"))
    assert not [c for c in seen.replace("\n", "") if not c.isprintable()]
    piped = run_alone("inspect", "model", cwd=folder).stdout.decode()
    assert seen.replace(ABOUT, "", 1).split() == piped.split()


def test_a_picture_is_no_wider_than_its_frame_and_light_where_that_is_asked(run: Runner, tale: Path) -> None:
    model = read_model(tale)
    model.header["training"]["command"] = f"lstmgen train {'x' * 30} {'--steps 50 ' * 60}"
    Model(model).save("models/long.npz")
    assert run("inspect", "model", "-m", "long", "-o", "long.svg", "--theme", "light").code == 0
    assert run("inspect", "model", "-m", "long", "-o", "dark.svg").code == 0
    light, dark = (Path(name).read_text() for name in ("long.svg", "dark.svg"))
    assert 'width="700"' in light and 'fill="#ffffff"' in light and "--steps 50" in light
    assert 'width="700"' in dark and 'fill="#16161c"' in dark
    assert max(map(len, run("inspect", "model", "-m", "long").out.splitlines())) > 600  # as it is typed


@pytest.mark.parametrize("more", [[], ["--json"], ["-o", "card.txt"]])
def test_a_ground_belongs_to_a_picture_in_a_file(run: Runner, tale: Path, more: list[str]) -> None:
    ran = run("inspect", "model", "--theme", "dark", *more)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("Name an .svg or .html file with -o.\n")
