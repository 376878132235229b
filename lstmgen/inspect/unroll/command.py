"""`lstmgen inspect unroll`: the chain of predictions, token by token and on beyond the text's end."""

from __future__ import annotations

from typing import Annotated

from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_MOST_STEPS = 10_000

_Steps = Annotated[
    int | None,
    options.option(
        options.WHAT,
        "Predictions to continue with after the text. [default: as many as fit the screen, 24 in files]",
        "--steps",
        metavar="N",
        min=0,
        max=_MOST_STEPS,
    ),
]
_Whole = Annotated[
    bool,
    options.option(
        options.PICTURE, "Show the whole of a long text, row by row.", "--all", metavar="", show_default=True
    ),
]


def unroll(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    steps: _Steps = None,
    whole: _Whole = False,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See the chain: each token that comes, what is predicted from it, and what is carried to the next step.

    Where the text ends, the model continues on its own, as in lstmgen sample --temperature 0.

    [bold]lstmgen inspect unroll[/]                              on text written by the model
    [bold]lstmgen inspect unroll --text "Jane saw Spot. Doug"[/] on your own text
    [bold]lstmgen inspect unroll --text "" --steps 12[/]         from an empty start
    """
    form = form_of(out, json, forms_of())
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    with working(messages, "Reading the text", silent=json):
        view = loaded.unroll(given, steps=steps, whole=whole, max_tokens=max_tokens)
    deliver(view, form, out, messages, ground)
