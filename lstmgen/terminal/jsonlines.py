"""What machines read: values and events as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstmgen.training.events import Event


def as_json(event: Event) -> str:
    """The event as one line of JSON; a finished model is its header."""
    name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in type(event).__name__).lstrip("_")
    return dump({"event": name, **_plain(event)})


def dump(value: Any) -> str:
    """One line of JSON in ASCII without a control character, so that it may go to a terminal as it is."""
    return json.dumps(_plain(value), allow_nan=False).replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    """What json knows: records become objects, paths texts, and what is not a number null."""
    if hasattr(value, "header") and hasattr(value, "arrays"):
        value = value.header
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
