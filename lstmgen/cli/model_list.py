"""Every model that can be named: those in ./models and those that come with the program, told by headers alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from lstmgen.api.finding import models_in_folder
from lstmgen.cleaning import on_one_line
from lstmgen.durations import spoken_age
from lstmgen.errors import LstmgenError
from lstmgen.inspect.canvas.picture import fill, fit
from lstmgen.inspect.common.history import real
from lstmgen.modelfile import read_header
from lstmgen.paths import state_path
from lstmgen.plain_json import as_json
from lstmgen.shipped import is_shipped_model, shipped_lesson, shipped_model
from lstmgen.terminal.amounts import size as spoken_size
from lstmgen.terminal.model_name import TOKENS_OF_LEVEL, name_of_file, network_kind

_HEADINGS = ("name", "network", "tokens", "size", "bits/char", "age", "text")
_SPARED = ("size", "tokens", "age")  # what a narrow terminal is not shown, in this order
_FLUSH_RIGHT = {"size", "bits/char"}
_GAP = "  "
_TEXTS = 3  # names of texts that a row tells
_NARROWEST = 8  # cells of what comes last, however narrow the terminal


@dataclass(frozen=True)
class ListedModel:
    """A file that is a model or looks like one; header: what it says of itself, None where that cannot be read.

    fault: then why; state_size: bytes of the state beside it, None where there is none; modified: seconds since 1970.
    """

    path: Path
    shipped: bool
    size: int
    state_size: int | None
    modified: float
    header: dict[str, Any] | None = None
    fault: str | None = None

    @property
    def bits(self) -> float | None:
        """Bits a character of the final score; None where it was not scored."""
        return None if self.header is None else real(self.header["training"].get("final_bits_per_character"))

    def facts(self) -> dict[str, Any]:
        """For other programs."""
        header = self.header or {}
        sizes = header.get("sizes", {})
        return {
            "name": self.path.stem,
            "path": str(self.path),
            "bundled": self.shipped,
            "cell": header.get("cell"),
            "layers": sizes.get("layers"),
            "units": sizes.get("units"),
            "level": header.get("level"),
            "lines": header.get("lines"),
            "texts": None if self.header is None else header["corpus"].get("names", []),
            "bits_per_character": self.bits,
            "bytes": self.size,
            "state_bytes": self.state_size,
            "modified": datetime.fromtimestamp(self.modified, UTC).isoformat(timespec="seconds"),
            "error": self.fault,
        }


def listed_models() -> list[ListedModel]:
    """Those in ./models, newest first, then those that come with the program. What vanishes meanwhile is left out."""
    shipped = [path for path in (shipped_model(), shipped_lesson()) if path is not None]
    own = [path for path in models_in_folder() if not is_shipped_model(path)]
    models = [_listed(path, path in shipped) for path in (*own, *shipped)]
    return [model for model in models if model is not None]


def _listed(path: Path, shipped: bool) -> ListedModel | None:
    try:
        status = path.stat()
    except OSError:
        return None
    known = (path, shipped, status.st_size, _size_of(state_path(path)), status.st_mtime)
    try:
        header, facts = read_header(path)
    except LstmgenError as error:
        return ListedModel(*known, fault=str(error).partition("\n")[0].replace(f"{path} ", "", 1))
    if facts:
        return ListedModel(*known, fault="cannot be used: it is a state file under a model's name.")
    return ListedModel(*known, header=header)


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def models_as_json(models: Sequence[ListedModel]) -> str:
    """For other programs, on one line."""
    return as_json({"models": [model.facts() for model in models]}) + "\n"


def model_table(models: Sequence[ListedModel], columns: int | None = None) -> str:
    """A row for each model below the headings. columns: of the terminal; None leaves every line whole."""
    rows = [_HEADINGS, *(_row(model) for model in models)]
    widths = {
        heading: max(cell_len(row[k]) for row in rows if k < len(row) - 1) for k, heading in enumerate(_HEADINGS[:-1])
    }
    for heading in _SPARED:
        if columns is not None and sum(widths.values()) + len(_GAP) * len(widths) + _NARROWEST > columns:
            del widths[heading]
    lines = []
    for row in rows:
        *cells, last = row
        shown = ((heading, text) for heading, text in zip(_HEADINGS, cells, strict=False) if heading in widths)
        line = "".join(_cell(text, widths[heading], heading) + _GAP for heading, text in shown)
        room = None if columns is None else max(columns - cell_len(line), _NARROWEST)
        lines.append(f"{line}{last if room is None else fit(last, room)}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def _row(model: ListedModel) -> tuple[str, ...]:
    """A text for each heading; of a file that cannot be used, its name and why."""
    name, header = name_of_file(model.path), model.header
    if header is None:
        return name, on_one_line(model.fault or "")
    return (
        name,
        network_kind(header),
        TOKENS_OF_LEVEL[header["level"]],
        spoken_size(model.size),
        "-" if model.bits is None else f"{model.bits:.3f}",
        "bundled" if model.shipped else spoken_age(time.time() - model.modified),
        _texts(header["corpus"].get("names", [])),
    )


def _texts(names: Sequence[str]) -> str:
    more = len(names) - _TEXTS
    shown = ", ".join(on_one_line(name) for name in names[:_TEXTS])
    return f"{shown} and {more:,} more" if more > 0 else shown or "-"


def _cell(text: str, width: int, heading: str) -> str:
    return " " * (width - cell_len(text)) + text if heading in _FLUSH_RIGHT else fill(text, width)
