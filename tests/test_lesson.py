"""The lesson model: units are words, and it has learned the children's book as the lecture tells it."""

from __future__ import annotations

import numpy as np
import pytest

from lstmgen.api import Model, find_model, load
from lstmgen.shipped import shipped_lesson, shipped_model

STORY = "Jane saw Spot. Doug saw"


@pytest.fixture(scope="module")
def lesson() -> Model:
    return load(shipped_lesson())


def test_it_is_shipped_and_never_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_model() == shipped_model()
    assert find_model("lesson") == shipped_lesson()


def test_every_unit_is_a_word(lesson: Model) -> None:
    output = lesson.file.arrays["output.W"]
    np.testing.assert_array_equal(output, output[0, 0] * np.eye(5, dtype=np.float32))
    assert output[0, 0] > 0 and not lesson.file.arrays["output.b"].any()
    assert sorted(lesson.vocabulary.tokens) == [".", "Doug", "Jane", "Spot", "saw"]
    assert lesson.header["sizes"] == {"vocabulary": 5, "embedding": 0, "units": 5, "layers": 1}
    assert lesson.header["corpus"]["names"] == ["childrens-book"] and not lesson.file.notes


def test_after_doug_saw_doug_is_held_down(lesson: Model) -> None:
    trace = lesson.trace(STORY)
    h, logits = trace["h"][-1, 0], trace.logits[-1].astype(float)
    share = dict(zip(lesson.vocabulary.tokens, np.exp(logits) / np.exp(logits).sum(), strict=True))
    said = dict(zip(lesson.vocabulary.tokens, h, strict=True))
    assert said["Doug"] < -0.4 and said["Jane"] > 0.5 and said["Spot"] > 0.5
    assert share["Doug"] < 0.01 and share["saw"] < 0.01 and share["."] < 0.01
    assert share["Jane"] > 0.4 and share["Spot"] > 0.4


def test_no_wrong_word_anywhere_in_stories_it_never_read(lesson: Model) -> None:
    """Random stories, some of a sentence and some of many: what the grammar forbids stays under a hundredth."""
    tokens, rng = lesson.vocabulary.tokens, np.random.default_rng(0)
    names = [tokens.index(name) for name in ("Doug", "Jane", "Spot")]
    saw, dot = tokens.index("saw"), tokens.index(".")
    for length in [*[1] * 12, *[2] * 12, *[5] * 5, 300]:
        ids, right = [], []
        for _ in range(length):
            first, second = rng.permutation(names)[:2].tolist()
            ids += [first, saw, second, dot]
            right += [set(names), {saw}, set(names) - {first}, {dot}]
        x = np.array([-1, *ids[:-1]], np.int32)[:, None]
        logits = lesson.network.logits(x, lesson.network.zero_state(1))[0][:, 0].astype(float)
        found = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        for row, fine in zip(found, right, strict=True):
            assert row[[k for k in range(5) if k not in fine]].max() < 0.01


def test_it_writes_the_book(lesson: Model) -> None:
    for sentence in lesson.sample(length=200, seed=1, temperature=1.0, min_p=0.01).split(". ")[:-1]:
        first, saw, second = sentence.rstrip(".").split()
        assert saw == "saw" and first != second and {first, second} <= {"Doug", "Jane", "Spot"}


def test_without_a_memory_it_forgets_who_saw(lesson: Model) -> None:
    """Holding the forget gate at 0 gives Doug a chance to see himself."""
    doug = lesson.vocabulary.tokens.index("Doug")
    kept, lost = (model.trace(STORY).logits[-1].astype(float) for model in (lesson, lesson.clamped("f=0")))
    kept, lost = (np.exp(z[doug]) / np.exp(z).sum() for z in (kept, lost))
    assert kept < 0.001 and lost > 0.1
