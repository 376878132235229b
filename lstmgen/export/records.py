"""What is asked of a form, and what a form says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstmgen.modelfile import ModelFile


@dataclass(frozen=True)
class RoundingLoss:
    """Bits a character on held-out text, of the weights as they are and as they are written."""

    exact: float
    rounded: float


@dataclass(frozen=True)
class ExportRequest:
    """What is asked for beside the model itself.

    weights: one of the form's kinds; title, author, note: what shall be said of the model, "" for nothing; nothing else
    that the header says of its text or its training may be written. loss: None where no held-out text was found.
    """

    weights: str
    title: str = ""
    author: str = ""
    note: str = ""
    loss: RoundingLoss | None = None


@dataclass(frozen=True)
class ExportForm:
    """One form of file.

    ending   of its files, with the dot
    summary  what such a file is, for the list; no full stop
    weights  kinds of weights (`rounding.ROUNDINGS`) that it can hold, the default first
    words    whether it has a place for title, author and note
    make     the whole file. Raises UsageError for a model that has no such form
    carries  what comes with the weights, and loses what stays behind or is done otherwise; for the list, no full stops
    beside   ending of a form that is written beside it, under the same name: what the file itself reads; "" for none
    """

    ending: str
    summary: str
    weights: tuple[str, ...]
    words: bool
    make: Callable[[ModelFile, ExportRequest], bytes]
    carries: str
    loses: str
    beside: str = ""
