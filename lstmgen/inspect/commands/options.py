"""The options that the views share: flag, panel, words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from lstmgen.errors import UsageError
from lstmgen.terminal.amounts import is_whole_number
from lstmgen.terminal.options import CORPUS_HELP, MODEL_HELP, OUTPUT, JsonObject, option
from lstmgen.terminal.options import Quiet as Quiet  # noqa: PLC0414 - the same for all commands, and theirs too

WHAT, PICTURE = "What to look at", "Picture"


class Sort(StrEnum):
    """Which units come first."""

    varying = "varying"
    mean = "mean"
    number = "number"


class Ground(StrEnum):
    """What a picture in colour stands on."""

    light = "light"
    dark = "dark"


ModelName = Annotated[str | None, option(WHAT, MODEL_HELP, "--model", "-m", metavar="NAME")]
ModelNames = Annotated[
    list[str] | None,
    option(WHAT, "Give several models to compare them. " + MODEL_HELP, "--model", "-m", metavar="NAME"),
]
Text = Annotated[
    str | None, option(WHAT, "Text to read. [default: some text written by the model itself]", "--text", metavar="TEXT")
]
TextToMeasure = Annotated[
    str | None,
    option(
        WHAT,
        "Text to measure. [default: the validation text, else text written by the model itself]",
        "--text",
        metavar="TEXT",
    ),
]
File = Annotated[str | None, option(WHAT, "Read the text from a file; - for standard input.", "--file", metavar="PATH")]
FileEncoding = Annotated[
    str | None,
    option(
        WHAT, "Encoding of --file. [default: utf-8, or else that of the training text]", "--encoding", metavar="NAME"
    ),
]
MaxTokens = Annotated[
    int | None,
    option(
        WHAT,
        "Read at most N tokens of the text. [default: what fits into memory, page or file]",
        "--max-tokens",
        metavar="N",
        min=1,
    ),
]
Layer = Annotated[int | None, option(WHAT, "Layer, numbered from 0. [default: the last one]", "--layer", metavar="N")]
Units = Annotated[
    str | None,
    option(
        PICTURE,
        "Units to show, such as 3,17,40-44, or all; then the whole text is shown, in blocks. "
        "[default: as many as fit the screen]",
        "--units",
        metavar="LIST",
    ),
]
SortBy = Annotated[
    Sort | None,
    option(
        PICTURE, "Order of the units: most varying, highest mean or lowest number first. [default: varying]", "--sort"
    ),
]
TrainingTextPath = Annotated[str | None, option(WHAT, CORPUS_HELP, "--corpus", metavar="PATH")]
Json = JsonObject


def _out(forms: str) -> object:
    return option(
        OUTPUT,
        f"Write to a file; its ending decides the format: {forms}. - is standard output.",
        "--out",
        "-o",
        metavar="PATH",
    )


Out = Annotated[str | None, _out("txt, svg, html, json, csv or npz")]
OutNoArrays = Annotated[str | None, _out("txt, svg, html, json or csv")]
OutNoTable = Annotated[str | None, _out("txt, svg, html or json")]
PictureTheme = Annotated[
    Ground | None,
    option(OUTPUT, "Ground of the picture in an .svg or .html file. [default: dark]", "--theme", metavar="light|dark"),
]
ReportTheme = Annotated[
    Ground | None,
    option(OUTPUT, "Ground of the page. [default: that of the browser]", "--theme", metavar="light|dark"),
]
ReportOut = Annotated[
    str | None,
    option(
        OUTPUT,
        "File for the page (.html) or its data (.json); - for standard output. [default: <model>-report.html]",
        "--out",
        "-o",
        metavar="PATH",
    ),
]
Force = Annotated[bool, option(OUTPUT, "Replace an existing file.", "--force", metavar="")]


def theme_of(ground: Ground | None, form: str) -> Literal["light", "dark"] | None:
    """The ground asked for. Raises UsageError for a form that has none."""
    if ground is None:
        return None
    if form not in ("svg", "html"):
        raise UsageError("--theme is the ground of a picture in a file.\nName an .svg or .html file with -o.")
    return "light" if ground is Ground.light else "dark"


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
