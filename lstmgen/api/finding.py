"""Which file a model's name means: a path, or a name in ./models; left out, the newest there, else the shipped one."""

from __future__ import annotations

import difflib
from pathlib import Path

from lstmgen.errors import UsageError
from lstmgen.paths import STATE_ENDING
from lstmgen.shipped import shipped_lesson, shipped_model

MODELS_FOLDER = Path("models")  # where train leaves models and sample looks for them


def find_model(name: str | Path | None = None) -> Path:
    """The path of the model that `load` would read. Raises UsageError, with what there is, where there is none."""
    if name is None:
        return _newest_model()
    given = Path(name)
    for candidate in (
        *([given] if _may_be_model(given) else []),
        MODELS_FOLDER / given,
        MODELS_FOLDER / f"{given}.npz",
    ):
        if candidate.is_file():
            return candidate
    shipped = {path.stem: path for path in (shipped_model(), shipped_lesson()) if path is not None}
    if str(name) in shipped:
        return shipped[str(name)]
    if given.is_file():
        return given
    names = list(dict.fromkeys([*(path.stem for path in models_in_folder()), *shipped]))
    near = difflib.get_close_matches(str(name), names, n=1)
    if near:
        raise UsageError(f"There is no model {str(name)!r}.\nDid you mean {near[0]!r}?")
    have = f"These exist: {', '.join(names)}." if names else "Train one first: lstmgen train corpus.txt"
    raise UsageError(
        f"There is no model {str(name)!r}: there is no such file, and none of that name in models/.\n{have}"
    )


def _may_be_model(path: Path) -> bool:
    """Whether a file is an archive, as models are: a text may have the name of the model that learned it."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except (OSError, ValueError):
        return False


def models_in_folder() -> list[Path]:
    """Models in ./models, newest first; damaged ones too; states, hidden files and unfinished writings are none."""
    try:
        models = [path for path in MODELS_FOLDER.iterdir() if path.suffix == ".npz" and path.is_file()]
        models = [path for path in models if not path.name.endswith(STATE_ENDING) and not path.name.startswith(".")]
        return sorted(models, key=lambda path: (-path.stat().st_mtime_ns, path.name))
    except OSError:
        return []


def _newest_model() -> Path:
    lesson = shipped_lesson()
    models = [path for path in models_in_folder() if lesson is None or not path.samefile(lesson)]
    newest = models[0] if models else shipped_model()
    if newest is None:
        raise UsageError("There is no model yet.\nTrain one first: lstmgen train corpus.txt")
    return newest
