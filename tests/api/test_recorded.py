"""The text a model learned from, found again or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lstmgen import api
from lstmgen.api.recorded import find_training_text
from lstmgen.errors import UsageError
from lstmgen.inspection.passage import make_passage
from lstmgen.inspection.score import score_figures, surprisal
from lstmgen.text import Vocabulary
from lstmgen.training.interrupts import StopFlag
from lstmgen.training.validation import score_validation
from tests.training.runs import text

SMALL = {"steps": 2, "hidden_size": 5, "seq_length": 8, "batch_size": 4, "seed": 1, "threads": 1}


def trained(name: str = "story.txt", characters: int = 4_000, **more) -> api.Model:
    Path(name).write_text(text(characters) + "Barnaby and Clementine once saw Jane run.\n", encoding="utf-8")
    return api.train(name, out="m.npz", **SMALL, **more)


RARE = {"level": "word", "min_count": 150}


@pytest.mark.parametrize("how", [{}, RARE, {"lines": True}, RARE | {"lines": True}])
def test_the_score_of_what_was_held_back_is_the_recorded_one(folder: Path, how: dict) -> None:
    model = trained(**how)
    found = find_training_text(api.load("m.npz"))
    assert found is not None
    assert found.same
    tokens, starts, before = found.held_out()
    passage = make_passage(model.vocabulary, tokens, starts, lines=model.lines, before=before)
    figures = score_figures(surprisal(model.network, passage.ids, passage.starts), passage)
    corpus = api.training.load_corpus(["story.txt"], **how)
    expected = score_validation(model.network, corpus, StopFlag())
    assert expected is not None
    assert figures.tokens == expected.tokens
    assert figures.nats == pytest.approx(expected.nats, rel=1e-6)
    assert figures.bits_a_character == pytest.approx(expected.bits, rel=1e-6)
    assert figures.characters == corpus.validation_characters
    assert (figures.spelling > 0) == ("min_count" in how)
    learned, begins = found.learned(model.vocabulary)
    assert (learned == corpus.training).all()
    assert (begins is None) != model.lines
    if begins is not None:
        assert (begins == corpus.training_starts).all()


def test_another_text_of_that_name_is_not_it(folder: Path) -> None:
    trained()
    model = api.load("m.npz")
    Path("story.txt").write_text(text(3_000) + "!", encoding="utf-8")
    assert find_training_text(model) is None
    given = find_training_text(model, "story.txt")
    assert given is not None
    assert not given.same
    ids, _ = given.learned(model.vocabulary)
    assert model.vocabulary.decode(ids) == text(3_000)  # the ! was never seen
    Path("story.txt").unlink()
    assert find_training_text(model) is None
    with pytest.raises(UsageError):
        find_training_text(model, "story.txt")


def test_it_is_found_beside_the_model_too(folder: Path) -> None:
    trained()
    (folder / "there").mkdir()
    for name in ("story.txt", "m.npz"):
        Path(name).rename(folder / "there" / name)
    found = find_training_text(api.load("there/m.npz"))
    assert found is not None
    assert found.name == "story.txt"


def test_of_long_texts_the_end_is_counted(folder: Path) -> None:
    model = trained(lines=True)
    found = find_training_text(model)
    assert found is not None
    ids, starts = found.learned(model.vocabulary, 500)
    whole, _ = found.learned(model.vocabulary)
    assert (ids == whole[-500:]).all()
    assert ids[starts[1] - 1] == model.vocabulary.tokens.index("\n")


def test_a_model_from_nowhere_has_none() -> None:
    arrays = {"layers.0.W": np.ones((1, 2, 2)), "layers.0.U": np.ones((1, 2, 2)), "layers.0.b": np.ones((1, 2))}
    arrays |= {"output.W": np.ones((2, 2)), "output.b": np.ones(2)}
    assert find_training_text(api.Model.from_arrays(arrays, ["a", "b"], cell="rnn")) is None


def test_numbers_of_tokens() -> None:
    assert Vocabulary("char", ["a", "b"]).ids_of("abc").tolist() == [0, 1, -1]
    assert Vocabulary("word", ["a", "<unk>"], 1).ids_of(["a", "c", "<unk>"]).tolist() == [0, 1, 1]
