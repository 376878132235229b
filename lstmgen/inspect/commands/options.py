"""The options that the views share: flag, panel, words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from lstmgen.errors import UsageError
from lstmgen.terminal.amounts import is_whole_number

WHAT, PICTURE, OUTPUT = "What to look at", "Picture", "Output"


class Sort(StrEnum):
    """Which units come first."""

    varying = "varying"
    mean = "mean"
    number = "number"


def option(
    panel: str, text: str, *flags: str, metavar: str | None = None, show_default: bool = False, **more: Any
) -> object:
    """One option of a view: its panel in the help, its words, its flags."""
    return typer.Option(*flags, help=text, rich_help_panel=panel, metavar=metavar, show_default=show_default, **more)


ModelName = Annotated[
    str | None,
    option(
        WHAT, "A path, or a name in models/. Without it: the newest there, else ours.", "--model", "-m", metavar="NAME"
    ),
]
ModelNames = Annotated[
    list[str] | None,
    option(
        WHAT,
        "A path, or a name in models/. Without it: the newest there, else ours. Several are compared.",
        "--model",
        "-m",
        metavar="NAME",
    ),
]
Text = Annotated[
    str | None, option(WHAT, "Text to read. Without it: some of the model's own writing.", "--text", metavar="TEXT")
]
TextToMeasure = Annotated[
    str | None,
    option(
        WHAT,
        "Text to measure. Without it: what was held back in training, else the model's own writing.",
        "--text",
        metavar="TEXT",
    ),
]
File = Annotated[str | None, option(WHAT, "The same, from a file; - is standard input.", "--file", metavar="PATH")]
Layer = Annotated[int | None, option(WHAT, "Layer, numbered from 0. Without it: the last one.", "--layer", metavar="N")]
Units = Annotated[
    str | None,
    option(
        PICTURE,
        "all, or numbers such as 3,17,40-44: the whole text, in blocks. Without it: as many as fit the screen.",
        "--units",
        metavar="LIST",
    ),
]
SortBy = Annotated[
    Sort | None,
    option(PICTURE, "First the most varying, the highest on average, or the lowest number.", "--sort"),
]
Corpus = Annotated[
    str | None,
    option(
        WHAT,
        "Where the training text is. Without it: where it was, beside the model, or here.",
        "--corpus",
        metavar="PATH",
    ),
]
Json = Annotated[bool, option(OUTPUT, "One JSON object, for machines.", "--json", metavar="")]


def _out(forms: str) -> object:
    return option(
        OUTPUT, f"Write to a file instead, in the form of its ending: {forms}.", "--out", "-o", metavar="PATH"
    )


Out = Annotated[str | None, _out("txt, svg, html, json, csv or npz")]
OutNoArrays = Annotated[str | None, _out("txt, svg, html, json or csv")]
OutNoTable = Annotated[str | None, _out("txt, svg, html or json")]
ReportOut = Annotated[
    str | None,
    option(
        OUTPUT,
        "Where the page goes (.html; .json: its data). Without it: <model>-report.html.",
        "--out",
        "-o",
        metavar="PATH",
    ),
]
Force = Annotated[bool, option(OUTPUT, "Replace a file that is there.", "--force", metavar="")]
Quiet = Annotated[bool, option(OUTPUT, "Say only warnings and errors.", "--quiet", "-q", metavar="")]


def parse_units(text: str, available: int) -> list[int]:
    """Units named as in 3,17,40-44, or all of them. Raises UsageError."""
    if text.strip().lower() == "all":
        return list(range(available))
    units: dict[int, None] = {}  # in the order they were named, each once
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not is_whole_number(first) or (dash and not is_whole_number(last)):
            raise UsageError(f"--units {text!r} is no list of units.\nWrite it as 3,17,40-44, or all.")
        ends = [int(first), int(last) if dash else int(first)]
        for end in ends:
            if end >= available:
                raise UsageError(f"There is no unit {end}: they are numbered 0 to {available - 1}.")
        units |= dict.fromkeys(range(ends[0], ends[1] + 1))
    if not units:
        raise UsageError(f"--units {text!r} names no unit.\nWrite it as 3,17,40-44, or all.")
    return list(units)
