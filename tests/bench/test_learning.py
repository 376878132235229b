"""The measuring scripts take long and are run by hand; here: what they decide by themselves, and tiny runs of each."""

import hashlib
import json
import math
import random
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.bench.learning import ablation, brought, measures, regret, report, results, tasks, texts
from tests.bench.learning.hooks import Hook, HookError, instead, patched, place_of
from tests.bench.learning.ingredients import FULL, INGREDIENTS
from tests.bench.learning.rows import ROWS, Row, seconds_of
from tests.bench.learning.store import Store
from tests.bench.turns import RowFailedError, RowSkippedError

FACTS = {
    "cpu": "A CPU", "cores": 2, "versions": {"lstmgen": "1", "Python": "3.11"}, "date": "2026-01-01", "offered": {}
}  # fmt: skip
PLAN = {"architecture": {"layers": 1, "units": 256}, "rows": 32, "dropout": 0.1, "weight_drop": 0.0}
SCORED = {"bits": 2.2, "nats": 1.525, "bits_error": 0.02, "passes": 6.0, "plan": PLAN,
          "baselines": {"3-gram": 2.5, "5-gram": 2.4, "7-gram": 2.25}}  # fmt: skip


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


def test_a_text_is_cut_into_nine_tenths_and_the_rest():
    text = texts.Text("x", "", "a" * 1_115_394)
    assert [len(part) for part in text.parts()] == [1_003_854, 111_540]
    lines = texts.Text("x", "", "abc\n" * 10, lines=True)
    assert lines.parts() == ("abc\n" * 10, "")
    assert texts.Text("x", "", "abc\n" * 100, lines=True).parts() == ("abc\n" * 91, "abc\n" * 9)
    assert text.facts()["sha256"] == hashlib.sha256(b"a" * 1_115_394).hexdigest()


def test_both_parts_go_into_files_byte_for_byte(tmp_path):
    text = texts.Text("x", "", "Jané saw\n Spot." * 10, "word")
    paths = text.put(tmp_path)
    assert b"".join(path.read_bytes() for path in paths).decode("utf-8") == text.text
    assert text.options() == ["--level", "word"]


def test_texts_that_a_machine_has(tmp_path, monkeypatch):
    source = texts.python_source()
    assert len(source.text) > 800_000
    assert "class ArgumentParser" in source.parts()[0]
    assert "class ArgumentParser" not in source.parts()[1]
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    with pytest.raises(RowSkippedError, match=r"no bash\.mo in ru"):
        texts.messages("ru", "Russian")
    for name in texts.CATALOGUES:
        path = tmp_path / "ru" / "LC_MESSAGES" / f"{name}.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", f"of {name}": f"из {name}"}))
    found = texts.messages("ru", "Russian")
    assert sorted(found.text.split()) == sorted(["из", "bash", "из", "coreutils", "из", "dpkg"])
    monkeypatch.setattr(texts, "PACKAGE_LOG", tmp_path / "none.log")
    with pytest.raises(RowSkippedError, match="no log"):
        texts.package_log()


def catalogue(messages: dict) -> bytes:
    """A .mo file."""
    keys = sorted(messages)
    blobs = [key.encode() for key in keys] + [messages[key].encode() for key in keys]
    table, at, data = [], 28 + 16 * len(keys), b""
    for blob in blobs:
        table.append(struct.pack("<II", len(blob), at + len(data)))
        data += blob + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0) + b"".join(table) + data


def test_the_rows_fit_into_an_hour_and_have_keys_of_their_own():
    assert seconds_of(long=False) <= 3_600
    assert seconds_of(long=True) > 3_600
    keys = [row.key(seed) for row in ROWS for seed in row.chosen(True)]
    assert len(set(keys)) == len(keys)
    assert len([row for row in ROWS if row.table == "kinds"]) >= 4
    assert [row.name for row in ROWS if row.only_long] == ["60 min", "PyTorch 10 min"]


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
    assert asked == [("right", 1), ("right", 2), ("wrong", 1), ("wrong", 1)]
    assert told[0] == ("book: right, seed 1", "measured")
    assert told[-1] == ("book: wrong, seed 1", "not measured: no luck")
    store = Store(tmp_path / "results.json")
    assert results.found_by(rows, store, FACTS) == {rows[0]: {1: {"nats": 1.0}, 2: {"nats": 2.0}}, rows[1]: {}}
    results.forget(store, rows, ["right"])
    go()
    assert asked[4:] == [("right", 1), ("right", 2), ("wrong", 1)]
    assert results.found_by(rows, store, FACTS | {"cores": 3})[rows[0]] == {}
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
    told = {"bits_a_character": 2.0, "bits_error": 0.1, "nats_a_character": 1.4, "tokens": 5, "characters": 5,
            "level": "char", "unseen": ["z"], "baselines": [{"name": "7-gram", "bits_a_character": 2.5}]}  # fmt: skip
    found = measures.checked(told, "abczcaz")
    assert found["baselines"] == {"7-gram": 2.5}
    assert found["nats"] == 1.4
    with pytest.raises(RowFailedError, match="5 characters were scored of 8"):
        measures.checked(told, "abczcaza")


def test_counting_is_right_when_every_likeliest_token_is():
    lines = tasks.counting_lines(most=3, each=2).splitlines()
    assert sorted(lines) == sorted(["ab", "aabb", "aaabbb"] * 2)

    def speaker(limit: int):
        """Counts up to `limit`, as a stub of a model."""

        def logits(x, state):
            found, a, b = np.zeros((len(x), 1, 3)), 0, 0
            for t, token in enumerate(x[:, 0]):
                a, b = a + (token == 0), b + (token == 1)
                found[t, 0, 2 if b >= min(a, limit) else 1] = 1.0
            return found, state

        encode = lambda text: (np.array(["ab\n".index(c) for c in text], np.int32), [])  # noqa: E731
        network = SimpleNamespace(logits=logits, zero_state=lambda rows: None)
        return SimpleNamespace(network=network, vocabulary=SimpleNamespace(encode=encode))

    assert tasks.counting(speaker(1_000), 40) == {"right": 40, "of": 40, "first_wrong": None}
    assert tasks.counting(speaker(12), 40) == {"right": 12, "of": 40, "first_wrong": 13}


def test_the_reber_task_looks_at_the_last_letter_but_one():
    letters = "BTPSXVE"

    def speaker(place: int):
        """Says the letter that stands at `place`."""

        def logits(x, state):
            found = np.zeros((len(x), 1, len(letters)))
            found[-1, 0, x[1 + place, 0]] = 1.0
            return found, state

        encode = lambda text: (np.array([letters.index(c) for c in text], np.int32), [])  # noqa: E731
        vocabulary = SimpleNamespace(encode=encode, tokens=list(letters))
        network = SimpleNamespace(logits=logits, zero_state=lambda rows: None)
        return SimpleNamespace(network=network, vocabulary=vocabulary)

    found = tasks.reber(speaker(1), 200)
    assert (found["right"], found["right_long"], found["strings"]) == (100.0, 100.0, 200)
    assert 0 < found["long_strings"] < 200
    assert tasks.reber(speaker(0), 200)["right"] == 0.0


@given(some.text("ab", max_size=12), some.text("ab", max_size=12))
def test_the_longest_copy_is_the_longest_common_part(text, of):
    spans = {text[a:b] for a in range(len(text) + 1) for b in range(a, len(text) + 1)}
    assert len(tasks.longest_copy(text, of)) == max(len(span) for span in spans if span in of)
    assert tasks.longest_copy(text, of) in of


def test_hooks_are_in_place_for_a_while_and_then_all_is_as_it_was():
    from lstmgen.text import streams
    from lstmgen.training import update

    before = update.AVERAGE_FROM, streams.Streams._arrange
    hooks = (
        Hook("lstmgen.training.update:AVERAGE_FROM", lambda old: old / 2),
        Hook("lstmgen.text.streams:Streams._arrange", instead(len)),
    )
    with patched(hooks):
        assert before[0] / 2 == update.AVERAGE_FROM
        assert streams.Streams._arrange is len
    assert (update.AVERAGE_FROM, streams.Streams._arrange) == before
    with pytest.raises(ZeroDivisionError), patched(hooks):
        raise ZeroDivisionError
    failing = Hook("lstmgen.text.streams:Streams._arrange", lambda old: 1 / 0)
    with pytest.raises(ZeroDivisionError), patched((hooks[0], failing)):
        pass
    assert (update.AVERAGE_FROM, streams.Streams._arrange) == before


@pytest.mark.parametrize(
    "target",
    ["lstmgen.training.updates:AVERAGE_FROM", "lstmgen.training.update:AVERAGE", "lstmgen.text.streams:Streams.turn",
     "lstmgen.text.streams:River._arrange", "lstmgen.text.streams"],
)  # fmt: skip
def test_a_hook_that_points_at_nothing_fails_and_changes_nothing(target):
    from lstmgen.training import update

    before = update.AVERAGE_FROM
    hooks = (Hook("lstmgen.training.update:AVERAGE_FROM", instead(7)), Hook(target, instead(7)))
    with pytest.raises(HookError, match="nothing of that name"), patched(hooks):
        pass
    assert before == update.AVERAGE_FROM


def test_every_ingredient_points_at_something():
    assert len({one.name for one in INGREDIENTS}) == len(INGREDIENTS)
    for one in INGREDIENTS:
        assert one.settings or one.hooks
        for hook in one.hooks:
            place_of(hook.target)


SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n"
TINY = {"hidden_size": 8, "seq_length": 8, "batch_size": 4}


def tiny_files(tmp_path) -> list:
    paths = [tmp_path / "tiny.txt", tmp_path / "tiny.held.txt"]
    paths[0].write_text(SENTENCES * 60, encoding="utf-8")
    paths[1].write_text(SENTENCES * 4, encoding="utf-8")
    return [str(path) for path in paths]


def test_every_ingredient_changes_the_model_and_none_stays_changed(tmp_path):
    files = tiny_files(tmp_path)
    full = ablation.trained(*files, FULL, 1, 40, **TINY, dropout=0.2, weight_drop=0.2)
    digests = {FULL.name: full["digest"]}
    for one in INGREDIENTS:
        given_anyway = {name: value for name, value in TINY.items() if name not in one.settings}
        drops = {name: 0.2 for name in ("dropout", "weight_drop") if name not in one.settings}
        found = ablation.trained(*files, one, 1, 40, **given_anyway, **drops)
        assert math.isfinite(found["nats"])
        assert found["updates"] == 40 * one.updates
        digests[one.name] = found["digest"]
    # On so small a text gradients are small, and the best weights are surely better than their mean.
    same = {name for name, digest in digests.items() if digest == full["digest"]}
    assert same <= {FULL.name, "no clipping", "no mean of the last weights", "mean over the last fifth"}
    assert ablation.trained(*files, FULL, 1, 40, **TINY, dropout=0.2, weight_drop=0.2) == full


def test_differences_are_paired_by_seed(tmp_path):
    runs = [brought.Run("tale", name, seed, 10) for name in (FULL.name, "no dropout", "no clipping") for seed in (1, 2)]
    store = Store(tmp_path / "ablation.json")
    nats = {FULL.name: (1.0, 1.1), "no dropout": (1.2, 1.4), "no clipping": (1.0, 1.1)}
    for one in runs:
        digest = "other" if one.ingredient == "no dropout" else f"same {one.seed}"
        found = {"nats": nats[one.ingredient][one.seed - 1], "digest": digest, "options": {"dropout": 0.1}}
        store.put(one.key, brought.version(), found)
    apart = brought.differences(runs, store)
    assert apart["tale", "no dropout"]["nats"] == pytest.approx([0.2, 0.3])
    assert brought.told(apart["tale", "no dropout"]) == "+0.2500 ± 0.0500 (2)"
    assert brought.told({"nats": [-0.5], "same": False}) == "-0.5000 (1)"
    lines = brought.page(runs, store, FACTS).splitlines()
    assert "| the full recipe | 1.0500 (2) |" in lines
    assert "| no dropout | +0.2500 ± 0.0500 (2) |" in lines
    assert "| no clipping | nothing changed |" in lines
    assert "- tale: 10 updates, dropout 0.1" in lines


def test_a_tiny_ablation_runs_goes_on_and_tells(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ablation, "shipped", lambda name: texts.Text(name, "", SENTENCES * 60))
    words = ["--texts", "tale", "--seeds", "1", "--steps", "3", "--hidden-size", "8", "--out", str(tmp_path)]
    ablation.main([*words, "--only", "forget bias 0"])
    assert "2 of 2 runs to make." in capsys.readouterr().out
    page = (tmp_path / "ABLATION.md").read_text(encoding="utf-8")
    assert "| forget bias 0 | " in page
    kept = json.loads((tmp_path / "ablation.json").read_text(encoding="utf-8"))
    assert len(kept) == 2
    assert {one["found"]["options"]["hidden-size"] for one in kept.values()} == {8}
    ablation.main([*words, "--only", "forget bias", "--list"])
    out = capsys.readouterr().out
    assert out.splitlines() == ["1 of 3 runs to make.", "tale, 3 updates, 8 units: forget bias 2, seed 1"]


def test_regret_is_ours_minus_the_best_by_hand():
    nats = {name: 1.5 + k / 100 for k, name in enumerate(regret.CHOICES)}
    assert regret.regret(nats) == (pytest.approx(-0.01), regret.setting_name(regret.HAND[0]))
    assert regret.regret({name: nats[name] for name in list(nats)[:-1]}) is None
    found = {name: SCORED | {"nats": value, "characters_of_text": 450} for name, value in nats.items()}
    page = regret.page({"tale": found}, 30.0, FACTS, {"log": "none here"})
    assert (
        "| tale | 450 | 1.5000 | 1 x 256, 32 rows, dropout 0.1, weight-drop 0 | 1.5100 | "
        "1 x 64, 16 rows, dropout 0, weight-drop 0 | -0.0100 |" in page.splitlines()
    )
    assert "| mean | | | | | | -0.0100 |" in page
    assert "Not measured: log: none here." in page


def test_the_texts_of_the_regret_are_of_many_sizes():
    sizes = [len(regret.TEXTS[name]().text) for name in ("30-sentences", "10-kb", "tunes", "storybook")]
    assert sizes[0] < 500
    assert sizes[1] == 10_000
    assert sizes == sorted(sizes)
    assert regret.TEXTS["30-sentences"]().text.count(".") == 30


def test_a_tiny_regret(tmp_path, monkeypatch):
    monkeypatch.setattr(regret, "TEXTS", {"tale": lambda: texts.Text("tale", "", SENTENCES * 60)})
    monkeypatch.setattr(regret, "CHOICES", {regret.OURS: [], "by hand": regret.setting_words((1, 8, 4, 0.1, 0.0))})
    measured = regret.measured
    monkeypatch.setattr(regret, "measured", lambda text, words, budget, *rest: measured(
        text, words, ["--steps", "3"], *rest))  # fmt: skip
    words = ["--texts", "tale", "--out", str(tmp_path)]
    regret.main(words)
    page = (tmp_path / "REGRET.md").read_text(encoding="utf-8")
    assert page.count("| tale | ") == 1
    monkeypatch.setattr(regret, "measured", None)  # not asked again
    regret.main(words)
    assert (tmp_path / "REGRET.md").read_text(encoding="utf-8") == page


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
