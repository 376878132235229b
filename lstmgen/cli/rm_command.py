"""`lstmgen rm`: remove models with all that belongs to them."""

from __future__ import annotations

from typing import Annotated

import typer

from lstmgen.terminal import options

_Names = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME",
        help="Models: names in models/, or paths.",
        rich_help_panel="What to remove",
        show_default=False,
    ),
]
_Yes = Annotated[
    bool,
    options.option(
        options.BASICS, "Do not ask. Needed where nobody can answer, as in a script.", "--yes", "-y", metavar=""
    ),
]


def rm(names: _Names, yes: _Yes = False, quiet: options.Quiet = False) -> None:
    """Remove models: NAME.npz and, beside it, NAME.state.npz, from which training would continue.

    [bold]lstmgen rm story[/]               shows what will be removed, and asks
    [bold]lstmgen rm story tale --yes[/]    does not ask
    """
    from lstmgen.cli.removal import remove_models

    remove_models(names, yes=yes, quiet=quiet)
