"""Fields of records under the keys that files and --json have for them, where the code calls them otherwise."""

from __future__ import annotations

import dataclasses
from typing import Any


def written_as(key: str) -> dict[str, str]:
    """Metadata of a dataclass's field that is written under another name."""
    return {"key": key}


def key_of(field: dataclasses.Field[Any]) -> str:
    """Under which a field is written."""
    return str(field.metadata.get("key", field.name))


def as_record(value: Any) -> dict[str, Any]:
    """A dataclass's fields by their keys, those that are dataclasses too made records alike."""
    return {
        key_of(field): as_record(inner) if dataclasses.is_dataclass(inner) else inner
        for field in dataclasses.fields(value)
        for inner in [getattr(value, field.name)]
    }


def from_record(record: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """The keywords that make a dataclass of this record; ValueError for a key that is none of its fields'."""
    names = {key_of(field): field.name for field in dataclasses.fields(kind)}
    for key in record.keys() - names:
        raise ValueError(f"{key!a} is no field of {kind.__name__}")
    return {names[key]: value for key, value in record.items()}
