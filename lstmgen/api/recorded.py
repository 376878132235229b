"""The text a model learned from, where it can still be read and is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.arrays import Int32Array, Int64Array
from lstmgen.errors import LstmgenError, TextError
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.modelfile import read_state
from lstmgen.paths import is_packed, state_path
from lstmgen.shipped import shipped_corpora
from lstmgen.text import Corpus, Vocabulary, load_corpus
from lstmgen.text.identity import is_recorded_corpus, is_recorded_text, recorded_load_options
from lstmgen.text.undecodable import UndecodableError

_LARGEST_STATE = 1 << 28  # bytes of a state that are read only to learn where the text was
_LARGEST_TEXT = 1 << 27  # characters of a text that is read again without being asked for
_MOST_TRIED = 1 << 28  # bytes of files that are read to see whether one is what came by standard input
_LARGEST_CHARACTER = 8  # bytes: an encoding's 4, line ends of two characters, empty lines that are no documents
_STDIN = "stdin"  # what a model file calls it
_COUNTED = 5_000_000  # characters that n-grams are counted in


@dataclass(frozen=True, eq=False)
class TrainingText:
    """A text in its own full vocabulary: no word of it is unknown. same: it is the one the model learned from."""

    corpus: Corpus
    same: bool

    @property
    def name(self) -> str:
        """As the user calls it."""
        return ", ".join(self.corpus.names)

    def held_out(self) -> tuple[list[str], Int64Array, str]:
        """Tokens of the validation part, where its documents begin, and the token before it ("": a document ends)."""
        corpus, tokens = self.corpus, self.corpus.vocabulary.tokens
        inside = corpus.split > 0 and corpus.split not in corpus.starts
        before = tokens[int(corpus.ids[corpus.split - 1])] if inside else ""
        return [tokens[k] for k in corpus.validation.tolist()], corpus.validation_starts, before

    def validation_in(self, vocabulary: Vocabulary, most: int | None = None) -> Int32Array:
        """The first tokens of the validation part, in a model's ids, without those that it lacks."""
        ids = vocabulary.ids_of(self.corpus.vocabulary.tokens)[self.corpus.validation[:most]]
        return ids[ids >= 0].astype(np.int32)

    def learned(self, vocabulary: Vocabulary, characters: int = _COUNTED) -> tuple[Int64Array, Any]:
        """What was learned from, in a model's ids: its last so many characters, and where its documents begin.

        Another text than the model's counts whole. The second is None where documents do not stand alone.
        """
        corpus = self.corpus
        end = corpus.split if self.same else len(corpus.ids)
        begin = max(0, end - round(characters * len(corpus.ids) / max(1, corpus.characters)))
        ids = vocabulary.ids_of(corpus.vocabulary.tokens)[corpus.ids[begin:end]]
        kept = np.flatnonzero(ids >= 0)
        if not corpus.stand_alone:
            return ids[kept], None
        inside = corpus.starts[(corpus.starts >= begin) & (corpus.starts < end)] - begin
        starts = np.unique(np.searchsorted(kept, inside))
        return ids[kept], starts[starts < len(kept)]


def find_training_text(model: LoadedModel, path: str | None = None) -> TrainingText | None:
    """The text at `path`, which may be another one; without it the recorded one, None where it is not found unchanged.

    Raises the errors of `load_corpus` for a path that cannot be read.
    """
    if path is None:
        return find_unchanged_text(model)
    with _named_text(model):
        return _read(model, [path])


def find_unchanged_text(model: LoadedModel, named: str | None = None) -> TrainingText | None:
    """The text that the model learned from, looked for as `find_training_paths` does; None where it is not found."""
    paths = find_training_paths(model, named)
    try:
        text = None if paths is None else _read(model, paths)
    except (LstmgenError, OSError, TypeError):
        return None
    return text if text is not None and text.same else None


def find_training_paths(model: LoadedModel, named: str | None = None) -> list[str] | None:
    """Where the text lies that the model learned from, unchanged: first at the path named, if one is. None: nowhere.

    A longer text than is read without being asked for is found only where it is named. Raises the errors of
    `load_corpus` for a path named that cannot be read.
    """
    if named not in (None, "-"):  # standard input is read once
        with _named_text(model):
            if is_recorded_text([named], model.header):
                return [named]
    unasked = model.header["corpus"].get("characters", _LARGEST_TEXT + 1) <= _LARGEST_TEXT
    return next((paths for paths in _candidates(model) if _is_it(model, paths)), None) if unasked else None


@contextmanager
def _named_text(model: LoadedModel) -> Iterator[None]:
    """Around the reading of a text that was named: its encoding can be no other than the training text's."""
    try:
        yield
    except UndecodableError as error:
        encoding = recorded_load_options(model.header)["encoding"].upper()
        raise TextError(
            f"{str(error).splitlines()[0]}\nThe training text was {encoding}; name it, or a text in that encoding."
        ) from error


def _is_it(model: LoadedModel, paths: list[str]) -> bool:
    try:
        return "-" not in paths and is_recorded_text(paths, model.header)
    except (LstmgenError, OSError, TypeError, ValueError):
        return False


def _candidates(model: LoadedModel) -> Iterator[list[str]]:
    """Where the text may be: where the state says, by its name here or beside the model, among the shipped ones.

    What came by standard input never had a name, so any file there of a fitting size may be it.
    """
    if model.path is not None:
        state = state_path(model.path)
        try:
            if state.stat().st_size <= _LARGEST_STATE:
                yield [str(path) for path in read_state(state)[2]["text"]["paths"]]
        except (LstmgenError, OSError, KeyError, TypeError):
            pass
    names = model.header["corpus"].get("names", [])
    if not names:
        return
    folders = [Path(), *([model.path.parent] if model.path is not None and _is_elsewhere(model.path.parent) else [])]
    for folder in folders:
        yield [str(folder / Path(name).name) for name in names]
    shipped = {path.name: path for path in shipped_corpora().values()}
    if all(name in shipped for name in names):
        yield [str(shipped[name]) for name in names]
    if _by_standard_input(model):
        for folder in folders:
            for path in _of_fitting_size(folder, model.header["corpus"].get("characters", 0), alone=len(names) == 1):
                yield [str(path if name == _STDIN else folder / Path(name).name) for name in names]


def _is_elsewhere(folder: Path) -> bool:
    try:
        return not folder.samefile(Path())
    except OSError:
        return True


def _by_standard_input(model: LoadedModel) -> bool:
    """Whether some of its text came so."""
    return _STDIN in model.header["corpus"].get("names", [])


def why_missing(model: LoadedModel, named: str | None = None) -> str:
    """Why the training text cannot be had. named: where it was looked for first."""
    if named is not None:
        return f"{named} is another one or has changed"
    characters = model.header["corpus"].get("characters", 0)
    if characters > _LARGEST_TEXT:
        return f"it has {characters:,} characters, more than the {_LARGEST_TEXT:,} that can be read again"
    if _by_standard_input(model):
        return "it came from standard input, and no file here or beside the model contains it"
    return "it is no longer here, or has changed"


def _of_fitting_size(folder: Path, characters: int, *, alone: bool) -> list[Path]:
    """Files that may hold so many characters, or where they are not `alone` some of them; not too many to be read."""
    fitting, bytes_left = [], _MOST_TRIED
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    for path in entries:
        try:
            size = path.stat().st_size if path.is_file() and path.suffix != ".npz" else 0
        except OSError:
            continue
        least = max(1, (characters - 1) * (alone and not is_packed(path)))
        if least <= size <= _LARGEST_CHARACTER * characters + 4 and size <= bytes_left:
            bytes_left -= size
            fitting.append(path)
    return fitting


def _read(model: LoadedModel, paths: list[str]) -> TrainingText:
    """Read as the model's text was, but with every word kept."""
    how = recorded_load_options(model.header)
    corpus = load_corpus(paths, **how)
    same = is_recorded_corpus(corpus, model.header)
    if corpus.validation_pieces and not same:  # nothing of it was held back, so it is wanted in its own order
        corpus = load_corpus(paths, **how | {"validation": 0.0})
    return TrainingText(corpus, same)
