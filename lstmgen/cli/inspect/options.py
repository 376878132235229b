"""The options that the views share: flag, panel, words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

WHAT, PICTURE, OUTPUT = "What to look at", "Picture", "Output"


class Sort(StrEnum):
    """Which units come first."""

    varying = "varying"
    mean = "mean"
    number = "number"


def _option(panel: str, text: str, *flags: str, metavar: str | None = None) -> object:
    return typer.Option(*flags, help=text, rich_help_panel=panel, metavar=metavar, show_default=False)


ModelName = Annotated[
    str | None,
    _option(
        WHAT, "A path, or a name in models/. Without it: the newest there, else ours.", "--model", "-m", metavar="NAME"
    ),
]
Text = Annotated[
    str | None, _option(WHAT, "Text to read. Without it: some of the model's own writing.", "--text", metavar="TEXT")
]
TextToMeasure = Annotated[
    str | None,
    _option(WHAT, "Text to measure. Without it: what was held back in training, else the model's own writing.",
            "--text", metavar="TEXT"),
]  # fmt: skip
File = Annotated[str | None, _option(WHAT, "The same, from a file; - is standard input.", "--file", metavar="PATH")]
Layer = Annotated[
    int | None, _option(WHAT, "Layer, numbered from 0. Without it: the last one.", "--layer", metavar="N")
]
Units = Annotated[
    str | None,
    _option(
        PICTURE,
        "all, or numbers such as 3,17,40-44: the whole text, in blocks. Without it: as many as fit the screen.",
        "--units",
        metavar="LIST",
    ),
]
SortBy = Annotated[
    Sort | None,
    _option(PICTURE, "First the most varying, the highest on average, or the lowest number.", "--sort"),
]
Json = Annotated[bool, _option(OUTPUT, "One JSON object, for machines.", "--json", metavar="")]
Out = Annotated[
    str | None,
    _option(OUTPUT, "Write to a file instead, in the form of its ending: txt, svg, html, json, csv or npz.",
            "--out", "-o", metavar="PATH"),
]  # fmt: skip
ReportOut = Annotated[
    str | None,
    _option(
        OUTPUT, "Where the page goes (.html; .json: its data). Without it: <model>-report.html.", "--out", "-o",
        metavar="PATH",
    ),
]  # fmt: skip
Force = Annotated[bool, _option(OUTPUT, "Replace a file that is there.", "--force", metavar="")]
Quiet = Annotated[bool, _option(OUTPUT, "Say only warnings and errors.", "--quiet", "-q", metavar="")]
