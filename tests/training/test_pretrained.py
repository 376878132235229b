"""A run that begins with another model's weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.errors import ModelFileError, UsageError
from lstmgen.modelfile import architecture_of, digest_of, read_model, read_state
from lstmgen.network import Network, initialise, transfer_parameters
from lstmgen.settings import Architecture, ModelSettings
from lstmgen.text import Corpus, load_corpus, load_text
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training import train
from lstmgen.training.plan import Origin
from lstmgen.training.plan_io import read_plan
from lstmgen.training.pretrained import Pretrained, initial_vocabulary
from lstmgen.training.state import generators_from
from lstmgen.training.update import Updater, UpdateResult
from lstmgen.training.validation import score_validation
from tests.training.runs import Clock, finish, go_on, members, settings, text

STILL: dict[str, Any] = {"learning_rate": 1e-9, "weight_decay": 0.0, "dropout": 0.0}
NEW = "A zebra ran; Żółw saw a zebra? " * 60


def model_of(corpus: Corpus, **model: Any) -> Pretrained:
    made = finish(
        train(corpus, ModelSettings(hidden_size=6, **model), settings(steps=30, learning_rate=0.01), now=Clock())
    )
    return Pretrained("old", made.model)


def begin(start: Pretrained, text: str, out: Path | None = None, *, steps: int = 12, **more: Any) -> E.Finished:
    how = {name: more.pop(name) for name in ("level", "min_count", "lines") if name in more}
    corpus = load_text(text, known_vocabulary=start.vocabulary, **how)
    return finish(train(corpus, None, settings(steps=steps, **more), out, start=start, now=Clock()))


@pytest.mark.parametrize(("cell", "embedding"), [("lstm", 0), ("lstm", 4), ("peephole", 0), ("rnn", 3)])
def test_what_it_knew_stays_and_the_rest_is_as_in_any_new_network(cell: str, embedding: int) -> None:
    start = model_of(load_text(text()), cell=cell, embedding_size=embedding, num_layers=2)
    old, made = start.file.arrays, begin(start, NEW, steps=1, seed=5, **STILL).model
    V, more = len(start.vocabulary), len(made.header["vocabulary"])
    assert more > V
    sizes = architecture_of(made.header)
    assert (sizes.cell, sizes.units, sizes.layers, sizes.embedding) == (cell, 6, 2, embedding)
    corpus = load_text(NEW, known_vocabulary=start.vocabulary)
    fresh = Network(sizes, initialise(sizes, generators_from(5)["initialisation"], corpus.training_counts * 1.0)).views
    for name, array in made.arrays.items():
        axis = array.shape.index(more) if more in array.shape else None
        if axis is None:
            np.testing.assert_allclose(array, old[name], atol=1e-6)
            continue
        kept, new = np.split(array, [V], axis)
        np.testing.assert_allclose(kept, old[name], atol=1e-6)
        np.testing.assert_allclose(new, np.split(fresh[name], [V], axis)[1], atol=1e-6)
    counts = corpus.training_counts + 0.5
    np.testing.assert_allclose(made.arrays["output.b"][V:], np.log(counts / counts.sum())[V:], atol=1e-5)


def test_a_text_without_new_tokens_is_read_as_the_model_reads_it() -> None:
    start = model_of(load_text(text()))
    again = load_text(text(1_500), known_vocabulary=start.vocabulary)
    assert again.vocabulary == start.vocabulary
    made = begin(start, text(1_500), steps=1, **STILL)
    network = Network(architecture_of(start.file.header))
    for name, view in network.views.items():
        view[...] = start.file.arrays[name]
    network.refresh()
    score = score_validation(network, again, lambda: False)
    assert score is not None
    assert made.validation == pytest.approx(score.nats, abs=1e-6)


def test_everything_else_starts_anew() -> None:
    start = model_of(load_text(text()))
    corpus = load_text(NEW, known_vocabulary=start.vocabulary)
    heard = list(train(corpus, None, settings(steps=100), start=start, now=Clock()))
    rates = {e.step: e.rate for e in heard if isinstance(e, E.Progress)}
    assert rates[1] < rates[2] < rates[10] > 10 * rates[99]  # warm-up, then down
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert end.step == 100
    assert end.model.history[:2, 0].tolist() == [0, 2]
    planned = next(e for e in heard if isinstance(e, E.Planned))
    reasons = {choice.name: choice.reason for choice in planned.plan.choices}
    assert (reasons["cell"], reasons["layers"], reasons["embedding"]) == ("old's own",) * 3


def test_the_model_as_it_came_is_the_best_until_something_is_better() -> None:
    """At a rate that spoils everything nothing ever is: what comes out is what went in."""
    start = _well_trained()
    corpus = load_text(text(3_000)[600:], known_vocabulary=start.vocabulary, validation=0.4)
    heard = list(train(corpus, None, settings(steps=30, learning_rate=0.3), start=start, now=Clock()))
    first = next(e for e in heard if isinstance(e, E.Evaluated))
    assert (first.step, first.tokens_seen, first.is_best) == (0, 0, True)
    net = Network(architecture_of(start.file.header), threads=1)
    transfer_parameters(net.architecture, net.parameters, start.file.arrays)
    net.refresh()
    came = score_validation(net, corpus, lambda: False)
    end = heard[-1]
    assert isinstance(end, E.Finished)
    assert came is not None
    assert first.validation == pytest.approx(came.nats, abs=0.01)
    assert end.validation is not None
    assert end.validation <= came.nats + 1e-6
    assert end.best_step == 0


def test_what_it_knows_helps_on_a_text_like_its_own() -> None:
    """600 characters of a language it knows: lower than as it came, and than a new network in as many updates."""
    start = _well_trained()
    near = text(1_400)[200:].replace("Spot", "Zora")
    corpus = load_text(near, known_vocabulary=start.vocabulary, validation=0.5)
    heard = list(train(corpus, None, settings(steps=30, seed=2), start=start, now=Clock()))
    end, first = heard[-1], next(e for e in heard if isinstance(e, E.Evaluated))
    new = finish(train(load_text(near, validation=0.5), ModelSettings(hidden_size=16), settings(steps=30, seed=2)))
    assert isinstance(end, E.Finished)
    assert end.validation is not None
    assert new.validation is not None
    assert first.validation is not None
    assert end.validation < first.validation - 0.2
    assert end.validation < new.validation - 0.1


def _well_trained() -> Pretrained:
    made = finish(train(load_text(text(12_000)), ModelSettings(hidden_size=16), settings(steps=300, batch_size=8)))
    return Pretrained("old", made.model)


def test_what_is_dropped_rises_from_nothing() -> None:
    start = _well_trained()
    corpus = load_text(text(1_400)[200:], known_vocabulary=start.vocabulary)
    how = settings(steps=100, dropout=0.5, weight_drop=0.5)
    seen: list[tuple[float, float]] = []

    class Watched(Updater):
        def update(self, rate: float, schedule: float, drops: float = 1.0) -> UpdateResult:
            masks, weights = self._masks(drops), self._weight_masks(drops)
            shares = [0.0 if m is None else float((m == 0).mean()) for m in (masks, weights)]
            seen.append((shares[0], shares[1]))
            return super().update(rate, schedule, drops)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstmgen.training.leading.Updater", Watched)
        finish(train(corpus, None, how, start=start, now=Clock()))
        begun = np.array(seen)
        seen.clear()
        finish(train(corpus, ModelSettings(hidden_size=16), how, now=Clock()))
    assert (begun[0] == 0).all()
    for part, least, most in ((begun[5:15], 0.02, 0.1), (begun[45:55], 0.2, 0.3), (begun[90:], 0.42, 0.53)):
        assert least < part.mean(axis=0).min() <= part.mean(axis=0).max() < most
    assert np.array(seen).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.03)  # a new network: all at once


def test_the_file_says_where_it_began_and_the_command_repeats_it(tmp_path: Path) -> None:
    start = model_of(load_text(text()))
    start.file.arrays["output.b"][0] += 1  # students edit weights
    out = tmp_path / "m.npz"
    begin(start, NEW, out)
    header = read_model(out).header
    assert header["training"]["origin"] == {
        "name": "old",
        "digest": digest_of(start.file.arrays),
        "vocabulary": len(start.vocabulary),
    }
    assert header["training"]["options"]["from"] == "old"
    assert header["training"]["command"].startswith("lstmgen train text --from old --level char ")


@pytest.mark.parametrize("options", [{}, {"level": "word"}, {"level": "word", "min_count": 40}, {"lines": True}])
@pytest.mark.parametrize("cut", [None, 3])
def test_stopped_and_resumed_is_the_same_file(tmp_path: Path, options: dict[str, Any], cut: int | None) -> None:
    level = options.get("level", "char")
    start = model_of(load_text(text(6_000), level=level, min_count=cut))
    path = tmp_path / "new.txt"
    path.write_text(text(3_000) + NEW + "Once.\n", encoding="utf-8")
    corpus = load_corpus([str(path)], known_vocabulary=start.vocabulary, **options)
    straight = tmp_path / "straight.npz"
    finish(train(corpus, None, settings(steps=40, dropout=0.2), straight, start=start, now=Clock()))
    out = tmp_path / "stopped.npz"
    run = train(corpus, None, settings(steps=40, dropout=0.2), out, start=start, now=Clock())
    for event in run:
        if isinstance(event, E.Progress) and event.step == 17:
            run.close()
            break
    assert go_on(out).step == 40
    assert members(out) == members(straight)
    tokens = read_model(out).header["vocabulary"]
    assert tokens[: len(start.vocabulary)] == start.vocabulary.tokens


def test_what_became_of_the_tokens_is_told() -> None:
    start = model_of(load_text("abcd efgh. " * 200))
    tell = lambda new, **how: start.describe_vocabulary(load_text(new * 20, known_vocabulary=start.vocabulary, **how))  # noqa: E731
    begins = "Starting from the weights of old: "
    assert tell("abcd efgh. ") == begins + "it knows every character of this text; all of the model's occur."
    assert tell("abcd efgx. ") == begins + "1 new character got a new row; 1 of the model's does not occur."
    assert tell("ABCd. ") == begins + "3 new characters got new rows; 7 of the model's do not occur."
    everything = "it knows every character of this text; "  # those that are left
    assert tell("ABCd. ", min_count=21) == begins + everything + "7 of the model's do not occur."
    words = model_of(load_text("a b c d. " * 300 + "e", level="word", min_count=2))
    assert words.describe_vocabulary(
        load_text(("a b x y. " * 9)[:-1], level="word", known_vocabulary=words.vocabulary)
    ) == (begins + "2 new words got new rows; 2 of the model's do not occur.")
    lines = model_of(load_text("ab\ncd\n" * 200, lines=True))
    assert lines.describe_vocabulary(load_text("ab\ncd\n" * 20, known_vocabulary=lines.vocabulary)).endswith(
        "--lines would separate its lines too."
    )


def test_other_sizes_and_texts_read_otherwise_are_refused() -> None:
    start = model_of(load_text(text()), cell="peephole")
    start.check_settings({"hidden_size": 6, "cell": "peephole", "output_squashing": "identity", "num_layers": None})
    for name, value, has in [("hidden_size", 7, 6), ("cell", "lstm", "peephole"), ("num_layers", 2, 1)]:
        with pytest.raises(UsageError, match=f"^old has --{name.replace('_', '-')} {has}, not {value}: "):
            start.check_settings({name: value})
    for corpus in (load_text(NEW), load_text(NEW, known_vocabulary=start.vocabulary, keep_newlines=True)):
        with pytest.raises(UsageError, match="was not read the way old reads"):
            finish(train(corpus, None, settings(), start=start))


def test_only_the_same_network_can_be_taken_over() -> None:
    small, large = Architecture("lstm", 3, 0, 4, 1), Architecture("lstm", 5, 0, 4, 1)
    arrays = {name: np.ones(shape, np.float32) for name, shape in small.shapes().items()}
    flat = np.zeros(large.parameter_count(), np.float32)
    transfer_parameters(large, flat, arrays)
    assert flat.sum() == small.parameter_count()
    with pytest.raises(ValueError, match="does not fit"):
        transfer_parameters(small, np.zeros(small.parameter_count(), np.float32), Network(large).views)
    with pytest.raises(ValueError, match="differ in embedding"):
        transfer_parameters(Architecture("lstm", 5, 2, 4, 1), flat, arrays)


def test_a_state_that_tells_its_origin_wrongly_cannot_be_used(tmp_path: Path) -> None:
    start = model_of(load_text(text()))
    begin(start, NEW, tmp_path / "m.npz")
    file, _, facts = read_state(tmp_path / "m.state.npz")
    assert read_plan(facts).origin == Origin("old", digest_of(start.file.arrays), len(start.vocabulary))
    assert initial_vocabulary(read_plan(facts).origin, file.header) == start.vocabulary
    for wrong in ({"name": 3}, {"vocabulary": "x"}, {"vocabulary": 0}, {"more": 1}):
        told = json.loads(json.dumps(facts))
        told["plan"]["origin"].update(wrong)
        with pytest.raises(ModelFileError, match="The state file cannot be used"):
            read_plan(told)
    facts["plan"].pop("origin")  # as states were before there was one
    assert read_plan(facts).origin is None
