"""The container: a zip of uncompressed .npy arrays. Every size is checked against the file before memory is taken.

A zip ends with a directory of its members (name, size, checksum, place) and a short end record. What numpy and we write
is stricter than zip allows: members stand one after the other from the first byte, then the directory, then the end
record, and nothing else. Only that is accepted, so no two readers can see different content in one file.
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.errors import ModelFileError

_END = struct.Struct("<4s4H2LH")  # end record: signature, disks, counts, directory's size and place, comment's length
_END64 = struct.Struct("<4sQ2H2L4Q")  # the same for files past 4 GB
_LOCATOR = struct.Struct("<4sLQL")  # stands between END64 and END
_LOCAL = struct.Struct("<4s5H3L2H")  # stands before each member: signature, ..., lengths of name and extra field
_DIRECTORY_LIMIT = 1 << 20  # bytes; a hundred layers with a state take a tenth of it
_CHUNK = 1 << 20  # bytes looked at in one go
_NPY_PREFIX = struct.Struct("<6sBBH")
_NPY_HEADER = re.compile(
    rb"\{'descr': '([<>|=][biufc]\d{1,2})', 'fortran_order': (True|False), 'shape': \(([\d, ]{0,200})\), ?\} *\n"
)
_NPY_HEADER_LIMIT = 1024
_WHOLE = re.compile(r"0|[1-9]\d{0,14}")

_DAMAGED = "It is cut or damaged: copy it again from where it came, or train it again."
FOREIGN = "Give a model written by `lstmgen train`, such as models/NAME.npz."


class Fault(ModelFileError):
    """What is wrong with a file and the way out; reader and writer, who know its name, put that in front."""

    def __init__(self, what: str, way_out: str = _DAMAGED) -> None:
        super().__init__(f"The model file cannot be used: {what}.\n{way_out}")
        self.what = what
        self.way_out = way_out


@dataclass(frozen=True)
class Member:
    """One .npy in the archive: where its bytes begin in the file, how many, and their CRC-32."""

    start: int
    size: int
    crc: int


def abbreviated(value: object) -> str:
    """A value out of a file for a message: escaped and short."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


def list_members(file: BinaryIO) -> dict[str, Member]:
    """Members by name (without .npy), in the file's order. Raises Fault unless every byte of the file has its place."""
    size = file.seek(0, 2)
    directory_start = _find_directory(file, size)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            agreed = archive.start_dir == directory_start and not archive.comment
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, IndexError, OverflowError) as error:
        raise Fault("its table of contents cannot be read") from error
    if not agreed:
        raise Fault("its table of contents is not where it should be")
    members: dict[str, Member] = {}
    place = 0
    for info in infos:
        _check_entry(info)
        name = info.orig_filename.removesuffix(".npy")
        if name in members or name == info.orig_filename:
            raise Fault(f"its member {abbreviated(info.orig_filename)} is there twice or is no array")
        if info.header_offset != place:
            raise Fault(f"its member {abbreviated(name)} is not where the table of contents has it")
        start = _local_start(file, info, place)
        place = start + info.file_size
        if place > directory_start:
            raise Fault(f"its member {abbreviated(name)} is longer than the file")
        members[name] = Member(start, info.file_size, info.CRC)
    if place != directory_start:
        raise Fault("the sizes of its members do not add up to its own")
    return members


def _find_directory(file: BinaryIO, size: int) -> int:
    """Where the zip's directory begins, after checking that it is small and ends where the end record stands."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise Fault("it is not a model file" if size else "it is empty", FOREIGN)
    tail_size = min(size, _END.size + _LOCATOR.size + _END64.size)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\x05\x06":
        raise Fault("its end is missing")
    *_, length, start, comment = _END.unpack(tail[-_END.size :])
    end = size - _END.size
    locator = tail[-_END.size - _LOCATOR.size : -_END.size]
    if locator[:4] == b"PK\x06\x07":
        if len(tail) < _END.size + _LOCATOR.size + _END64.size or tail[:4] != b"PK\x06\x06":
            raise Fault("its end is missing")
        *_, length, start = _END64.unpack(tail[: _END64.size])
        end = size - tail_size
    if comment or start + length != end or length > _DIRECTORY_LIMIT:
        raise Fault("its table of contents is not where it should be")
    return int(start)


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = abbreviated(info.orig_filename)
    if info.flag_bits & 1:
        raise Fault(f"its member {name} is encrypted", FOREIGN)
    if info.compress_type != zipfile.ZIP_STORED:
        raise Fault(f"its member {name} is compressed", "Write it with numpy.savez, not numpy.savez_compressed.")
    if info.flag_bits & ~0x800 or info.comment or info.compress_size != info.file_size or info.file_size < 0:
        raise Fault(f"its member {name} is stored in a way that neither lstmgen nor numpy uses")


def _local_start(file: BinaryIO, info: zipfile.ZipInfo, place: int) -> int:
    """Where the member's bytes begin: after its local header, which must repeat its name."""
    file.seek(place)
    local = file.read(_LOCAL.size)
    if len(local) < _LOCAL.size:
        raise Fault(f"its member {abbreviated(info.orig_filename)} is cut")
    signature, _, flags, method, *_, name_length, extra_length = _LOCAL.unpack(local)
    name = info.orig_filename.encode("utf-8", "replace")
    if signature != b"PK\x03\x04" or flags & ~0x800 or method or file.read(name_length) != name:
        raise Fault(f"its member {abbreviated(info.orig_filename)} does not begin as it should")
    return place + _LOCAL.size + int(name_length) + int(extra_length)


@dataclass(frozen=True)
class _Npy:
    """What an .npy says of itself: numpy's type string, shape, and the length of the header that says so."""

    descr: str
    shape: tuple[int, ...]
    header: bytes


def read_npy_header(file: BinaryIO, name: str, member: Member) -> _Npy:
    """Read and check the .npy header of a member; its sizes are certain to be those of the member."""
    file.seek(member.start)
    head = file.read(min(member.size, _NPY_PREFIX.size))
    if len(head) < _NPY_PREFIX.size:
        raise Fault(f"its array {abbreviated(name)} is cut")
    magic, major, minor, length = _NPY_PREFIX.unpack(head)
    if magic != b"\x93NUMPY" or (major, minor) != (1, 0) or length > min(_NPY_HEADER_LIMIT, member.size - len(head)):
        raise Fault(f"its array {abbreviated(name)} does not begin as an array does")
    text = file.read(length)
    match = _NPY_HEADER.fullmatch(text)
    if match is None:
        raise Fault(f"its array {abbreviated(name)} is not a plain array of numbers", FOREIGN)
    descr = match[1].decode()
    if match[2] == b"True":
        raise Fault(f"its array {abbreviated(name)} is in Fortran order", f"Save numpy.ascontiguousarray({name}).")
    parts = [part.strip() for part in match[3].decode().split(",")]
    if parts[-1] == "":
        parts.pop()
    if not all(_WHOLE.fullmatch(part) for part in parts):
        raise Fault(f"its array {abbreviated(name)} has no sensible shape")
    return _Npy(descr, tuple(int(part) for part in parts), head + text)


def read_array(file: BinaryIO, name: str, member: Member, dtype: str, shape: tuple[int, ...]) -> AnyArray:
    """Read one array of just this type and shape; sizes are compared before memory is taken, the CRC after."""
    npy = read_npy_header(file, name, member)
    if npy.descr != dtype:
        way_out = f"Save {name}.astype({dtype!r})." if npy.descr[1:2] in "fiu" else FOREIGN
        raise Fault(f"its array {abbreviated(name)} holds numbers of type {npy.descr}, not {dtype}", way_out)
    if npy.shape != shape:
        raise Fault(f"its array {abbreviated(name)} has the shape {abbreviated(npy.shape)}, not {abbreviated(shape)}")
    count = math.prod(shape)
    if count * np.dtype(dtype).itemsize != member.size - len(npy.header):
        raise Fault(f"its array {abbreviated(name)} is not as long as its shape says")
    array: AnyArray = np.empty(shape, dtype)
    crc = zlib.crc32(npy.header)
    if count:
        view = array.reshape(-1).view(np.uint8).data
        filled = 0
        while filled < len(view):
            got = file.readinto(view[filled : filled + _CHUNK])  # type: ignore[attr-defined]
            if not got:
                raise Fault(f"its array {abbreviated(name)} is cut")
            crc = zlib.crc32(view[filled : filled + got], crc)
            filled += got
    if crc != member.crc:
        raise Fault(f"its array {abbreviated(name)} is not what was written: the checksum does not fit")
    return array


def checksums_fit(file: BinaryIO) -> bool:
    """Whether the archive is whole and each member's bytes give the checksum noted when they were written."""
    try:
        members = list_members(file)
    except Fault:
        return False
    return all(_crc_of(file, member) == member.crc for member in members.values())


def _crc_of(file: BinaryIO, member: Member) -> int:
    file.seek(member.start)
    crc, left = 0, member.size
    while left and (chunk := file.read(min(left, _CHUNK))):
        crc = zlib.crc32(chunk, crc)
        left -= len(chunk)
    return crc


def _npy_header(array: AnyArray) -> bytes:
    """The .npy header of an array as numpy reads it, the same for every version of numpy."""
    text = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': {array.shape!r}, }}"
    padding = -(_NPY_PREFIX.size + len(text) + 1) % 64  # data begin at a multiple of 64 bytes, as the format wishes
    text += " " * padding + "\n"
    return _NPY_PREFIX.pack(b"\x93NUMPY", 1, 0, len(text)) + text.encode("ascii")


def write_members(file: BinaryIO, members: Iterable[tuple[str, AnyArray]]) -> None:
    """Write arrays as a stored zip; equal arrays give equal bytes. Raises OSError."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in members:
            whole = np.ascontiguousarray(array).reshape(array.shape)
            header = _npy_header(whole)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # the same bytes on every system
            info.external_attr = 0o644 << 16
            info.file_size = len(header) + whole.nbytes
            with archive.open(info, "w") as member:
                member.write(header)
                if whole.size:
                    member.write(whole.reshape(-1).view(np.uint8).data)
