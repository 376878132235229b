"""Events as lines of JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from lstmgen.plain_json import as_json
from lstmgen.records import key_of

if TYPE_CHECKING:
    from lstmgen.training.events import Event

_EVENT_NAMES = {"BaselineReady": "counted"}  # where it is not the class's


def event_json(event: Event) -> str:
    """The event as one line of JSON; a finished model is its header."""
    kind = type(event).__name__
    name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in kind).lstrip("_")
    values = {key_of(field): getattr(event, field.name) for field in dataclasses.fields(event)}
    return as_json(
        {
            "event": _EVENT_NAMES.get(kind, name),
            **{key: getattr(value, "header", value) for key, value in values.items()},
        }
    )
