"""What JavaScript reads: arrays as base64, facts as JSON that no HTML can misread, and the parts of the scripts."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from lstmgen.export.rounding import RoundedArray
from lstmgen.plain_json import plain

# What HTML reads as a sign, what JavaScript once took for a line end, and what is invisible or turns text around.
_SPELT = re.compile("[<>&\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]")
_PLACE = 4  # bytes: an array begins at a multiple of them


def laid_out(arrays: Mapping[str, RoundedArray]) -> tuple[list[dict[str, Any]], str]:
    """Where each array stands in the bytes, and all bytes in base64."""
    data, listed = bytearray(), list[dict[str, Any]]()

    def place(part: bytes) -> int:
        data.extend(bytes(-len(data) % _PLACE))
        data.extend(part)
        return len(data) - len(part)

    for name, array in arrays.items():
        kind = {"f4": "float32", "f2": "float16", "i1": "int8"}[array.numbers.dtype.str[1:]]
        listed.append(
            {
                "name": name,
                "shape": array.numbers.shape,
                "kind": kind,
                "at": place(array.numbers.tobytes()),
                "scales": None if array.scales is None else place(array.scales.tobytes()),
            }
        )
    return listed, base64.b64encode(data).decode("ascii")


def json_in_script(facts: Mapping[str, Any]) -> str:
    """JSON without a sign that HTML reads: no text in it can end its block. It is JavaScript too."""
    text = json.dumps(plain(facts), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _SPELT.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


def read_parts(names: Iterable[str]) -> str:
    """Parts of a script, one after the other."""
    return "\n\n".join(read_part(f"{name}.js") for name in names)


def read_part(name: str) -> str:
    """A file of webpage/."""
    return files("lstmgen.export").joinpath("webpage", name).read_text(encoding="utf-8").strip()
