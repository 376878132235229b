"""What bfloat16 costs in learning is measured by hand; here: which runs there are, their turns, and what is told."""

import hashlib
import json

import pytest

from tests.bench.learning import precision, texts
from tests.bench.learning.precision import Clocked, Counted
from tests.bench.learning.precision_page import page
from tests.bench.made_up import FACTS, PLAN

SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n"


def test_runs_are_paired_and_the_precisions_take_turns():
    counted = precision.counted_runs([1, 2])
    assert len(counted) == 2 * (3 + 2) * 2
    assert [(one.text, one.precision) for one in counted[:3]] == [
        ("shakespeare", "float32"), ("shakespeare", "bf16"), ("storybook", "float32"),
    ]  # fmt: skip
    clocked = precision.clocked_runs(long=False)
    assert [one.key for one in clocked[:4]] == [
        "60 s, seed 1: float32", "60 s, seed 1: bf16", "145 s, seed 1: bf16", "145 s, seed 1: float32",
    ]  # fmt: skip
    assert len(clocked) == 3 * 2 * 2
    assert {one.seconds for one in precision.clocked_runs(long=True)[12:]} == {600.0}
    keys = [one.key for one in counted + precision.clocked_runs(long=True)]
    assert len(set(keys)) == len(keys)


def of_text(text: str, steps: int, nats: dict) -> dict:
    return {
        Counted(text, steps, seed, name): {"nats": value, "characters_of_text": 1234, "passes": 2.5}
        for seed, both in nats.items()
        for name, value in zip(("float32", "bf16"), both, strict=True)
    }


def test_the_page_tells_paired_differences_and_whether_they_are_small():
    found = of_text("tale", 10, {1: (1.0, 1.002), 2: (1.2, 1.204)}) | of_text("song", 20, {1: (2.0, 1.997)})
    lines = page(found, FACTS, {"x"}).splitlines()
    half = 12.71 * 0.001  # Student's t of one degree of freedom, times the standard error of 0.002 and 0.004
    assert f"| tale | 1,234 | 10 | 2.5 | 1.1000 | 1.1030 | +0.0030 ± {half:.4f} | 2 |" in lines
    assert "| song | 1,234 | 20 | 2.5 | 2.0000 | 1.9970 | -0.0030 | 1 |" in lines
    assert "| tale | 2 | 1.2000 | 1.2040 | +0.0040 |" in lines
    assert any(line.startswith("| all |  |  |  | 1.4000 | 1.4010 | +0.0010 ± 0.0090 | 3 |") for line in lines)
    assert any("lies below 0.01 nats" in line for line in lines)  # 0.0010 and 4.303 * 0.0021 more
    more = page(of_text("tale", 10, {1: (1.0, 1.02), 2: (1.2, 1.21)}), FACTS, {"x"})
    assert "does not lie below 0.01 nats" in more


def test_how_far_each_counts_stands_apart():
    found = of_text("tale", 10, {1: (1.0, 1.002)}) | {
        Counted("counting", 7, seed, name): {"nats": 9.0, "right": right, "of": 100}
        for seed, both in {1: (100, 38), 2: (55, 100), 3: (100, 100)}.items()
        for name, right in zip(("float32", "bf16"), both, strict=True)
    }
    lines = page(found, FACTS, {"x"}).splitlines()
    assert "| 7 | 2 of 3 | 2 of 3 | 100, 55, 100 | 38, 100, 100 | 1, 2, 3 |" in lines
    assert not any(line.startswith("| counting") for line in lines)
    assert any(line.startswith("| all |  |  |  | 1.0000 | 1.0020 |") for line in lines)


def test_a_run_without_its_partner_is_not_shown_and_a_pair_without_a_difference_is_none():
    alone = {Counted("tale", 10, 1, "bf16"): {"nats": 1.0}}
    assert "##" not in page(alone, FACTS, {"x"})
    told = page(of_text("tale", 10, {1: (1.0, 1.0), 2: (1.1, 1.1)}), FACTS, {"x"})
    assert "none: not trained in bf16" in told
    assert "does not lie below" in told


def test_the_same_time_is_told_run_by_run():
    it = {"nats": 1.5, "step": 1000, "plan": PLAN}
    found = {Clocked(60.0, seed, "float32"): it for seed in (1, 2)}
    found |= {Clocked(60.0, seed, "bf16"): it | {"nats": 1.5 - 0.02 * seed, "step": 1500} for seed in (1, 2)}
    lines = page(found, FACTS, {"x"}).splitlines()
    assert "| 60 s | 1 | 1.5000 | 1.4800 | -0.0200 | 1,000 | 1,500 | 1 x 256 |" in lines
    assert "| 60 s | mean | 1.5000 | 1.4700 | -0.0300 ± 0.1271 |  |  |  |" in lines


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    path = tmp_path / "input.txt"
    path.write_text(SENTENCES * 80, encoding="utf-8")
    monkeypatch.setattr(texts, "SHAKESPEARE", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(precision, "STEPS", {"shakespeare": 3})
    monkeypatch.setattr(precision, "COUNTING_STEPS", ())
    monkeypatch.setattr(precision, "UNITS", 8)
    return path


def test_tiny_runs_are_kept_and_go_on_where_they_stopped(tiny, tmp_path, monkeypatch, capsys):
    made = []

    def trained(one, text, folder):
        made.append(one.precision)
        settings = {"seed": one.seed, "steps": one.steps, "threads": 1, "hidden_size": 8}
        path, held = folder / f"{text.name}.txt", folder / f"{text.name}.held.txt"
        return precision.trained(str(path), str(held), settings) | text.facts()

    monkeypatch.setattr(precision, "count", trained)
    words = [str(tiny), "--seeds", "1", "--jobs", "1", "--out", str(tmp_path / "out")]
    precision.main([*words, "--only", "float32"])
    assert "1 of 1 runs to make." in capsys.readouterr().out
    precision.main(words)
    assert "1 of 2 runs to make." in capsys.readouterr().out
    assert made == ["float32", "bf16"]
    kept = json.loads((tmp_path / "out" / "learning" / "precision.json").read_text(encoding="utf-8"))
    found = kept["shakespeare, 3 updates, 8 units, seed 1: bf16"]["found"]
    assert found["updates"] == 3
    assert found["tokens"] == len(SENTENCES) * 8
    assert "| shakespeare | 1 |" in (tmp_path / "out" / "PRECISION.md").read_text(encoding="utf-8")


def test_a_run_in_a_process_of_its_own_counts_its_updates(tiny, tmp_path):
    text = texts.tiny_shakespeare(tiny)
    text.put(tmp_path)
    found = precision.count(Counted("shakespeare", 3, 1, "float32"), text, tmp_path)
    assert (found["updates"], found["text"]) == (3, "shakespeare")


def test_what_has_learned_to_count_is_asked_how_far(tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "UNITS", 8)
    text = precision.counting_text()
    assert text.text.count("\n") == 30 * 100
    text.put(tmp_path)
    found = precision.count(Counted("counting", 3, 1, "float32"), text, tmp_path)
    assert (found["updates"], found["of"]) == (3, 100)
    assert 0 <= found["right"] < 100  # nobody counts after three updates


def test_by_the_clock_one_after_the_other(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(precision, "SECONDS", (0.2,))
    monkeypatch.setattr(precision, "CLOCK_SEEDS", (1,))
    monkeypatch.setattr(precision.take_turns, "__defaults__", (lambda one, text, folder: made_up(one),))
    words = [str(tiny), "--clock", "--out", str(tmp_path / "out")]
    precision.main([*words, "--again", "nothing"])
    assert "2 of 2 runs to make: 0 minutes of training." in capsys.readouterr().out
    assert "| 0.2 s | 1 | 1.5000 | 1.4000 |" in (tmp_path / "out" / "PRECISION.md").read_text(encoding="utf-8")
    precision.main([*words, "--again", "seed 1: bf16"])
    assert "1 of 2 runs to make" in capsys.readouterr().out


def made_up(one: Clocked) -> dict:
    return {"nats": 1.5 if one.precision == "float32" else 1.4, "step": 10, "plan": PLAN}
