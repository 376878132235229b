"""Just enough of protocol buffers to write them: a message is its fields one after another, each with its number.

https://protobuf.dev/programming-guides/encoding is the format. Nothing is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

# A number, a text, the bytes of a message, or several of these: a field that is repeated.
FieldValue = int | float | str | bytes | Sequence[int | float | str | bytes]

_VARINT, _LENGTH, _FOUR_BYTES = 0, 2, 5
_UNSIGNED = (1 << 64) - 1


def message(fields: dict[int, FieldValue]) -> bytes:
    """The bytes of a message of these fields by number; an int is a varint, a float has 32 bits."""
    return b"".join(_field(number, value) for number, value in fields.items())


def _field(number: int, value: FieldValue) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | _FOUR_BYTES) + struct.pack("<f", value)
    if isinstance(value, str | bytes):
        data = value.encode("utf-8") if isinstance(value, str) else value
        return _varint(number << 3 | _LENGTH) + _varint(len(data)) + data
    return b"".join(_field(number, one) for one in value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first, each byte but the last with its highest bit set."""
    rest, data = value & _UNSIGNED, bytearray()
    while rest > 0x7F:
        data.append(rest & 0x7F | 0x80)
        rest >>= 7
    data.append(rest)
    return bytes(data)
