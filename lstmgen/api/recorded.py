"""The text a model learned from, where it can still be read and is the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmgen.api.model import Model
from lstmgen.errors import LstmgenError
from lstmgen.modelfile import read_state
from lstmgen.shipped import shipped_corpora
from lstmgen.text import Corpus, Vocabulary, load_corpus

LARGEST_STATE = 1 << 28  # bytes of a state that are read only to learn where the text was
LARGEST_TEXT = 1 << 27  # characters of a text that is read again without being asked for
COUNTED = 5_000_000  # characters that n-grams are counted in


@dataclass(frozen=True, eq=False)
class TrainingText:
    """A text in its own full vocabulary: no word of it is unknown. same: it is the one the model learned from."""

    corpus: Corpus
    same: bool

    @property
    def name(self) -> str:
        """As the user calls it."""
        return ", ".join(self.corpus.names)

    def held_out(self) -> tuple[list[str], npt.NDArray[np.int64], str]:
        """Tokens of the validation part, where its documents begin, and the token before it ("": a document ends)."""
        corpus, tokens = self.corpus, self.corpus.vocabulary.tokens
        inside = corpus.split > 0 and corpus.split not in corpus.starts
        before = tokens[int(corpus.ids[corpus.split - 1])] if inside else ""
        return [tokens[k] for k in corpus.validation.tolist()], corpus.validation_starts, before

    def learned(self, vocabulary: Vocabulary, characters: int = COUNTED) -> tuple[npt.NDArray[np.int64], Any]:
        """What was learned from, in a model's ids: its last so many characters, and where its lines begin.

        Another text than the model's counts whole. The second is None where lines are no documents.
        """
        corpus = self.corpus
        end = corpus.split if self.same else len(corpus.ids)
        begin = max(0, end - round(characters * len(corpus.ids) / max(1, corpus.characters)))
        ids = vocabulary.numbers(corpus.vocabulary.tokens)[corpus.ids[begin:end]]
        kept = np.flatnonzero(ids >= 0)
        if not corpus.lines:
            return ids[kept], None
        inside = corpus.starts[(corpus.starts >= begin) & (corpus.starts < end)] - begin
        starts = np.unique(np.searchsorted(kept, inside))
        return ids[kept], starts[starts < len(kept)]


def training_text(model: Model, path: str | None = None) -> TrainingText | None:
    """The text at `path`, which may be another one; without it the recorded one, None where it is not found unchanged.

    Raises the errors of `load_corpus` for a path that cannot be read.
    """
    if path is not None:
        return _read(model, [path])
    if model.header["corpus"].get("characters", LARGEST_TEXT + 1) > LARGEST_TEXT:
        return None
    for paths in candidates(model):
        try:
            found = None if "-" in paths else _read(model, paths)
        except (LstmgenError, OSError, TypeError):
            continue
        if found is not None and found.same:
            return found
    return None


def candidates(model: Model) -> Iterator[list[str]]:
    """Where the text may be: where the state says, by its name here or beside the model, among the shipped ones."""
    if model.path is not None:
        state = model.path.with_name(model.path.name.removesuffix(".npz") + ".state.npz")
        try:
            if state.stat().st_size <= LARGEST_STATE:
                yield [str(path) for path in read_state(state)[2]["text"]["paths"]]
        except (LstmgenError, OSError, KeyError, TypeError):
            pass
    names = model.header["corpus"].get("names", [])
    if not names:
        return
    folders = [Path()] if model.path is None else [Path(), model.path.parent]
    for folder in folders:
        yield [str(folder / Path(name).name) for name in names]
    shipped = {path.name: path for path in shipped_corpora().values()}
    if all(name in shipped for name in names):
        yield [str(shipped[name]) for name in names]


def _read(model: Model, paths: list[str]) -> TrainingText:
    """Read as the model's text was, but with every word kept."""
    header = model.header
    options: dict[str, Any] = header["training"].get("options", {})
    share = options.get("validation")
    how: dict[str, Any] = {
        "level": header["level"],
        "lines": model.lines,
        "encoding": str(options.get("encoding", "utf-8")),
        "errors": str(options.get("errors", "strict")),
        "keep_newlines": header["newlines"] == "kept",
        "min_count": 1,
    }
    corpus = load_corpus(paths, **how, validation=share if isinstance(share, float | int) else None)
    was = header["corpus"]
    now = (corpus.digest, len(corpus.ids), corpus.split)
    same = now == (was.get("digest"), was.get("tokens"), was.get("split"))
    if corpus.pieces and not same:  # nothing of it was held back, so it is wanted in its own order
        corpus = load_corpus(paths, **how, validation=0.0)
    return TrainingText(corpus, same)
