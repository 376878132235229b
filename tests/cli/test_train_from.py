"""The life of a model on the command line: begun, refused to be replaced, gone on with, begun with again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lstmgen.api import load, plan, train
from lstmgen.cli import model_paths as places
from lstmgen.errors import UsageError
from lstmgen.modelfile import digest_of
from lstmgen.training import events
from tests.cli.running import Runner, cycle
from tests.cli.test_train import STEPS, TEXT
from tests.training.runs import members

OTHER = "A cow saw the cat; the cow ran. " * 50
HOW = ["--steps", "4", "--seed", "2", "--batch-size", "4", "--seq-length", "16"]


@pytest.fixture
def old(run: Runner, folder: Path) -> Path:
    """models/tale.npz, of 8 units."""
    Path("tale.txt").write_text(TEXT, encoding="utf-8")
    Path("other.txt").write_text(OTHER, encoding="utf-8")
    assert run("train", "tale.txt", *STEPS, "-q").code == 0
    return Path("models/tale.npz")


def test_it_is_told_and_the_recorded_command_repeats_it(run: Runner, old: Path) -> None:
    ran = run("train", "other.txt", "--from", "tale", *HOW)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(
        "Starting from the weights of tale: 3 new characters got new rows; 2 of the model's do not occur.\n"
    )
    assert re.search(r"\n  layers +1 x 8 units +tale's own\n", ran.err)
    made = load("other")
    assert made.header["sizes"]["units"] == 8
    assert made.header["training"]["origin"]["digest"] == digest_of(load("tale").file.arrays)
    command = shlex.split(made.header["training"]["command"])
    assert command[:5] == ["lstmgen", "train", "other.txt", "--from", "tale"]
    assert run(*command[1:], "-q", "-o", "again.npz").code == 0
    assert members(Path("again.npz")) == members(Path("models/other.npz"))
    assert "from the weights of tale" in " ".join(run("inspect", "model", "-m", "other").out.split())


def test_by_path_or_shipped_and_gone_on_with(run: Runner, old: Path) -> None:
    Path("elsewhere").mkdir()
    old.rename("elsewhere/old.npz")
    assert run("train", "other.txt", "--from", "elsewhere/old.npz", *HOW, "-q").code == 0
    training = load("other").header["training"]
    assert training["origin"]["name"] == "old.npz"
    assert "--from old.npz" in training["command"]
    assert "elsewhere" not in str(load("other").header)
    Path("elsewhere/old.npz").unlink()  # a run that goes on needs it no more
    assert run("train", "other.txt", "--resume", "--steps", "6", "-q").code == 0
    assert load("other").header["training"]["updates"] == 6
    assert load("other").header["training"]["origin"] == training["origin"]
    ran = run("train", "other.txt", "--from", "ready", "--dry-run", *HOW)
    assert ran.code == 0
    assert re.search(r"\n  layers +1 x 192 units +ready's own\n", ran.err)


def test_from_python(old: Path) -> None:
    heard: list[events.Event] = []
    how = {"steps": 4, "seed": 2, "batch_size": 4, "seq_length": 16}
    by_name = train("other.txt", from_model="tale", **how)
    model = cycle(list("abc"))
    train(text="abcd" * 20, from_model=model, on_event=heard.append, **how)
    plan(text="abcd" * 20, from_model=model, on_event=heard.append, **how)
    told = [event.text for event in heard if isinstance(event, events.Notice)]
    assert (
        told.count("Starting from the weights of model: 1 new character got a new row; all of the model's occur.") == 2
    )
    assert by_name.header == train("other.txt", from_model=load("tale"), **how).header
    with pytest.raises(UsageError, match="has keep_newlines=False, not keep_newlines=True"):
        train("other.txt", from_model="tale", keep_newlines=True, **how)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--hidden-size", "9"], "tale has --hidden-size 8, not 9: its weights fit no other network.\n"
            "Leave the option out, or train without --from."),
        (["--cell", "rnn"], "tale has --cell lstm, not rnn: its weights fit no other network.\n"
            "Leave the option out, or train without --from."),
        (["--level", "word"], "tale has --level char, not --level word: its tokens are of another kind.\n"
            "Train without --from."),
        (["--resume"], "There is no run to resume: models/other.state.npz does not exist.\n"
            "These exist: models/tale.state.npz; name one with --out."),
        (["-o", "models/tale.npz", "--force"],
            "models/tale.npz is the model that --from starts from; it would be overwritten.\n"
            "Give the new one another name: --out models/ANOTHER.npz"),
        (["--from", "tail"], "There is no model 'tail'.\nDid you mean 'tale'?"),
        (["--from", "other.txt"], "other.txt cannot be used: it is not a model file.\n"
            "Give a model written by `lstmgen train`, such as models/NAME.npz."),
    ],
)  # fmt: skip
def test_refusals(run: Runner, old: Path, arguments: list[str], said: str) -> None:
    before = old.read_bytes()
    ran = run("train", "other.txt", "--from", "tale", *HOW, *arguments)
    assert ran.err.removeprefix("Error: ").rstrip("\n") == said
    assert (ran.code, ran.out) == (4 if "not a model file" in said else 2, "")
    assert old.read_bytes() == before
    assert not Path("models/other.npz").exists()


def test_weights_that_were_changed_are_named(run: Runner, old: Path) -> None:
    model = load("tale")
    model.file.arrays["output.b"][0] = 3
    said = train(text=OTHER, from_model=model, steps=1, seed=1).header["training"]["origin"]["digest"]
    assert said == digest_of(model.file.arrays) != model.header["digest"]


ANEW = "Keep both: --out models/ANOTHER.npz. Replace it: --force."
BEGIN = "Start from its weights: --from tale --out models/ANOTHER.npz\n"


def test_what_is_there_says_how_to_go_on(run: Runner, old: Path) -> None:
    state = Path("models/tale.state.npz")
    for kind, amount, twice in (("steps", "5", "10"), ("time", "0.01", "0.02s"), ("epochs", "1.5", "3")):
        assert run("train", "tale.txt", *STEPS[2:], f"--{kind}", amount, "-q", "--force").code == 0
        said = places.existing_model_options(old)
        first, second, rest = said.split("\n", 2)
        assert first.startswith(", from a finished run (")
        assert second == f"Continue it to twice its budget: --resume --{kind} {twice}"
        assert rest == BEGIN + ANEW
        if kind != "time":  # of which so short a run may use more than it was given
            assert run("train", "tale.txt", "-q", *second.split(": ")[1].split()).code == 0
    kept = state.read_bytes()
    state.unlink()
    assert places.existing_model_options(old) == f", without a state file to resume from.\n{BEGIN}{ANEW}"
    state.write_bytes(kept)
    old.unlink()
    assert places.existing_model_options(old).endswith(f"--resume --epochs 6\n{ANEW}")
    state.write_bytes(kept[:1000])
    assert places.existing_model_options(old) == f".\nContinue it: --resume. {ANEW}"


def test_an_unfinished_run_says_resume(run: Runner, old: Path) -> None:
    def stop(event: events.Event) -> None:
        if isinstance(event, events.Progress) and event.step >= 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            "tale.txt", out="models/tale.npz", force=True, on_event=stop, steps=50, seed=1, hidden_size=8, batch_size=4
        )
    ran = run("train", "tale.txt", *STEPS)
    assert ran.code == 2
    assert ran.err.startswith("Error: models/tale.npz already exists, from an unfinished run (")
    assert ran.err.endswith(f" updates so far).\nContinue it: --resume\n{BEGIN}{ANEW}\n")


@pytest.mark.parametrize(
    ("kind", "amount", "said"),
    [
        ("time", 300.0, "--time 10m"),
        ("time", 90.0, "--time 3m"),
        ("time", 20.0, "--time 40s"),
        ("steps", 12000.0, "--steps 24000"),
        ("steps", 3e9, "--steps 6000000000"),
        ("epochs", 2.5, "--epochs 5"),
    ],
)
def test_twice_a_budget(kind: str, amount: float, said: str) -> None:
    assert places._twice(kind, amount) == said
