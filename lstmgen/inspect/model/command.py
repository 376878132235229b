"""`lstmgen inspect model`: all that a model file says of itself."""

from __future__ import annotations

from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.terminal.streams import Messages


def model(
    name: options.ModelName = None,
    json: options.Json = False,
    out: options.OutNoTable = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See what a model is, how well it does, how it was trained, and the command that trains it again.

    [bold]lstmgen inspect model[/]                  the newest in models/
    [bold]lstmgen inspect model -m storybook[/]     another model
    """
    form = form_of(out, json, forms_of(table=False))
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    deliver(load_model(name, messages).card(), form, out, messages, ground)
