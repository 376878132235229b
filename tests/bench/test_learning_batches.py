"""How rows and rates are compared by tokens: which runs there are, what they are told, and the page; a tiny run."""

import json

import pytest

from tests.bench.learning import batches
from tests.bench.learning.batches import Choice, Run, Village
from tests.bench.made_up import FACTS


def test_all_choices_read_as_many_tokens_or_make_as_many_updates():
    for choice in batches.CHOICES:
        assert choice.tokens == batches.TOKENS or choice.steps == batches.FEW
        assert choice.rows % choice.shards == 0
    assert batches.USUAL in batches.CHOICES
    keys = [one.key for one in batches.runs([1, 2])]
    assert len(set(keys)) == len(keys) == 2 * len(batches.CHOICES)


def test_a_choice_is_told_by_the_plans_rate_and_warm_up():
    choice = Choice(64, 4, rate=2.0, warm_up=4.0)  # LEGW's for 4 times 16 rows
    assert (choice.peak(), Choice(16).peak()) == (0.068, 0.034)
    assert (choice.share, Choice(16).share) == (0.08, 0.02)
    assert choice.named() == "64 rows in 4, rate x 2, warm-up x 4"


def test_the_page_tells_differences_to_16_rows_of_the_same_seed():
    usual, other = batches.USUAL, Choice(64, 4, rate=2.0)
    nats = {(usual, 1): 1.0, (usual, 2): 1.1, (other, 1): 1.01, (other, 2): 1.13, (Choice(256), 2): 1.2}
    found = {Run(*key): {"nats": value, "rate": 0.05} for key, value in nats.items()}
    lines, few = batches.page(found, FACTS, {"x"}).splitlines(), "## The same 625 updates"
    assert "| 16 | 1 | 10,000 | x 1: 0.05 | 2 % | 1.0000 | 1.1000 | 1.0500 |  |" in lines
    assert "| 64 | 4 | 2,500 | x 2: 0.05 | 2 % | 1.0100 | 1.1300 | 1.0700 | +0.0200 |" in lines
    assert "| 256 | 1 | 625 | x 1: 0.05 | 2 % |  | 1.2000 | 1.2000 | +0.1000 |" in lines
    assert "| 256 | 1 | 625 | x 1: 0.05 | 2 % | 1.2000 | 1.2000 |" in lines[lines.index(few) :]


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(batches, "CHARACTERS", 3_000)
    monkeypatch.setattr(batches, "HELD", 200)
    monkeypatch.setattr(batches, "TOKENS", 16 * 8 * 4)
    monkeypatch.setattr(batches, "WINDOW", 8)
    monkeypatch.setattr(batches, "UNITS", 8)
    monkeypatch.setattr(batches, "PRECISION", "float32")
    monkeypatch.setattr(batches, "storybook", lambda dice: "Doug saw Jane. Jane saw Spot.\n" * 90)
    return batches.village()


def test_a_run_in_a_process_of_its_own_is_told_everything(tiny, tmp_path):
    assert [len(part) for part in tiny.parts()] == [2_800, 200]
    assert isinstance(tiny, Village)
    tiny.put(tmp_path)
    found = batches.count(Run(Choice(32, 2, rate=2.0), 1), tiny, tmp_path)
    assert (found["updates"], found["tokens"]) == (2, 200)
    assert found["rate"] == batches.peak_rate(8, 1.0) * 2.0


def test_the_warm_up_is_what_was_asked_for(tiny, tmp_path):
    path, held = tiny.put(tmp_path)
    settings = {"seed": 1, "steps": 20, "threads": 1, "hidden_size": 8, "batch_size": 4, "seq_length": 8}
    short, long = (batches.trained(str(path), str(held), settings, share)["nats"] for share in (0.02, 0.9))
    assert long != short


def test_runs_are_kept_and_go_on_where_they_stopped(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(batches, "CHOICES", (Choice(16), Choice(32, 2)))
    monkeypatch.setattr(batches, "count", lambda one, text, folder: {"nats": 1.0 + one.choice.rows, "rate": 0.1})
    words = ["--seeds", "1", "--jobs", "1", "--out", str(tmp_path)]
    batches.main([*words, "--only", "16 rows"])
    batches.main(words)
    told = capsys.readouterr().out
    assert "1 of 1 runs to make." in told
    assert "1 of 2 runs to make." in told
    assert len(json.loads((tmp_path / "batches.json").read_text(encoding="utf-8"))) == 2
    assert "| 32 | 2 | 2 |" in (tmp_path / "BATCHES.md").read_text(encoding="utf-8")
