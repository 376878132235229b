"""Training that begins with the weights of a model: which one, and how a text is then read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstmgen.api.finding import MODELS_FOLDER
from lstmgen.api.model import Model, load
from lstmgen.errors import UsageError
from lstmgen.shipped import shipped_lesson, shipped_model
from lstmgen.training.pretrained import Pretrained


def start_from(model: str | Path | Model, out: Path | None) -> Pretrained:
    """The model to begin with, found as `load` finds it. UsageError where `out` would replace it."""
    if not isinstance(model, Model):
        model = load(model)
    path = model.path
    if out is not None and path is not None and out.exists() and out.samefile(path):
        raise UsageError(
            f"{out} is the model that --from starts from; it would be overwritten.\n"
            "Give the new one another name: --out models/ANOTHER.npz"
        )
    name = "model" if path is None else _name_of(path)
    return Pretrained(name, model.file)


def _name_of(path: Path) -> str:
    """As --from takes it, without a folder: the bare name of a model in models/ or of a shipped one."""
    bare = path.parent == MODELS_FOLDER or path in (shipped_model(), shipped_lesson())
    return path.stem if bare and path.suffix == ".npz" else path.name


def load_options_like(start: Pretrained, reading: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords for `load_corpus` under which a text becomes the model's tokens. UsageError where others are asked for.

    Lines may be documents or not, whatever they were to the model.
    """
    header, how = start.file.header, dict(reading)
    level, kept = header["level"], header["newlines"] == "kept"
    if how.get("level") not in (None, level):
        raise _other(start.name, f"--level {level}", f"--level {how['level']}")
    if how.get("keep_newlines") not in (None, kept):
        words = ("--keep-newlines", "no --keep-newlines")
        raise _other(start.name, *(words if kept else words[::-1]))
    return how | {"level": level, "keep_newlines": kept, "known_vocabulary": start.vocabulary}


def _other(name: str, has: str, asked: str) -> UsageError:
    return UsageError(f"{name} has {has}, not {asked}: its tokens are of another kind.\nTrain without --from.")
