"""`lstmgen inspect`: look inside a model. One file a view."""

from __future__ import annotations

import typer

from lstmgen.cli.inspect.gates import gates
from lstmgen.cli.inspect.model import model
from lstmgen.cli.inspect.reach import reach
from lstmgen.cli.inspect.units import units

inspect_app = typer.Typer(
    name="inspect",
    help="Look inside: what the gates do over a text, and what a model says of itself.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
inspect_app.command()(gates)
inspect_app.command()(model)
inspect_app.command()(units)
inspect_app.command()(reach)
