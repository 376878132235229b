"""Events as lines of JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from lstmgen.plain_json import as_json

if TYPE_CHECKING:
    from lstmgen.training.events import Event


def event_json(event: Event) -> str:
    """The event as one line of JSON; a finished model is its header."""
    name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in type(event).__name__).lstrip("_")
    values = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return as_json({"event": name, **{key: getattr(value, "header", value) for key, value in values.items()}})
