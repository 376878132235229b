"""What Python hands to `train` as a text: paths, or the text itself; anything else is refused in one sentence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from lstmgen.api.keywords import are_options_typed
from lstmgen.errors import UsageError

_LONGEST_NAME = 255  # of a file: a longer string that is no path is a text
_SHOWN = 30  # characters of it
_ADVICE = "a text itself is given as text=TEXT"


def check_paths_and_text(paths: Sequence[Any], text: Any) -> None:
    """Raises UsageError where neither or both are given, where a path is none, and where a text stands for a path."""
    for path in paths:
        _check_path(path)
    if text is not None and not isinstance(text, str):
        how = ": decode it first, as in text.decode()" if isinstance(text, bytes | bytearray) else ""
        how = ': join its parts first, as in "\\n".join(text)' if isinstance(text, list | tuple) else how
        raise UsageError(f"text= takes a str, not {type(text).__name__}{how}.")
    if (text is None) == (not paths):
        raise UsageError("Give either the path of a text or text=...; one of them.")


def _check_path(path: Any) -> None:
    if isinstance(path, list | tuple | set):
        raise UsageError(f"A {type(path).__name__} is no path: give several paths one by one, as in train(*paths).")
    if isinstance(path, bytes | bytearray):
        raise UsageError("Bytes are neither a path nor a text: decode them and give text=data.decode().")
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"{_named(path)} is no path: give the path of a text as a str or Path; {_ADVICE}.")
    if isinstance(path, str) and not are_options_typed() and _is_text(path):
        shown = path if len(path) <= _SHOWN else path[:_SHOWN] + "..."
        raise UsageError(f"{shown!r} is not the path of a file; {_ADVICE}.")


def _named(value: Any) -> str:
    return "None" if value is None else f"A value of type {type(value).__name__}"


def _is_text(path: str) -> bool:
    """Whether it can hardly be meant as a path."""
    if "\n" not in path and len(path) <= _LONGEST_NAME:
        return False
    try:
        return not os.path.exists(path)  # noqa: PTH110 - a Path of it may be refused
    except ValueError:
        return True
