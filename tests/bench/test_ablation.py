"""Hooks, the ingredients of the recipe and the dial's regret: what the scripts decide, and tiny runs of them."""

import json
import math

import pytest

from tests.bench.learning import ablation, brought, regret, texts
from tests.bench.learning.hooks import Hook, HookError, instead, patched, place_of
from tests.bench.learning.ingredients import FULL, INGREDIENTS
from tests.bench.learning.store import Store
from tests.bench.made_up import FACTS, SCORED

SENTENCES = "Doug saw Jane. Jane saw Spot. Spot saw Doug.\n"
TINY = {"hidden_size": 8, "seq_length": 8, "batch_size": 4}


def test_hooks_are_in_place_for_a_while_and_then_all_is_as_it_was():
    from lstmgen.text import streams
    from lstmgen.training import update

    before = update.AVERAGING_START, streams.Streams._arrange
    hooks = (
        Hook("lstmgen.training.update:AVERAGING_START", lambda old: old / 2),
        Hook("lstmgen.text.streams:Streams._arrange", instead(len)),
    )
    with patched(hooks):
        assert before[0] / 2 == update.AVERAGING_START
        assert streams.Streams._arrange is len
    assert (update.AVERAGING_START, streams.Streams._arrange) == before
    with pytest.raises(ZeroDivisionError), patched(hooks):
        raise ZeroDivisionError
    failing = Hook("lstmgen.text.streams:Streams._arrange", lambda old: 1 / 0)
    with pytest.raises(ZeroDivisionError), patched((hooks[0], failing)):
        pass
    assert (update.AVERAGING_START, streams.Streams._arrange) == before


@pytest.mark.parametrize(
    "target",
    ["lstmgen.training.updates:AVERAGING_START", "lstmgen.training.update:AVERAGE", "lstmgen.text.streams:Streams.turn",
     "lstmgen.text.streams:River._arrange", "lstmgen.text.streams"],
)  # fmt: skip
def test_a_hook_that_points_at_nothing_fails_and_changes_nothing(target):
    from lstmgen.training import update

    before = update.AVERAGING_START
    hooks = (Hook("lstmgen.training.update:AVERAGING_START", instead(7)), Hook(target, instead(7)))
    with pytest.raises(HookError, match="nothing of that name"), patched(hooks):
        pass
    assert before == update.AVERAGING_START


def test_every_ingredient_points_at_something():
    assert len({one.name for one in INGREDIENTS}) == len(INGREDIENTS)
    for one in INGREDIENTS:
        assert one.settings or one.hooks
        for hook in one.hooks:
            place_of(hook.target)


def tiny_files(tmp_path) -> list:
    paths = [tmp_path / "tiny.txt", tmp_path / "tiny.held.txt"]
    paths[0].write_text(SENTENCES * 60, encoding="utf-8")
    paths[1].write_text(SENTENCES * 4, encoding="utf-8")
    return [str(path) for path in paths]


def test_every_ingredient_changes_the_model_and_none_stays_changed(tmp_path):
    files = tiny_files(tmp_path)
    full = ablation.trained(*files, FULL, 1, 40, **TINY, dropout=0.2, weight_drop=0.2)
    digests = {FULL.name: full["digest"]}
    for one in (one for one in INGREDIENTS if one.level != "word"):
        given_anyway = {name: value for name, value in TINY.items() if name not in one.settings}
        drops = {name: 0.2 for name in ("dropout", "weight_drop") if name not in one.settings}
        found = ablation.trained(*files, one, 1, 40, **given_anyway, **drops)
        assert math.isfinite(found["nats"])
        assert found["updates"] == 40 * one.updates
        digests[one.name] = found["digest"]
    # On so small a text gradients are small, and the best weights are surely better than their mean.
    same = {name for name, digest in digests.items() if digest == full["digest"]}
    assert same <= {FULL.name, "no clipping", "no mean of the last weights", "mean over the last fifth"}
    for one in INGREDIENTS:
        assert one.beside in digests
        assert one.beside == FULL.name or digests[one.name] != digests[one.beside]
    assert ablation.trained(*files, FULL, 1, 40, **TINY, dropout=0.2, weight_drop=0.2) == full


def test_every_ingredient_of_words_changes_the_model(tmp_path):
    files, settings = tiny_files(tmp_path), TINY | {"level": "word", "tied": True}
    found = {
        ablation.trained(*files, one, 1, 20, **{n: v for n, v in settings.items() if n not in one.settings})["digest"]
        for one in (FULL, *INGREDIENTS)
        if one is FULL or one.level == "word"
    }
    assert len(found) == 1 + sum(one.level == "word" for one in INGREDIENTS)


def test_ingredients_are_chosen_with_what_they_are_compared_with():
    assert [one.name for one in ablation.chosen(["2 layers, not summed", "forget bias 2"])] == [
        "forget bias 2", "2 layers", "2 layers, not summed"]  # fmt: skip
    assert ablation.chosen([""]) == INGREDIENTS
    tale = texts.Text("tale", "", SENTENCES)
    assert not any(run.ingredient.startswith("embedding") for run in runs_of_all(tale))
    assert any(run.ingredient.startswith("embedding") for run in runs_of_all(texts.in_words(tale)))


def runs_of_all(text) -> list:
    return ablation.runs_of([text], INGREDIENTS, [1], 3, None)


def test_differences_are_paired_by_seed(tmp_path):
    runs = [brought.Run("tale", name, seed, 10) for name in (FULL.name, "no dropout", "no clipping") for seed in (1, 2)]
    store = Store(tmp_path / "ablation.json")
    nats = {FULL.name: (1.0, 1.1), "no dropout": (1.2, 1.4), "no clipping": (1.0, 1.1)}
    for one in runs:
        digest = "other" if one.ingredient == "no dropout" else f"same {one.seed}"
        found = {"nats": nats[one.ingredient][one.seed - 1], "digest": digest, "options": {"dropout": 0.1}}
        store.put(one.key, brought.VERSION, found)
    apart = brought.differences(runs, store)
    assert apart["tale", "no dropout"]["nats"] == pytest.approx([0.2, 0.3])
    assert brought.told(apart["tale", "no dropout"]) == "+0.2500 ± 0.0500 (2)"
    assert brought.told({"nats": [-0.5], "same": False}) == "-0.5000 (1)"
    lines = brought.page(runs, store, FACTS).splitlines()
    assert "| the full recipe | 1.0500 (2) |" in lines
    assert "| no dropout | +0.2500 ± 0.0500 (2) |" in lines
    assert "| no clipping | nothing changed |" in lines
    assert "- tale: 10 updates, dropout 0.1" in lines


def test_what_has_another_to_be_compared_with_is_compared_with_that(tmp_path):
    nats = {FULL.name: 1.0, "3 layers": 1.25, "3 layers, not summed": 1.5}
    runs = [brought.Run("tale", name, 1, 10) for name in nats]
    store = Store(tmp_path / "ablation.json")
    for one in runs:
        found = {"nats": nats[one.ingredient], "digest": one.ingredient, "options": {}}
        store.put(one.key, brought.VERSION, found)
    lines = brought.page(runs, store, FACTS).splitlines()
    assert "| 3 layers | +0.2500 (1) |" in lines
    assert "| 3 layers, not summed (beside 3 layers) | +0.2500 (1) |" in lines


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
