"""The scripts on stopping early and on beginning with another model: their parts, their tables, and a tiny run."""

import json
import math

import numpy as np
import pytest

from tests.bench.learning import beginning, stopping
from tests.bench.made_up import FACTS

ONE = {"passes": 3.0, "trials": [[5, 1.0, 1.2, True]], "text": {"characters_of_text": 1_000}}


def pair(with_: float, without: float | None, seconds: float = 10.0) -> tuple:
    first = ONE | {"nats": with_, "seconds": seconds, "stopped": seconds < 20.0}
    return (first, None if without is None else ONE | {"nats": without, "seconds": 20.0, "stopped": False})


def test_the_interval_is_students():
    assert stopping.interval([0.01, 0.02, 0.03]) == pytest.approx((0.02, 4.303 * 0.01 / math.sqrt(3)))
    assert stopping.interval([0.5]) == (0.5, math.inf)


def test_a_cost_counts_where_the_whole_interval_lies_above():
    dear = stopping.row("x", [pair(1.05, 1.0), pair(1.051, 1.0), pair(1.052, 1.0)], 20.0)
    assert dear == ["x", "1,000", "1.0510", "3.0", "3", "3 of 3", "50%", "+0.0510 ± 0.0025", "above"]
    assert stopping.row("x", [pair(1.05, 1.0), pair(0.95, 1.0), pair(1.06, 1.0)], 20.0)[-1] == "no"
    first = pair(1.0, None, 20.0)
    same = stopping.row("x", [({**first[0], "trials": []}, None)] * 3, 20.0)
    assert same[4:] == ["0", "0 of 3", "0%", "0", "no"]


def test_a_run_with_and_without_stopping(tmp_path):
    """A text that is soon known by heart: with stopping it ends early, without it never does."""
    text = stopping.TEXTS["10-kb"]().beginning(3_000, "tiny")
    found = stopping.run(text, False, 0.5, 1, tmp_path)
    assert not found["stopped"]
    assert found["trials"] == []
    assert found["seconds"] == pytest.approx(0.5, abs=2.0)
    assert 0.5 < found["nats"] < 6.0
    page = stopping.page({"tiny": [(found, None)]}, 0.5, FACTS, {"a"}, {"other": "it is not there"})
    assert "| tiny | 3,000 |" in page
    assert "Not measured: other: it is not there." in page


def test_what_is_scored_follows_what_is_trained_on():
    text = "Title\n\n" + "".join(f"line {k:05}\n" for k in range(12_000))
    trained, held = beginning.parts(text, 12_000, set("line 0123456789\n"))
    assert 12_000 <= len(trained) <= 12_100
    assert 59_000 <= len(held) <= 60_100
    assert not set(trained.splitlines()) & set(held.splitlines())
    assert held.startswith(f"line {trained[:2_010].count(chr(10)):05}")
    assert set(beginning.parts(text, 12_000, set("line\n"))[1]) == set("line\n")


def test_a_gain_is_over_the_better_of_the_two_others():
    noise = np.resize([0.1, -0.1], 400)
    came, scratch = {"nats": list(1.5 + noise)}, {"nats": list(2.0 + noise)}
    found = beginning.row("x", 12, 20.0, came, scratch, {"nats": list(1.4 + 0 * noise)})
    assert found == ["x", "12 KB", "20 s", "1.500", "2.000", "1.400", "+0.100 ± 0.005", "better"]
    assert beginning.row("x", 12, 20.0, came, scratch, {"nats": list(1.505 + 0 * noise)})[-1] == "as good"
    assert beginning.row("x", 12, 20.0, scratch, came, {"nats": list(1.6 + 0 * noise)})[-1] == "worse"
    assert "x | 12 KB | 20 s" in beginning.page([found], FACTS, {"a", "b"})


def test_other_dice_tell_other_stories_of_the_same_village():
    ours, other = beginning.storybook(19), beginning.storybook(20)
    assert ours == (beginning.CORPORA / "storybook.txt").read_text(encoding="utf-8")
    assert other != ours
    assert set(other) <= set(ours)
    assert other.count("Little Wending") > 100


def test_what_there_is_is_not_run_again(tmp_path, monkeypatch):
    made = []

    def run(text, stops, seconds, seed, folder):
        made.append((text.name, stops, seed))
        found = pair(1.0, None, 5.0)[0]
        return found | {"trials": found["trials"] if seed == 1 else []}

    monkeypatch.setattr(stopping, "run", run)
    for _ in range(2):
        stopping.main(["--texts", "names", "--seeds", "1,2", "--out", str(tmp_path)])
    assert made == [("names", True, 1), ("names", False, 1), ("names", True, 2)]
    assert len(json.loads((tmp_path / "stopping.json").read_text())) == 3
    assert "| names |" in (tmp_path / "STOPPING.md").read_text()
