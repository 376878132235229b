"""What the options of all commands have in common, and those that several commands have. Nothing is decided here.

A default of None leaves the choice to the settings or to the plan; ranges are checked by `lstmgen.settings`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

BASICS, TEXT_INPUT, OUTPUT = "Basics", "Text", "Output"  # panels of the help
STDOUT = "-"  # where the name of a file to write is asked for
_DEFAULT = re.compile(r"\[(default: [^]]*)\]")
MODEL_HELP = "Model: a path, or a name in models/. [default: the newest in models/, else the bundled model]"
CORPUS_HELP = "Path of the training text. [default: looked for where it was, beside the model and here]"


def option(
    panel: str, text: str, *flags: str, metavar: str | None = None, show_default: bool = False, **more: Any
) -> Any:
    """An option: its panel in the help, its words, its flags. A default that is named in the words is shown dimmed."""
    text = _DEFAULT.sub(r"[dim]\\[\1][/dim]", text)
    return typer.Option(*flags, help=text, rich_help_panel=panel, metavar=metavar, show_default=show_default, **more)


Quiet = Annotated[bool, option(OUTPUT, "Show only warnings and errors.", "--quiet", "-q", metavar="")]
JsonObject = Annotated[bool, option(OUTPUT, "Print one JSON object, for other programs.", "--json", metavar="")]

_STEERING = "Steering"
SetGate = Annotated[
    list[str] | None,
    option(
        _STEERING,
        "Clamp a gate to a value while writing: f=0; f.17=0 for one unit; 0:f=0 in a lower layer. Repeatable.",
        "--set-gate",
        metavar="GATE=X",
    ),
]
SetUnit = Annotated[
    list[str] | None,
    option(
        _STEERING,
        "Clamp the output h of a unit: 17=1; 0:17=1 in a lower layer. Repeatable.",
        "--set-unit",
        metavar="UNIT=X",
    ),
]
