"""`lstmgen inspect training` as it is typed."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model
from lstmgen.modelfile import HISTORY_COLUMNS, make_header
from lstmgen.modelfile.model import ModelFile
from tests.cli.running import SGR, Runner, on_terminal
from tests.inspection.traces import network_for

WHAT = ("loss", "bits", "norm", "rate", "speed")


def trained(name: str, rows: int = 20, *, level: str = "char", seed: int = 0) -> Model:
    """A model with a made-up past in models/NAME.npz."""
    Path("models").mkdir(exist_ok=True)
    network, rng = network_for(V=3), np.random.default_rng(seed)
    corpus = {"names": ["t"], "characters": 300, "tokens": 100, "split": 100}
    header = make_header(network.architecture, level=level, vocabulary=["a", "b", "c"], corpus=corpus)
    k = np.arange(1.0, rows + 1)
    history = np.stack([50 * k, 1600 * k, 0.01 / k, 3 - k / 10, 3.1 - k / 11, rng.random(rows)], axis=1)
    clock = np.stack([k * 7, 1e5 * rng.random(rows)], axis=1)
    model = Model(ModelFile(header, dict(network.views), history, clock))
    model.save(f"models/{name}.npz")
    return model


def test_one_screen(run: Runner) -> None:
    trained("tale")
    ran = run("inspect", "training")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "model tale (LSTM 2 x 6, characters, ./models)\n")
    assert len(lines) == 22 and max(map(len, lines)) <= 80
    assert lines[0] == "tale · loss in nats per token, less is better · 20 evaluations"
    end = next(k for k, line in enumerate(lines) if line.startswith("In short: "))
    assert [line.split()[0] for line in lines[end - 5 : end]] == list(WHAT)
    assert " ".join(lines[end:]) == (
        "In short: in 1,000 corrections of its weights it went from being as unsure as among 20.3 equally likely "
        "tokens to 3.60, on text kept back from it; it was still getting better at the end, so that longer training "
        "may help."
    )
    assert "validation 3.009 to 1.282, lowest 1.282 at update 1,000" in ran.out
    assert "0.01 at most, 0.0005 at the end" in ran.out
    assert "32,000 in total, 2 min 20 s" in ran.out
    assert any(line.endswith("x train") for line in lines) and any(line.endswith("o validation") for line in lines)


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("over", ("updates", "tokens", "time"))
def test_every_kind_over_everything(run: Runner, what: str, over: str) -> None:
    trained("tale")
    ran = run("inspect", "training", "-q", "--what", what, "--over", over)
    assert (ran.code, ran.err) == (0, "")
    chart = ran.out.partition("\nIn short: ")[0].splitlines()
    assert chart[-6].endswith("seconds" if over == "time" else over)


def test_files_are_the_arrays(run: Runner) -> None:
    models = [trained("a", 5), trained("b", 7, seed=1)]
    names = ["models/a.npz", "models/b.npz"]
    arguments = ("inspect", "training", "-q", "-m", "a", "-m", "b")
    wanted = np.concatenate([np.concatenate([m.history, m.file.clock], axis=1) for m in models])
    columns = [*HISTORY_COLUMNS, "seconds", "speed"]

    assert run(*arguments, "-o", "t.npz").code == 0
    with np.load("t.npz", allow_pickle=False) as found:
        assert found["names"].tolist() == names and found["model"].tolist() == [0] * 5 + [1] * 7
        for k, name in enumerate(columns):
            np.testing.assert_array_equal(found[name], wanted[:, k])
        np.testing.assert_allclose(found["train_bits"], wanted[:, 3] / np.log(2) / 3)

    facts = json.loads(run(*arguments, "--json").out)["models"]
    assert [one["model"] for one in facts] == names
    for k, name in enumerate(columns):
        assert [value for one in facts for value in one[name]] == wanted[:, k].tolist()

    assert run(*arguments, "-o", "t.csv").code == 0
    with Path("t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["model"] for row in rows] == [names[0]] * 5 + [names[1]] * 7
    for k, name in enumerate(columns):
        assert [float(row[name]) for row in rows] == wanted[:, k].tolist()


def test_several_models_over_one_another(run: Runner) -> None:
    trained("one")
    trained("two", level="word")
    ran = run("inspect", "training", "-m", "one", "-m", "two")
    assert "cannot be compared where tokens differ; --what bits can." in ran.err
    assert ran.out.splitlines()[0] == "one, two · loss in nats per token, less is better"
    chart, _, summary = ran.out.partition("\nIn short: ")
    assert [line[:5] for line in chart.splitlines()[-2:]] == ["o one", "x two"]
    assert summary.startswith("one needs the fewest bits for a character of its text, 0.6")
    assert "cannot be compared" not in run("inspect", "training", "-m", "one", "-m", "two", "--what", "bits").err
    Path("elsewhere").mkdir()
    Path("elsewhere/one.npz").write_bytes(Path("models/one.npz").read_bytes())
    ran = run("inspect", "training", "-m", "one", "-m", "elsewhere/one.npz")
    assert ran.out.startswith("models/one.npz, elsewhere/one.npz · ")


def test_a_part_drawn_larger(run: Runner) -> None:
    trained("tale")
    ran = run("inspect", "training", "-q", "--since", "500")
    assert ran.out.splitlines()[0] == "tale · loss in nats per token, less is better · 11 evaluations · from update 500"
    assert "validation 2.191 to 1.282" in ran.out
    assert "None of this" in run("inspect", "training", "-q", "--since", "99999").out


def test_no_past_and_a_single_evaluation(run: Runner) -> None:
    trained("tale", 0)
    ran = run("inspect", "training", "-q")
    assert (ran.code, "records no evaluation" in ran.out) == (0, True)
    assert json.loads(run("inspect", "training", "-q", "--json").out)["models"][0]["train"] == []
    trained("tale", 1)
    assert "1 evaluation\n" in run("inspect", "training", "-q").out


def test_in_colour_on_a_terminal(folder: Path) -> None:
    trained("tale")
    seen = on_terminal(folder, "inspect", "training")
    lines = SGR.sub("", seen).splitlines()
    assert len(lines) < 24 and max(map(len, lines)) <= 80
    assert {"38;5;214", "38;5;75"} <= set(SGR.findall(seen))


@pytest.mark.parametrize(
    ("arguments", "words"),
    (
        (("--what", "beauty"), "beauty"),
        (("--over", "sea"), "sea"),
        (("--since", "-1"), "--since"),
        (("-m", "gone"), "gone"),
        (tuple(["-m", "tale"] * 9), "Give at most 8."),
        (("-o", "x.png"), "must end in"),
    ),
)
def test_refusals(run: Runner, arguments: tuple[str, ...], words: str) -> None:
    trained("tale")
    ran = run("inspect", "training", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
