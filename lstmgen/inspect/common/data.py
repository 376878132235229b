"""Results for other programs: JSON for any language, CSV for spreadsheets, .npz for numpy."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.cell_facts import Quantity

Arrays = Iterable[tuple[str, AnyArray]]


@dataclass(frozen=True)
class Table:
    """Rows under named columns, one kind of thing a table."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def as_json(facts: Any) -> str:
    """One JSON value in ASCII, without a control character, and a newline.

    Arrays become nested lists, records (dataclasses) objects. Float32 numbers are the shortest that read back as the
    same; null is no number.
    """
    return json.dumps(_plain(facts), allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def as_csv(table: Table) -> str:
    """RFC 4180 with a head line; what is no number is empty. Texts are as they are, quoted where needed."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(["" if value is None else value for value in _plain(list(row))])
    return stream.getvalue()


def write_arrays(arrays: Arrays, file: BinaryIO) -> None:
    """An .npz without pickles. Texts are given as arrays of str (numpy drops a NUL at a text's end)."""
    np.savez(file, **dict(arrays))  # type: ignore[arg-type]


def legend_of(entries: Iterable[Quantity]) -> dict[str, dict[str, str]]:
    """What each quantity is called and computed by, for JSON."""
    words = ("lecture", "textbook", "equation", "sense")
    return {entry.letter: {word: getattr(entry, word) for word in words} for entry in entries}


def _plain(value: Any) -> Any:
    """The value in what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(np.asarray(value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_array(array: AnyArray) -> Any:
    if array.ndim > 1:
        return [_plain_array(part) for part in array]
    if array.dtype.kind != "f":
        return array.tolist()
    shortest = array.astype(np.str_).astype(np.float64) if array.dtype == np.float32 else array
    if np.isfinite(shortest).all():
        return shortest.tolist()
    if array.ndim == 0:
        return None
    return [value if math.isfinite(value) else None for value in shortest.tolist()]
