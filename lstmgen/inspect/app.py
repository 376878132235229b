"""`lstmgen inspect`: look inside a model. Its commands are those of the registry; without one, the list of them."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from lstmgen.inspect.registry import VIEWS, listing

inspect_app = typer.Typer(
    name="inspect",
    help="Look inside a model: gates, units, weights, training. Without a view, lists them all.",
    rich_markup_mode="rich",
)
for view in VIEWS:
    command = getattr(import_module(f"lstmgen.inspect.{view.name}.command"), view.name)
    inspect_app.command(view.name, short_help=view.summary, rich_help_panel=view.group)(command)


@inspect_app.callback(invoke_without_command=True)
def _inspect(context: typer.Context) -> None:
    """Look inside a model: gates, units, weights, training. Without a view, lists them all."""
    if context.invoked_subcommand is None:
        sys.stdout.write(listing())
