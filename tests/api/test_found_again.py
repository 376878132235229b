"""Whatever is trained on is found again: however it was written, wherever it lies, however it was read."""

from __future__ import annotations

import gzip
import io
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen import api
from lstmgen.api.copies import are_training_lines, copy_guard_for
from lstmgen.api.recorded import find_training_paths, find_training_text, find_unchanged_text, why_missing
from lstmgen.errors import TextError
from lstmgen.modelfile import ModelFile, make_header
from lstmgen.network import parameter_views
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.shipped import shipped_corpora
from lstmgen.text import Corpus, load_corpus
from lstmgen.training.plan import make_plan
from lstmgen.training.record import corpus_facts, options_in_force

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
LAYOUTS = ["a file", "several files", "a folder", "standard input", "standard input and a file"]


def untrained(corpus: Corpus) -> api.Model:
    """A model with the header that a run over this text would give it, its path the folder one is in."""
    plan = make_plan(corpus, ModelSettings(hidden_size=2), TrainingSettings(steps=1, threads=1, seed=1))
    header = make_header(
        plan.architecture,
        level=corpus.level,
        vocabulary=corpus.vocabulary.tokens,
        lines=corpus.lines,
        newlines=corpus.newlines,
        unknown=corpus.vocabulary.unknown,
        corpus=corpus_facts(corpus),
        training={"options": options_in_force(corpus, plan, 1)},
    )
    flat = np.zeros(plan.architecture.parameter_count(), np.float32)
    return api.Model(ModelFile(header, parameter_views(plan.architecture, flat)), Path("m.npz"))


@contextmanager
def new_folder() -> Iterator[Path]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield Path(folder)
        finally:
            os.chdir(before)


def lay_out(layout: str, parts: list[bytes]) -> tuple[list[str], io.BytesIO | None]:
    """Write the parts as files; the names to train on, and what comes by standard input."""
    if layout == "a folder":
        Path("texts").mkdir()
        for k, part in enumerate(parts):
            Path(f"texts/{k}.txt").write_bytes(part)
        return ["texts"], None
    names = [f"{k}.txt" for k in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        Path(name).write_bytes(part)
    if layout == "a file":
        return names[:1], None
    piped = io.BytesIO(parts[0])
    by_layout = {"several files": names, "standard input": ["-"], "standard input and a file": ["-", *names[1:2]]}
    return by_layout[layout], piped


@given(st.data())
def test_whatever_is_trained_on_is_found_again(data: st.DataObject) -> None:
    layout, encoding = data.draw(st.sampled_from(LAYOUTS)), data.draw(st.sampled_from(ENCODINGS))
    lines, level = data.draw(st.booleans()), data.draw(st.sampled_from(["char", "word"]))
    errors = data.draw(st.sampled_from(["strict", "replace", "ignore"]))
    how: dict[str, Any] = {"lines": lines, "level": level, "encoding": encoding, "errors": errors}
    how["keep_newlines"] = not lines and data.draw(st.booleans())
    how["validation"] = data.draw(st.sampled_from([None, 0.2, 0.0]))
    end, last = data.draw(st.sampled_from(["\n", "\r\n", "\r"])), data.draw(st.booleans())
    rng, kinds = random.Random(data.draw(st.integers(0, 99))), data.draw(st.sampled_from([3, 1_000]))
    sizes = [data.draw(st.sampled_from([1, 2, 200])) for _ in range(3)]
    documents = [[_line(rng, kinds), *("" if k % 9 == 8 else _line(rng, kinds) for k in range(n))] for n in sizes]
    whole = [(end.join([*part, ""]) if last else end.join(part)) for part in documents]
    broken = b"" if errors == "strict" or encoding.startswith("utf-16") else b"\x81\xff"
    parts = [text.encode(encoding) + broken for text in whole]
    with new_folder():
        names, stdin = lay_out(layout, parts)
        corpus = load_corpus(names, stdin=stdin, **how)
        model = untrained(corpus)
        found = find_unchanged_text(model)
        assert found is not None
        assert found.corpus.digest == corpus.digest
        read, again = (one.vocabulary.decode(one.ids) for one in (corpus, found.corpus))
        assert read == again or corpus.vocabulary.unknown is not None
        if lines:
            there = again.splitlines()
            assert are_training_lines(model, [*there, "not there"]) == [True] * len(there) + [False]
            guard = copy_guard_for(model, model.request(allow_copies=False))
            assert (guard.lines_known, guard.lines) == (True, {*there, ""} if "" in guard.lines else {*there})


def _line(rng: random.Random, kinds: int) -> str:
    return " ".join(f"{word}{rng.randrange(kinds)}" for word in rng.choices(["aé", "b", "don't"], k=rng.randint(1, 4)))


@pytest.mark.parametrize("name", sorted(shipped_corpora()))
def test_shipped_texts_are_found_by_their_names(name: str) -> None:
    with new_folder():
        model = untrained(load_corpus([name]))
        found = find_unchanged_text(model)
        assert found is not None
        assert found.same
        if model.lines:
            last = found.corpus.vocabulary.decode(found.corpus.ids).splitlines()[-1]
            assert are_training_lines(model, [last, last + "!!"]) == [True, False]


def test_a_text_without_a_final_newline_is_the_same_to_all() -> None:
    """Its digest is of the text as it is; the last line counts as one."""
    with new_folder():
        Path("names.txt").write_text("\n".join(["anna", "bert", "cleo"] * 100), encoding="utf-8")
        model = untrained(load_corpus(["names.txt"], lines=True))
        assert are_training_lines(model, ["anna", "cleo", "dora"]) == [True, True, False]
        with Path("names.txt").open("a", encoding="utf-8") as file:
            file.write("\n")
        assert are_training_lines(model, ["anna"]) is None  # another text: it has one character more


def test_what_came_by_standard_input_may_lie_under_any_name() -> None:
    with new_folder():
        text = b"one\ntwo\nthree\n"
        model = untrained(load_corpus(["-"], lines=True, stdin=io.BytesIO(text)))
        why = "it came from standard input, and no file here or beside the model contains it"
        assert (are_training_lines(model, ["two"]), why_missing(model)) == (None, why)
        Path("like_it.txt").write_bytes(b"one\ntwo\nseven\n")
        assert are_training_lines(model, ["two"]) is None
        Path("whatever.dat").write_bytes(text)
        assert are_training_lines(model, ["two", "four"]) == [True, False]
        Path("sub").mkdir()
        Path("whatever.dat").rename("sub/it")
        assert are_training_lines(model, ["two"]) is None
        assert are_training_lines(model, ["two"], "sub/it") == [True]
        assert why_missing(model, "like_it.txt") == "like_it.txt is another one or has changed"
        model.path = Path("sub/m.npz")
        assert are_training_lines(model, ["two"]) == [True]


def test_where_the_state_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text in a folder that is neither here nor beside the model, and not the one of its name that is here."""
    monkeypatch.chdir(tmp_path)
    for folder in ("texts", "models", "texts/more"):
        Path(folder).mkdir()
    Path("texts/names.txt").write_text("anna\nbert\n" * 30, encoding="utf-8")
    Path("texts/more/names.txt").write_text("cleo", encoding="utf-8")
    Path("names.txt").write_text("dora\n", encoding="utf-8")
    names = ["texts/names.txt", "texts/more/names.txt"]
    small: dict[str, Any] = {"steps": 1, "hidden_size": 2, "seq_length": 4, "batch_size": 2, "seed": 1, "threads": 1}
    api.train(*names, out="models/m.npz", lines=True, **small)
    assert are_training_lines(api.load("models/m.npz"), ["bert", "cleo", "dora"]) == [True, True, False]


def test_packed_texts_are_found_again_and_old_models_skip_them_in_folders() -> None:
    text = "The house is old.\nIts door is green.\n" * 40
    with new_folder():
        Path("a.txt.gz").write_bytes(gzip.compress(text.encode()))
        Path("texts").mkdir()
        Path("texts/a.txt").write_text(text, encoding="utf-8")
        plain = untrained(load_corpus(["texts"]))
        assert "unpack" not in plain.header["corpus"]
        Path("texts/b.txt.gz").write_bytes(gzip.compress(text.encode()))
        for names in (["a.txt.gz"], ["texts"], ["a.txt.gz", "texts"]):
            model = untrained(load_corpus(names))
            assert model.header["corpus"]["unpack"] is True
            found = find_unchanged_text(model)
            assert found is not None and found.same
        found = find_unchanged_text(plain)
        assert found is not None and found.corpus.skipped == ["texts/b.txt.gz (packed)"]


def test_what_came_packed_by_standard_input_is_found_in_a_packed_file() -> None:
    data = gzip.compress(b"The house is old.\nIts door is green.\n" * 400)
    with new_folder():
        Path("any.gz").write_bytes(data)
        model = untrained(load_corpus(["-"], stdin=io.BytesIO(data)))
        found = find_unchanged_text(model)
        assert found is not None and found.same


def test_a_text_named_in_another_encoding_is_refused_with_a_way_that_there_is() -> None:
    with new_folder():
        Path("a.txt").write_text("The house is old.\n" * 100, encoding="utf-8")
        Path("b.txt").write_bytes("Die Häuser sind schön.\n".encode("cp1252"))
        model = untrained(load_corpus(["a.txt"]))
        for look in (find_training_text, find_training_paths):
            with pytest.raises(TextError) as caught:
                look(model, "b.txt")
            assert str(caught.value) == (
                "b.txt is not UTF-8: byte 0xe4 at offset 5 (line 1): invalid continuation byte.\n"
                "The training text was UTF-8; name it, or a text in that encoding."
            )
