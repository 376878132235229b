"""A state file taken apart, changed in one or two places by chance, and put together again with checksums that fit.

parts = taken_apart(path); change = mutate(parts, random.Random(5)); put_together(parts, other)
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.modelfile import digest_of
from lstmgen.modelfile.archive import write_members

Arrays = dict[str, np.ndarray[Any, Any]]

WHOLE = [0, 1, -1, 2, 3, 7, 2**31, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, -(10**30)]
BROKEN = [0.0, -0.0, 0.5, 1.0, 1.5, -0.5, 1e-320, 1e-12, 1e9, 1e30, 1e308, -1e308]
WORDS = ["", "0", "x", "lstm", "char", "\x00", "\x1b[2J", "\u202e", "a\nb", "f" * 32, "0" * 32, "-1", "1e5", "9" * 40]
RECORDS: list[Any] = [[], [0], [None], [[]], ["a", "b"], {}, {"a": 1}, {"kind": "steps"}]
ODD: list[Any] = [None, True, False, *WHOLE, *BROKEN, *WORDS, *RECORDS]
TEXTS = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b'"\\ud800"', b"1" * 39, b"-0"]  # as JSON has them
ODD_NUMBERS = [0.0, -1.0, 1.0, np.nan, np.inf, -np.inf, 1e38, -1e38, 1e-45, 2.5]
TYPES = ["<f4", "<f8", "<i4", "<i8", "|u1", "<u4", "<u8", "|b1"]


@dataclass
class Parts:
    """What a state file holds. header and state are its two JSON records; the model's arrays and its further ones."""

    header: dict[str, Any]
    state: dict[str, Any]
    model: Arrays
    further: Arrays
    raw: tuple[str, bytes] | None = None  # in place of the number of this name, as JSON text

    def copy(self) -> Parts:
        """One that may be changed."""
        header, state = json.loads(json.dumps(self.header)), json.loads(json.dumps(self.state))
        return Parts(header, state, dict(self.model), dict(self.further))

    @property
    def facts(self) -> dict[str, Any]:
        """Plan, counters, cursor, generators, text, mark."""
        return self.state["facts"]  # type: ignore[no-any-return]


def taken_apart(path: Path) -> Parts:
    """The parts of a genuine file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    header, state = (json.loads(arrays.pop(name).tobytes()) for name in ("header", "state"))
    further = {name: arrays.pop(f"state.{name}") for name in state["arrays"]}
    return Parts(header, state, arrays, further)


def put_together(parts: Parts, path: Path) -> None:
    """Written as the program writes it: digest, checksums and the list of arrays are those of what it now holds."""
    own = {name: array for name, array in parts.model.items() if name not in ("history", "clock")}
    parts.header.setdefault("digest", "")
    parts.header["digest"] = digest_of(own)
    parts.state["arrays"] = {name: [a.dtype.name, list(a.shape)] for name, a in sorted(parts.further.items())}
    records = {"header": _bytes(parts.header, parts.raw), "state": _bytes(parts.state, parts.raw)}
    named = {f"state.{name}": array for name, array in parts.further.items()}
    with path.open("wb") as file:
        write_members(file, (records | parts.model | named).items())


MARKED = "\ufffc here"  # stands for what JSON's writer would not write


def _bytes(record: dict[str, Any], raw: tuple[str, bytes] | None) -> np.ndarray[Any, Any]:
    text = json.dumps(record, sort_keys=True).encode()
    if raw is not None:
        text = text.replace(json.dumps(raw[0]).encode(), raw[1])
    return np.frombuffer(text, dtype=np.uint8)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value within a record."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, inner in items for place in places(inner, (*path, key))]


def mutate(parts: Parts, rng: random.Random) -> str:
    """Change one thing in place; what was changed, in words."""
    return rng.choices([_in_facts, _in_header, _in_an_array], [12, 2, 5])[0](parts, rng)


def _in_facts(parts: Parts, rng: random.Random) -> str:
    """Plan, counters, cursor and generators come up as often as the long lists of the rest."""
    name = rng.choice(["plan", "counters", "counters", "cursor", "generators", "text", "mark", "budget", None])
    if name is None or (name != "budget" and not isinstance(parts.facts.get(name), dict)):
        return "facts" + _changed(parts, parts.facts, rng)
    if name == "budget" and isinstance(parts.facts.get("plan"), dict):
        inner = parts.facts["plan"].get("budget")
        return (
            "budget" + _changed(parts, inner, rng)
            if isinstance(inner, dict)
            else "facts" + _changed(parts, parts.facts, rng)
        )
    return name + _changed(parts, parts.facts[name], rng)


def _in_header(parts: Parts, rng: random.Random) -> str:
    return "header" + _changed(parts, parts.header, rng)


def _changed(parts: Parts, record: dict[str, Any], rng: random.Random) -> str:
    there = places(record)
    if not there:
        record["other"] = rng.choice(ODD)
        return f": + other = {record['other']!r}"
    place = rng.choice(there)
    holder: Any = record
    for key in place[:-1]:
        holder = holder[key]
    key, where = place[-1], ".".join(map(str, place))
    way = rng.choice(["odd", "odd", "near", "near", "remove", "add", "raw"])
    if way == "remove":
        del holder[key]
        return f": - {where}"
    if way == "add":
        value = rng.choice(ODD)
        if isinstance(holder, dict):
            holder[rng.choice(["other", "step2", "known", "stdin", "mmap_above"])] = value
        else:
            holder.append(value)
        return f": + beside {where}, {value!r}"
    if way == "raw" and parts.raw is None:
        parts.raw = (MARKED, rng.choice(TEXTS))
        holder[key] = MARKED
        return f": {where} = {parts.raw[1]!r}"
    was = holder[key]
    holder[key] = _near(was, rng) if way == "near" else rng.choice(ODD)
    return f": {where} = {holder[key]!r} (was {was!r:.40})"


def _near(value: Any, rng: random.Random) -> Any:  # noqa: PLR0911 - one for each type
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice([value + 1, value - 1, -value, 2 * value, 1000 * value, value + 2**20, value // 2])
    if isinstance(value, float):
        return rng.choice([-value, 2 * value, value * 1e6, value / 1e6, value + 1.0, float(int(value))])
    if isinstance(value, str):
        return rng.choice([value[:-1], value + value, value.upper(), value[::-1], value + "\x00", "/" + value])
    if isinstance(value, list):
        return rng.choice([value[:-1], value + value, value[::-1]])
    if isinstance(value, dict):
        return dict(list(value.items())[1:])
    return rng.choice([0, 0.5, "x", -1])


def _in_an_array(parts: Parts, rng: random.Random) -> str:
    arrays = rng.choice([parts.model, parts.further, parts.further])
    name = rng.choice(sorted(arrays) or ["weights"])
    array = arrays.get(name, np.zeros(3, np.float32))
    title = ("" if arrays is parts.model else "state.") + name
    way = rng.choice(sorted(WAYS))
    if way == "remove":
        arrays.pop(name, None)
    elif way == "add":
        made = rng.choice(["average", "cursor.order", "cursor.position", "cursor.seed", "other", "a.b"])
        parts.further[made] = array.copy()
        return f"+ state.{made} like {title}"
    else:
        arrays[name] = np.ascontiguousarray(WAYS[way](array, rng))
    return f"{title}: {way}"


def _some(array: np.ndarray[Any, Any], rng: random.Random) -> np.ndarray[Any, Any]:
    found = array.copy()
    if found.size and found.dtype.kind == "f":
        found.reshape(-1)[:: rng.choice([1, 7, found.size])] = rng.choice(ODD_NUMBERS)
    return found


WAYS: dict[str, Callable[[np.ndarray[Any, Any], random.Random], np.ndarray[Any, Any]]] = {
    "remove": lambda a, rng: a,
    "add": lambda a, rng: a,
    "values": _some,
    "more values": _some,
    "type": lambda a, rng: np.nan_to_num(a).astype(rng.choice(TYPES)),
    "longer": lambda a, rng: np.concatenate([a, a]) if a.ndim else a.reshape(1),
    "shorter": lambda a, rng: a[:-1] if a.ndim else a,
    "empty": lambda a, rng: a[:0] if a.ndim else a.reshape(1)[:0],
    "flat": lambda a, rng: a.reshape(-1),
    "deeper": lambda a, rng: a[None],
    "turned": lambda a, rng: a.T,
    "scalar": lambda a, rng: np.zeros((), a.dtype),
    "negative": lambda a, rng: -a if a.dtype.kind == "f" else a,
}
