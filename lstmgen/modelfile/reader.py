"""Reading models and states: whatever the file holds, a whole model or one clear error.

Order of trust: the container's sizes add up; the header is JSON of bounded size; format, version and requirements are
known; every key is of its type and range; the members are just those the sizes call for; only then are arrays read.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.errors import ModelFileError, ResourceError, UsageError
from lstmgen.modelfile.archive import FOREIGN, Fault, Member, abbreviated, list_members, read_array, read_npy_header
from lstmgen.modelfile.header import check_format, check_header
from lstmgen.modelfile.jsontext import parse_json
from lstmgen.modelfile.model import ModelFile, all_finite, digest_of
from lstmgen.modelfile.state import STATE_PREFIX, check_state

_HEADER_MEMORY = 24 << 20  # bytes a header may always take; a longer one as many as the file has

_Members = dict[str, Member]


def read_model(path: str | Path) -> ModelFile:
    """Read a model. Raises UsageError (not there), ModelFileError (cannot be used), ResourceError (disk, memory)."""
    with _opened(path, "model") as file:
        return _load_model(file)


def read_state(path: str | Path) -> tuple[ModelFile, dict[str, AnyArray], dict[str, Any]]:
    """Read a state: its model, its extra arrays, its extra facts. Raises as read_model does."""
    with _opened(path, "state") as file:
        return _load_state(file)


def peek_kind(path: str | Path) -> str:
    """ "model" or "state", from the table of contents and the header alone. Raises as read_model does."""
    with _opened(path, "model") as file:
        members = list_members(file)
        check_format(_read_header(file, members))
        return "state" if "state" in members else "model"


def read_header(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header of a model or a state, and a state's facts ({} of a model); no weights. Raises as read_model does."""
    with _opened(path, "model") as file:
        members = list_members(file)
        header = _read_header(file, members)
        check_header(header)
        if "state" not in members:
            return header, {}
        state = _read_json(file, members, "state")
        check_state(state)
        return header, state["facts"]


@contextmanager
def _opened(path: str | Path, kind: str) -> Iterator[BinaryIO]:
    """The file opened for reading; whatever goes wrong inside becomes one error that names it."""
    path = Path(path)
    try:
        if not stat.S_ISREG(_mode(path, kind)):
            raise UsageError(f"{path} is not a file.\nGive the path of a {kind}, such as models/NAME.npz.")
        with path.open("rb") as file:
            yield file
    except Fault as fault:
        raise ModelFileError(f"{path} cannot be used: {fault.what}.\n{fault.way_out}") from fault
    except OSError as error:
        raise ResourceError(f"cannot read {path}: {error.strerror or error}.\nCheck the path and its owner.") from error
    except MemoryError as error:
        raise ResourceError(f"not enough memory to read {path}.\nClose other programs and try again.") from error


def _mode(path: Path, kind: str) -> int:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the path
        way_out = "Train one with `lstmgen train`, or give another path."
        raise UsageError(f"no such {kind}: {path}\n{way_out}") from error


def _load_model(file: BinaryIO) -> ModelFile:
    """Read a model from an open file. Raises Fault."""
    members = list_members(file)
    header = _read_header(file, members)
    check_format(header)
    if "state" in members:
        raise Fault(
            "it is a state file, which is only needed to resume training", "Give the model beside it: NAME.npz."
        )
    return _read_model_members(file, members, header)


def _load_state(file: BinaryIO) -> tuple[ModelFile, dict[str, AnyArray], dict[str, Any]]:
    """Read a state from an open file. Raises Fault."""
    members = list_members(file)
    header = _read_header(file, members)
    check_format(header)
    if "state" not in members:
        raise Fault("it is a model, not a state", "Training resumes from the state file beside it: NAME.state.npz.")
    state = _read_json(file, members, "state")
    listed = check_state(state)
    own = {"state", *(STATE_PREFIX + name for name in listed)}
    missing = own - members.keys()
    if missing:
        raise Fault(f"its array {abbreviated(min(missing))} is missing")
    model = _read_model_members(file, {name: members[name] for name in members if name not in own}, header)
    extra = {
        name: read_array(file, STATE_PREFIX + name, members[STATE_PREFIX + name], dtype, shape)
        for name, (dtype, shape) in listed.items()
    }
    for name, array in extra.items():
        if array.dtype == np.bool_ and array.size and array.view(np.uint8).max() > 1:
            raise Fault(f"its array {abbreviated(STATE_PREFIX + name)} is neither true nor false")
    return model, extra, state["facts"]


def _read_header(file: BinaryIO, members: _Members) -> dict[str, Any]:
    if "header" not in members:
        raise Fault("it was not written by lstmgen", FOREIGN)
    return _read_json(file, members, "header")


def _read_json(file: BinaryIO, members: _Members, name: str) -> dict[str, Any]:
    """A JSON object stored as a one-dimensional array of bytes."""
    member = members[name]
    npy = read_npy_header(file, name, member)
    if len(npy.shape) != 1:
        raise Fault(f"its array {abbreviated(name)} has the shape {abbreviated(npy.shape)}")
    memory = _HEADER_MEMORY + file.seek(0, 2)
    if 2 * member.size > memory:
        raise Fault("its header is too large for it")
    return parse_json(read_array(file, name, member, "|u1", npy.shape).tobytes(), memory)


def _read_model_members(file: BinaryIO, members: _Members, header: dict[str, Any]) -> ModelFile:
    architecture = check_header(header)
    shapes = architecture.shapes()
    expected = {"header", *shapes, "history", "clock"}
    if members.keys() != expected:
        odd = min(members.keys() ^ expected)
        raise Fault(
            f"its array {abbreviated(odd)} is {'missing' if odd in expected else 'none that its header calls for'}"
        )
    rows = read_npy_header(file, "history", members["history"]).shape[:1]
    history = read_array(file, "history", members["history"], "<f8", (*rows, len(header["history"])))
    clock = read_array(file, "clock", members["clock"], "<f8", (*rows, 2))
    arrays = {name: read_array(file, name, members[name], "<f4", shape) for name, shape in shapes.items()}
    for name, array in arrays.items():
        if not all_finite(array):
            raise Fault(f"its array {name} holds values that are no numbers", "Train it again.")
    notes = []
    if digest_of(arrays) != header["digest"]:
        notes.append("its weights were changed since it was trained")
    return ModelFile(header, arrays, history, clock, notes)
