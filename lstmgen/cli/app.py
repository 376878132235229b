"""The command tree: what `lstmgen` offers, with nothing heavy imported until a command runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from lstmgen.cli.export import export
from lstmgen.cli.list_command import list_models
from lstmgen.cli.rm_command import rm
from lstmgen.cli.sample import sample
from lstmgen.cli.train import train
from lstmgen.inspect.app import inspect_app
from lstmgen.terminal import options
from lstmgen.version import __version__

_app = typer.Typer(
    name="lstmgen",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # an error's message is made in one place, cli/error_report.py
    context_settings={"help_option_names": ["-h", "--help"]},
)


class _Command(TyperCommand):
    """A command whose --help stands with the other options on output instead of in a panel of its own."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.rich_help_panel = options.OUTPUT
        return option


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"lstmgen {__version__}")
        raise typer.Exit


@_app.callback()
def _lstmgen(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Train a recurrent network on your own text, write new text like it, and look inside.

    [bold]lstmgen train corpus.txt[/]          learn the text; saves models/corpus.npz
    [bold]lstmgen sample --temperature 0.8[/]  write new text
    [bold]lstmgen inspect gates[/]             look inside the network
    [bold]lstmgen export -o page.html[/]       a page that writes in any browser
    [bold]lstmgen list[/]                      which models there are
    """


_app.command(cls=_Command)(train)
_app.command(cls=_Command)(sample)
_app.command(cls=_Command)(export)
_app.command("list", cls=_Command)(list_models)
_app.command("rm", cls=_Command)(rm)
_app.add_typer(inspect_app, name="inspect")


def command() -> Any:
    """The whole command line as one click command (typer carries click itself in some versions)."""
    return typer.main.get_command(_app)


def command_named(tree: Any, arguments: Sequence[str]) -> str:
    """The command of the tree that the arguments begin with, as in "lstmgen inspect gates"."""
    words, node = ["lstmgen"], tree
    for argument in arguments:
        node = getattr(node, "commands", {}).get(argument)
        if node is None:
            break
        words.append(argument)
    return " ".join(words)
