"""How much of what a --lines model wrote stands in the text it learned from, where that can still be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstmgen.api.model import Model
from lstmgen.errors import LstmgenError
from lstmgen.modelfile import read_state
from lstmgen.shipped import shipped_corpora
from lstmgen.text.documents import with_last_line_ended
from lstmgen.text.reading import Reading
from lstmgen.text.sources import find

LARGEST_STATE = 1 << 28  # bytes of a state that are read only to learn where the text was


def copied(model: Model, lines: Sequence[str]) -> list[bool] | None:
    """Whether each of these lines is a line of the model's training text; None where that cannot be told.

    It cannot where the text is not found, or is not the same any more (its digest is in the model file).
    """
    for paths in candidates(model):
        try:
            found = _found_in(model, paths, set(lines))
        except (LstmgenError, OSError):
            continue
        if found is not None:
            return [line in found for line in lines]
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


def _found_in(model: Model, paths: list[str], wanted: set[str]) -> set[str] | None:
    """Those of the wanted lines that the text has; None where its digest is another."""
    if "-" in paths:
        return None
    options: dict[str, Any] = model.header["training"].get("options", {})
    reading = Reading(str(options.get("encoding", "utf-8")), str(options.get("errors", "strict")))
    digest, found = hashlib.sha256(), set()
    for source in find(paths, reading).sources:
        rest = ""
        with source.open(None) as stream:
            for chunk in with_last_line_ended(reading.stream(stream, source.label)):
                digest.update(chunk.encode("utf-8"))
                *lines, rest = (rest + chunk).split("\n")
                found.update(wanted.intersection(lines))
    return found if digest.hexdigest() == model.header["corpus"].get("digest") else None
