"""Commands to type next, as a shell reads them."""

from __future__ import annotations

import math
import os
import shlex
import string
from pathlib import Path

from lstmgen.api.finding import MODELS_FOLDER, find_model
from lstmgen.errors import LstmgenError

NEXT_LINES = 20
"""Lines that the next command asks of a --lines model."""


def next_commands(path: Path, seconds: float, lines: bool, *, piped: bool = False, few_new: bool = False) -> list[str]:
    """The commands that go on from a model just written, after so many seconds of training, each as it can be typed.

    piped: the text came by standard input, and must come again. few_new: of lines, those that are not in the training
    text can hardly be had.
    """
    model = model_argument(path)
    many = f"--num-samples {NEXT_LINES}{' --allow-copies' * few_new}" if lines else "--temperature 0.8"
    newest = path.parent == MODELS_FOLDER and not piped  # of the states there
    where = "" if newest else f" -o {_quoted(_as_path(path))}"
    return [
        f"  lstmgen sample -m {model} {many}",
        f"  lstmgen inspect gates -m {model}",
        f"  lstmgen train{' -' * piped} --resume{where} --time {next_minutes(seconds)}m",
    ]


def next_minutes(seconds: float) -> int:
    """At least twice as long, in whole minutes."""
    return max(1, math.ceil(2 * seconds / 60))


def model_argument(path: Path) -> str:
    """The shortest thing to give to --model: the bare name in models/ where that means this model, else the path."""
    bare = (
        path.parent == MODELS_FOLDER
        and path.suffix == ".npz"
        and not path.name.startswith("-")
        and _means(path.stem, path)
    )
    return _quoted(path.stem if bare else _as_path(path))


def _means(name: str, path: Path) -> bool:
    """Whether a name is that model's; one that is not there (any more) may be."""
    try:
        return find_model(name) == path
    except LstmgenError:
        return True


def _as_path(path: Path) -> str:
    """So that it is not taken for an option."""
    return f".{os.sep}{path}" if str(path).startswith("-") else str(path)


def _quoted(text: str) -> str:
    """For a shell; what a terminal cannot show or a keyboard not type is spelt byte by byte, as bash, zsh read it."""
    if os.name == "nt":  # neither of its shells knows the others' quotation marks
        return text if all(c.isalnum() or c in "._-\\/:" for c in text) else f'"{text}"'
    if text.isprintable():
        return shlex.quote(text)
    try:
        spelt = os.fsencode(text)
    except UnicodeEncodeError:  # half of a surrogate pair, which no file's name can hold
        spelt = text.encode("utf-8", "replace")
    plain = {ord(character) for character in string.ascii_letters + string.digits + " ./_-"}
    return "$'" + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in spelt) + "'"
