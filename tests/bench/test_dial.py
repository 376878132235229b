"""The experiments behind the dial: what is asked, once each, and a tiny run that goes on and tells."""

import json

import pytest

from tests.bench.learning import dial, texts
from tests.bench.learning.dial import Question, Trial, sizes, varied
from tests.bench.learning.runs import made
from tests.bench.learning.store import Store
from tests.bench.made_up import FACTS
from tests.bench.turns import RowFailedError

SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n"


def test_every_question_has_several_answers_and_a_text_there_is():
    for question in dial.QUESTIONS:
        assert len(question.choices) > 1
        assert question.text in {*dial.TEXTS, dial.SHAKESPEARE}
        assert len({dial.named(choice) for choice in question.choices}) == len(question.choices)


def test_a_run_that_two_questions_ask_for_is_made_once():
    one, two = (Question(about, "tale", 10, sizes((1, 8), (2, 8))) for about in ("layers", "more layers"))
    assert [trial.key for trial in dial.trials([one, two], [1, 2])] == [
        "tale, 10 updates: hidden-size 8, num-layers 1, seed 1",
        "tale, 10 updates: hidden-size 8, num-layers 1, seed 2",
        "tale, 10 updates: hidden-size 8, num-layers 2, seed 1",
        "tale, 10 updates: hidden-size 8, num-layers 2, seed 2",
    ]


def test_the_table_shows_what_is_there(tmp_path):
    question = Question("layers", "tale", 10, sizes((1, 8), (2, 8)))
    store = Store(tmp_path / "dial.json")
    for trial, nats in zip(dial.trials([question], [1, 2]), (1.0, 1.5, 2.0), strict=False):
        store.put(trial.key, dial.VERSION, {"validation": nats, "nats": nats + 1})
    lines = dial.page([question], [1, 2], store, FACTS).splitlines()
    assert "## Layers" in lines
    assert "| tale | 10 | hidden-size 8, num-layers 1 | 1.2500 | 2.2500 | 2 |" in lines
    assert "| tale | 10 | hidden-size 8, num-layers 2 | 2.0000 | 3.0000 | 1 |" in lines


def test_a_tiny_experiment_runs_goes_on_and_tells(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(dial, "TEXTS", {"tale": lambda: texts.Text("tale", "", SENTENCES * 60)})
    question = Question("one-hot or an embedding", "tale", 3, varied("embedding_size", 0, 4, hidden_size=8))
    monkeypatch.setattr(dial, "QUESTIONS", (question,))
    dial.main(["--out", str(tmp_path)])
    assert "2 of 2 runs to make." in capsys.readouterr().out
    page = (tmp_path / "DIAL.md").read_text(encoding="utf-8")
    assert page.count("| tale | 3 | embedding-size ") == 2
    kept = json.loads((tmp_path / "dial.json").read_text(encoding="utf-8"))
    assert len({one["found"]["digest"] for one in kept.values()}) == 2
    dial.main(["--out", str(tmp_path), "--again", "embedding-size 4", "--list"])
    assert capsys.readouterr().out.splitlines() == [
        "1 of 2 runs to make.", "tale, 3 updates: embedding-size 4, hidden-size 8, seed 1"]  # fmt: skip


def test_what_fails_is_told_and_the_rest_is_kept(tmp_path, capsys):
    store, written = Store(tmp_path / "dial.json"), []
    runs = [Trial("tale", steps, (), 1) for steps in (1, 2, 3)]

    def go(one, text, folder):
        assert (folder / f"{text.name}.held.txt").exists()
        if one.steps == 2:
            raise RowFailedError("no luck")
        return {"nats": float(one.steps)}

    tale = texts.Text("tale", "", SENTENCES * 60)
    with pytest.raises(SystemExit, match="1 runs failed"):
        made(runs, [tale], go, store, "1", 2, lambda: written.append(len(store.kept)))
    assert written == [1, 2, 2]
    assert {one["found"]["nats"] for one in store.kept.values()} == {1.0, 3.0}
    assert "tale, 2 updates: , seed 1: no luck" in capsys.readouterr().out
