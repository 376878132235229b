"""JSON out of a file nobody vouches for: bounded memory and depth, no repeated keys, no NaN, no endless numbers."""

from __future__ import annotations

import json
import math
from typing import Any

from lstmgen.modelfile.archive import Fault, abbreviated

_DEPTH_LIMIT = 12
_DIGITS_LIMIT = 40  # a 128-bit state of a random generator has 39
# Bytes that Python's objects take for each of these in the text, at most; a key is followed by a colon.
_COSTS = {b"[": 96, b"{": 256, b",": 96, b":": 208}


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS_LIMIT:
        raise Fault("its header holds a number of too many digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Fault(f"its header holds the number {abbreviated(digits)}, which is too large")
    return value


def _constant(name: str) -> Any:
    raise Fault(f"its header holds {name}, which is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Fault("its header names something twice")
    return members


def _parsed_size(text: bytes) -> int:
    """A bound on the memory, in bytes, that this JSON and what is parsed from it can take."""
    width = 1 if text.isascii() and b"\\u" not in text else 4  # one emoji, and all of a string takes 4 bytes a letter
    return len(text) + 2 * width * len(text) + sum(cost * text.count(sign) for sign, cost in _COSTS.items())


def parse_json(text: bytes, memory: int) -> dict[str, Any]:
    """A JSON object from UTF-8, taking at most `memory` bytes. Raises Fault."""
    if _parsed_size(text) > memory:
        raise Fault("its header is too large for it")
    try:
        value = json.loads(
            text.decode("utf-8"),
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        raise Fault("its header cannot be read") from error
    if not isinstance(value, dict):
        raise Fault("its header is not what a header should be")
    check_depth(value)
    return value


def check_depth(value: Any, depth: int = 0) -> None:
    """Raise Fault when lists and objects are nested deeper than any of ours."""
    if depth > _DEPTH_LIMIT:
        raise Fault("its header is nested too deeply")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        if isinstance(item, dict | list):
            check_depth(item, depth + 1)


def encode_json(value: dict[str, Any]) -> bytes:
    """The same JSON for equal values, in ASCII, which any tool shows as it is. Raises Fault."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (ValueError, TypeError, RecursionError) as error:
        raise Fault(f"its header cannot be written as JSON: {error}") from error
