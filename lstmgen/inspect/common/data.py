"""Results for other programs: tables as CSV for spreadsheets, arrays as .npz for numpy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.cell_facts import Quantity
from lstmgen.plain_json import plain

Arrays = Iterable[tuple[str, AnyArray]]


@dataclass(frozen=True)
class Table:
    """Rows under named columns, one kind of thing a table."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def as_csv(table: Table) -> str:
    """RFC 4180 with a head line; what is no number is empty. Texts are as they are, quoted where needed."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(["" if value is None else value for value in plain(list(row))])
    return stream.getvalue()


def write_arrays(arrays: Arrays, file: BinaryIO) -> None:
    """An .npz without pickles. Texts are given as arrays of str (numpy drops a NUL at a text's end)."""
    np.savez(file, **dict(arrays))  # type: ignore[arg-type]


def legend_of(entries: Iterable[Quantity]) -> dict[str, dict[str, str]]:
    """What each quantity is called and computed by, for JSON."""
    words = ("lecture", "textbook", "equation", "sense")
    return {entry.letter: {word: getattr(entry, word) for word in words} for entry in entries}
