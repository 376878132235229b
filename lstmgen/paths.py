"""Names of files: as people give them, of a model and its state, and not to be replaced unasked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lstmgen.errors import UsageError

STATE_ENDING = ".state.npz"
_PACKED = {".gz", ".bz2", ".xz"}


def checked_path(name: str | Path) -> Path:
    """The path of this name. UsageError for one that no file can have, whatever the system would raise for it."""
    shown = ascii(str(name))
    if "\0" in str(name):
        raise UsageError(f"{shown} is no file's name: it holds a null character.\nGive another path.")
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{shown} is no file's name: it holds what cannot be encoded ({error.object[error.start]!a}).\n"
            "Give another path."
        ) from error
    return Path(name)


def text_stem(path: Path) -> str:
    """The name of a text without its ending, and without that of the program that packed it: corpus.txt.gz, corpus."""
    return Path(path.stem).stem if is_packed(path) else path.stem


def is_packed(path: Path) -> bool:
    """Whether a file's name says that a text in it is compressed."""
    return path.suffix.lower() in _PACKED


def state_path(model: Path) -> Path:
    """NAME.npz -> NAME.state.npz, beside it."""
    return model.with_name(model.name.removesuffix(".npz") + STATE_ENDING)


def model_path(path: Path) -> Path:
    """The model that belongs to either of the two."""
    return path.with_name(path.name.removesuffix(".npz").removesuffix(".state") + ".npz")


def refuse_to_replace(path: Path, advice: str | Callable[[], str]) -> None:
    """UsageError where there is such a file already, or a link that leads nowhere.

    advice: the rest of the message, from the full stop on, or what gives it.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} already exists{advice if isinstance(advice, str) else advice()}")
