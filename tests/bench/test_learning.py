"""The results take an hour and are run by hand; here: which rows there are, what is kept of them and shown."""

import hashlib
import json
import math
import random
from types import SimpleNamespace

import pytest

from tests.bench.learning import measures, report, results, texts
from tests.bench.learning.rows import PRECISE, ROWS, Row, found_by, seconds_of, version_of
from tests.bench.learning.store import Store, machine
from tests.bench.made_up import FACTS, PLAN, SCORED
from tests.bench.turns import RowFailedError


def test_results_are_kept_at_once_and_found_again_under_their_version_only(tmp_path):
    path = tmp_path / "kept" / "results.json"
    store = Store(path)
    store.put("a", "1", {"nats": 1.5})
    again = Store(path)
    assert again.get("a", "1") == {"nats": 1.5}
    assert again.get("a", "2") is None
    assert again.get("b", "1") is None
    again.forget("a")
    assert Store(path).get("a", "1") is None
    assert again.states(["a"]) == set()


def test_only_tiny_shakespeare_is_taken(tmp_path):
    path = tmp_path / "input.txt"
    path.write_text("First Citizen:\n", encoding="utf-8")
    with pytest.raises(texts.TextRefusedError, match=f"{hashlib.sha256(path.read_bytes()).hexdigest()}, not 86c4e6aa"):
        texts.tiny_shakespeare(path)
    for words in ([str(path)], [str(tmp_path / "none.txt")]):
        with pytest.raises(SystemExit, match=r"not tiny Shakespeare|cannot be read"):
            results.main([*words, "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_the_rows_fit_into_an_hour_and_have_keys_of_their_own():
    assert seconds_of(long=False) <= 3_600
    assert seconds_of(long=True) > 3_600
    keys = [row.key(seed) for row in ROWS for seed in row.chosen(True)]
    assert len(set(keys)) == len(keys)
    assert len([row for row in ROWS if row.table == "kinds"]) >= 4
    assert [row.name for row in ROWS if row.only_long] == ["60 min", "PyTorch 10 min"]


def test_what_is_right_or_wrong_can_be_told_a_precision(tmp_path, monkeypatch):
    names = [f"{row.table}: {row.name}" for row in PRECISE]
    assert names[:4] == ["book: 20 s, float32", "book: 20 s, bf16",
                         "tasks: a^n b^n, lstm, float32", "tasks: a^n b^n, lstm, bf16"]  # fmt: skip
    assert len(names) == len(set(names)) == 10
    assert not {row.key(1) for row in PRECISE} & {row.key(1) for row in ROWS}
    asked = []

    def train(text, *words, seed, out):
        asked.append((text.stem, words, seed))
        raise RowFailedError("that is enough")

    monkeypatch.setattr(measures.command, "train", train)
    place = measures.Place(tmp_path, texts.Text("x", "x", "x"), "", {})
    for row in [row for row in PRECISE if row.precision == "bf16"] + [row for row in ROWS if row.table == "book"]:
        with pytest.raises(RowFailedError):
            row.measure(place, 2)
    assert asked == [
        ("childrens-book", ("--time", "20s", "--precision", "bf16"), 2),
        ("counting-30", ("--time", "30s", "--lines", "--precision", "bf16"), 2),
        ("counting-30", ("--time", "30s", "--lines", "--precision", "bf16", "--cell", "rnn"), 2),
        ("reber", ("--time", "30s", "--precision", "bf16"), 2),
        ("reber", ("--time", "30s", "--precision", "bf16", "--cell", "rnn"), 2),
        ("childrens-book", ("--time", "20s"), 2),
    ]


def test_results_of_a_precision_are_kept_beside_the_others_and_shown_on_the_page_of_precisions(tmp_path, monkeypatch):
    def train(text, *words, seed, out):
        raise RowFailedError("no luck")

    path = tmp_path / "input.txt"
    path.write_text("First Citizen:\n", encoding="utf-8")
    monkeypatch.setattr(texts, "SHAKESPEARE", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(measures.command, "train", train)
    store = Store(tmp_path / "out" / "learning" / "results.json")
    store.put("book: 20 s, seed 1", "before", {"nats": 0.4482})
    row = next(row for row in PRECISE if row.name == "20 s, bf16")
    found = {"nats": 0.4481, "right": 998, "of": 1000}
    for seed in row.chosen(long=False):
        store.put(row.key(seed), version_of(row, machine()), found | {"right": 997 + seed})
    results.main([str(path), "--precision", "bf16", "--only", "book", "--out", str(tmp_path / "out")])
    lines = (tmp_path / "out" / "PRECISION.md").read_text(encoding="utf-8").splitlines()
    assert "| 20 s, bf16 | 0.4481 (0.4481 to 0.4481) | 999 (998 to 1,000) | 1,000 | 1, 2, 3 |" in lines
    assert not (tmp_path / "out" / "LEARNING.md").exists()
    assert Store(store.path).get("book: 20 s, seed 1", "before") == {"nats": 0.4482}


def row_of(name: str, measure, seeds: tuple = (1,), table: str = "book") -> Row:
    return Row(table, name, measure, 1.0, seeds)


def test_what_is_there_is_not_measured_again_and_what_failed_is(tmp_path):
    asked, told = [], []

    def right(place, seed):
        asked.append(("right", seed))
        return {"nats": float(seed)}

    def wrong(place, seed):
        asked.append(("wrong", seed))
        raise RowFailedError("no luck")

    rows = [row_of("right", right, (1, 2)), row_of("wrong", wrong)]
    place = SimpleNamespace(plans={})

    def go() -> dict:
        store = Store(tmp_path / "results.json")
        return results.measure(rows, store, place, FACTS, False, lambda key, what, why: told.append((key, what)))

    assert go() == {"book: wrong, seed 1": "no luck"}
    assert go() == {"book: wrong, seed 1": "no luck"}
    assert asked == [("right", 1), ("wrong", 1), ("right", 2), ("wrong", 1)]  # seed by seed, then what is missing
    assert told[0] == ("book: right, seed 1", "measured")
    assert told[-1] == ("book: wrong, seed 1", "not measured: no luck")
    store = Store(tmp_path / "results.json")
    assert found_by(rows, store, FACTS) == {rows[0]: {1: {"nats": 1.0}, 2: {"nats": 2.0}}, rows[1]: {}}
    results.forget(store, rows, ["right"])
    go()
    assert asked[4:] == [("right", 1), ("wrong", 1), ("right", 2)]
    assert found_by(rows, store, FACTS | {"cores": 3})[rows[0]] == {}
    with pytest.raises(SystemExit, match="No row is called 'left'"):
        results.forget(store, rows, ["left"])


def test_the_page_says_what_was_found():
    by_name = {f"{row.table}: {row.name}": row for row in ROWS}
    ours = {1: SCORED, 2: SCORED | {"nats": 1.535}, 3: SCORED | {"nats": 1.515}}
    adapted = {"nats_a_character": 1.45, "bits_a_character": 2.092}
    counted = {"right": 100, "of": 100, "first_wrong": None, "plan": PLAN}
    kind = SCORED | {"about": "log", "characters_of_text": 400_000, "sha256": "0123456789abcdef"}
    small = SCORED | {
        "longest_copy": {"written": 40, "held out": 30}, "best_on_the_way": 1.7, "last_on_the_way": 1.9, "kept": 1.71
    }  # fmt: skip
    found = {
        "shakespeare: 60 s": ours, "shakespeare: 10 min": {1: SCORED | {"adapted": adapted}},
        "shakespeare: PyTorch 60 s": {1: SCORED | {"threads": 2, "torch": "2.13.0"}},
        "words: 10 min": {1: SCORED | {"spacing": {"doubled spaces": [0.1, 0.2]}}},
        "book: 20 s": {1: {"nats": 0.4481, "right": 998, "of": 1000}},
        "tasks: a^n b^n, lstm": {1: counted, 2: counted | {"right": 70, "first_wrong": 71}},
        "tasks: embedded Reber, rnn": {1: {"right": 75.0, "strings": 1000, "right_long": 55.5, "long_strings": 90,
                                           "plan": PLAN}},
        "small: 10 KB": {1: small}, "kinds: package-log": {1: kind},
    }  # fmt: skip
    found = {by_name[name]: seeds for name, seeds in found.items()}
    page = report.page(found, {"kinds: messages-ru, seed 1": "no such file"}, FACTS, {"x"})
    mark = f"{2.25 * math.log(2):.4f}"
    for line in (
        "A CPU, 2 cores, lstmgen 1, Python 3.11, PyTorch 2.13.0, 2026-01-01. Seen on this one machine.",
        f"| 60 s | 1.5250 (1.5150 to 1.5350) | 2.200 (2.200 to 2.200) | {mark} ({mark} to {mark}) | 1 x 256 | "
        "6.0 (6.0 to 6.0) | 1, 2, 3 |",
        f"| 10 min | 1.5250 | 2.200 | {mark} | 1 x 256 | 6.0 | 1 |",
        "| 10 min, adapted | 1.4500 | 2.092 |  |  |  | 1 |",
        "| PyTorch 60 s on 2 threads | 1.5250 | 2.200 |  | 1 x 256 | 6.0 | 1 |",
        "| 10 min | 2.200 | 2.500 | 2.400 | 1 x 256 | 1 |",
        "| 1 | doubled spaces | 0.10 % | 0.20 % |",
        "| 20 s | 0.4481 | 998 | 1,000 | 1 |",
        "| a^n b^n, lstm | 1 of 2 | 100, 70 | none, 71 | 1 x 256 | 1, 2 |",
        "| embedded Reber, rnn | 75.0 of 1,000 | 55.5 of 90 | 1 x 256 | 1 |",
        f"| 1 | 40 | 30 | 1.7000 | 1.9000 | 1.7100 | 1.5250 | {mark} |",
        "| log | 400,000 | 2.200 | 2.250 | 1 x 256 | 6.0 | 1 | `0123456789ab` |",
        "Not measured: kinds: messages-ru, seed 1: no such file.",
    ):
        assert line in page.splitlines()
    assert "states of the source" not in page
    clocked = by_name["shakespeare: 10 min"]
    unlike = SCORED | {"mixed": adapted | {"nats_a_character": SCORED["nats"]}}  # the figure of the plain score
    assert "| 10 min, mixed | see results.json |" in report.page({clocked: {1: unlike}}, {}, FACTS, {"x"})
    assert "2 states of the source" in report.page(found, {}, FACTS, {"x", "y"})
    assert "##" not in report.page({}, {}, FACTS, set())


def test_every_character_of_the_held_out_part_must_be_scored():
    told = {"bits_a_character": 2.0, "bits_error": 0.1, "nats_a_character": 1.4, "tokens": 7, "characters": 7,
            "level": "char", "unseen": ["z"], "baselines": [{"name": "7-gram", "bits_a_character": 2.5}]}  # fmt: skip
    found = measures.checked(told, "abczcaz")
    assert found["baselines"] == {"7-gram": 2.5}
    assert found["nats"] == 1.4
    with pytest.raises(RowFailedError, match="7 characters were scored of 8"):
        measures.checked(told, "abczcaza")


def test_a_tiny_set_of_results(tmp_path, monkeypatch, capsys):
    chance = random.Random(1)
    play = "".join(chance.choice(["Jane", "Spot", "saw", "ran", ".", "\n", " "]) + " " for _ in range(1_200))
    path = tmp_path / "input.txt"
    path.write_text(play, encoding="utf-8")
    monkeypatch.setattr(texts, "SHAKESPEARE", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(measures, "budget", lambda seconds: ("--steps", "2"))
    monkeypatch.setattr(measures, "SMALL", 1_000)
    named = {f"{row.table}: {row.name}": row for row in ROWS}
    wanted = ("shakespeare: 60 s", "tasks: a^n b^n, rnn", "small: 10 KB")
    monkeypatch.setattr(results, "ROWS", [named[name] for name in wanted])
    for row in results.ROWS:
        monkeypatch.setitem(row.__dict__, "seeds", (1,))
    results.main([str(path), "--out", str(tmp_path / "out")])
    assert [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines() if ": measured" in line] == [
        f"{name}, seed 1: measured" for name in wanted
    ]
    page = (tmp_path / "out" / "LEARNING.md").read_text(encoding="utf-8")
    assert all(head in page for head in ("## By the clock", "## Counting", "## A small text"))
    kept = json.loads((tmp_path / "out" / "learning" / "results.json").read_text(encoding="utf-8"))
    found = kept["shakespeare: 60 s, seed 1"]["found"]
    assert found["characters"] == len(play) - int(len(play) * 0.9)
    results.main([str(path), "--out", str(tmp_path / "out")])
    assert "measured" not in capsys.readouterr().out
