"""Writing models and states: the old file stays whole until the new one is on the disk and reads back as written.

A temporary sibling, flush, fsync, verify, rename, fsync of the folder. After a failure nothing is left behind; after
kill -9 at most the sibling, which the next writing takes away.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lstmgen.arrays import AnyArray, UInt8Array
from lstmgen.errors import ModelFileError, ResourceError, UsageError
from lstmgen.modelfile.archive import Fault, checksums_fit, write_members
from lstmgen.modelfile.header import check_header
from lstmgen.modelfile.jsontext import check_depth, encode_json
from lstmgen.modelfile.model import ModelFile, all_finite, digest_of
from lstmgen.modelfile.state import STATE_PREFIX, check_state, make_state

_OpenFile = Callable[[Path], BinaryIO]
_Members = Iterator[tuple[str, AnyArray]]


def _open_new(path: Path) -> BinaryIO:
    return path.open("xb")


def write_model(path: str | Path, model: ModelFile, *, open_file: _OpenFile = _open_new) -> None:
    """Write a model, replacing what was there in one step. Equal content gives equal bytes.

    A header without `digest` gets one over the arrays; one that has it keeps it, so that edited weights show.
    open_file: opens the temporary sibling, for tests. Raises ModelFileError (no model), ResourceError (disk).
    """
    _replace(Path(path), lambda: _model_members(model), open_file)


def write_state(
    path: str | Path,
    model: ModelFile,
    extra_arrays: Mapping[str, AnyArray],
    extra_header: Mapping[str, Any],
    *,
    open_file: _OpenFile = _open_new,
) -> None:
    """Write a state: everything of the model, further arrays (bool, (u)ints, floats) and facts that JSON can hold."""

    def members() -> _Members:
        yield from _model_members(model)
        yield from _state_members(extra_arrays, extra_header)

    _replace(Path(path), members, open_file)


def _model_members(model: ModelFile) -> _Members:
    header = {"digest": digest_of(model.arrays), **model.header}
    shapes = check_header(header).shapes()
    if {name: array.shape for name, array in model.arrays.items()} != shapes:
        raise Fault("its arrays are not those its header calls for")
    for name, array in model.arrays.items():
        if array.dtype != np.float32:
            raise Fault(f"its array {name} is {array.dtype}, not float32")
        if not all_finite(array):
            raise Fault(f"its array {name} holds values that are no numbers")
    rows, columns = len(model.history), len(header["history"])
    if model.history.shape != (rows, columns) or model.clock.shape != (rows, 2):
        raise Fault(f"its history {model.history.shape} and clock {model.clock.shape} do not fit its header")
    yield "header", _json_array(header)
    for name in shapes:
        yield name, model.arrays[name].astype("<f4", copy=False)
    yield "history", model.history.astype("<f8", copy=False)
    yield "clock", model.clock.astype("<f8", copy=False)


def _state_members(arrays: Mapping[str, AnyArray], facts: Mapping[str, Any]) -> _Members:
    state = make_state(arrays, facts)
    listed = check_state(state)
    yield "state", _json_array(state)
    for name, (dtype, _) in listed.items():
        yield STATE_PREFIX + name, arrays[name].astype(dtype, copy=False)


def _json_array(value: dict[str, Any]) -> UInt8Array:
    check_depth(value)
    return np.frombuffer(encode_json(value), dtype=np.uint8)


def _replace(path: Path, members: Callable[[], _Members], open_file: _OpenFile) -> None:
    """Put the members in a file at `path`, or leave what is there as it is and nothing else behind."""
    if "\0" in str(path):
        raise UsageError("a path cannot hold a NUL character.\nGive another path with --out.")
    target = Path(os.path.realpath(path))  # a link stays a link
    sibling = target.with_name(f".{target.name}.part")
    try:
        if target.is_dir():
            raise UsageError(f"{path} is a folder.\nGive the path of a file, such as models/NAME.npz.")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_sibling(sibling, members(), open_file)
            sibling.replace(target)
        finally:
            sibling.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except Fault as fault:
        raise ModelFileError(f"{path} cannot be written: {fault.what}.") from fault
    except OSError as error:
        raise ResourceError(
            f"cannot write {path}: {error.strerror or error}.\n"
            "The file that was there is unchanged. Free some space, or give another path with --out."
        ) from error


def _write_sibling(sibling: Path, members: _Members, open_file: _OpenFile) -> None:
    sibling.unlink(missing_ok=True)  # of a run that was killed
    with open_file(sibling) as file:
        write_members(file, members)
        file.flush()
        os.fsync(file.fileno())
    with sibling.open("rb") as file:
        if not checksums_fit(file):
            raise OSError("it does not read back as it was written")


def _sync_folder(folder: Path) -> None:
    """Make the new name as lasting as the bytes; not possible on Windows and some networks."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
