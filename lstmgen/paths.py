"""Names of files as people give them."""

from __future__ import annotations

import os
from pathlib import Path

from lstmgen.errors import UsageError


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
