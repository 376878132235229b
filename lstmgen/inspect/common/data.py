"""What was found, for other programs: JSON for any language, CSV for spreadsheets, .npz for numpy."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.inspect.common.measures import measure
from lstmgen.inspect.common.wordwise import Wordwise
from lstmgen.inspection.trace import Trace

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


def trace_facts(trace: Trace) -> dict[str, Any]:
    """Everything of the trace, its measures layer by layer, and the legend."""
    entries = trace.facts.traced
    words = ("lecture", "textbook", "equation", "sense")
    return {
        "cell": trace.cell,
        "tokens": trace.tokens,
        **dict(trace.arrays()),
        "measures": [measure(trace, layer) for layer in range(trace.layers)],
        "legend": {entry.letter: {word: getattr(entry, word) for word in words} for entry in entries},
    }


def trace_arrays(trace: Trace) -> Iterator[tuple[str, AnyArray]]:
    """The arrays of the trace under their names, and `tokens` as texts."""
    yield "tokens", np.array(trace.tokens, dtype=np.str_)
    yield from trace.arrays()


def trace_table(trace: Trace) -> Table:
    """A row for each token, layer and unit."""
    letters = list(trace.values)

    def rows() -> Iterator[list[Any]]:
        for t, token in enumerate(trace.tokens):
            for layer in range(trace.layers):
                for unit in range(trace.units):
                    yield [t, token, layer, unit, *(trace[letter][t, layer, unit] for letter in letters)]

    return Table(["position", "token", "layer", "unit", *letters], rows())


def words_facts(trace: Trace, wordwise: Wordwise) -> dict[str, Any]:
    """Means by word, the tokens of each, the measures of the tokens, and the legend."""
    facts = trace_facts(trace)
    kept = {key: facts[key] for key in ("cell", "measures", "legend")}
    return {
        **kept,
        "characters": trace.tokens,
        **{k: v.tolist() if k == "tokens" else v for k, v in words_arrays(wordwise)},
    }


def words_arrays(wordwise: Wordwise) -> Iterator[tuple[str, AnyArray]]:
    """tokens: the words; first, stop: where each begins and ends among the characters; f ... h: means (W, L, H)."""
    yield "tokens", np.array(wordwise.means.tokens, dtype=np.str_)
    yield "first", wordwise.first
    yield "stop", wordwise.stop
    yield from wordwise.means.values.items()


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
