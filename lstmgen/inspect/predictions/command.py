"""`lstmgen inspect predictions`: what a model expected at every place of a text."""

from __future__ import annotations

from typing import Annotated

from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_Top = Annotated[
    int,
    options.option(
        options.PICTURE,
        "Predictions to keep for every position; the screen shows as many as fit.",
        "--top",
        "-k",
        metavar="N",
        show_default=True,
    ),
]
_At = Annotated[
    int, options.option(options.PICTURE, "First position of the table, numbered from 0.", "--at", metavar="N")
]
_Worst = Annotated[
    bool, options.option(options.PICTURE, "Show the 20 most surprising positions instead.", "--worst", metavar="")
]
_Curve = Annotated[
    bool,
    options.option(
        options.PICTURE,
        "Show instead whether its probabilities are right as often as they say.",
        "--calibration",
        metavar="",
    ),
]


def predictions(
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    corpus: options.TrainingTextPath = None,
    top: _Top = 5,
    at: _At = 0,
    worst: _Worst = False,
    calibration: _Curve = False,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See what a model expected at every position of a text, and whether its probabilities can be trusted.

    [bold]lstmgen inspect predictions[/]                  on the validation text
    [bold]lstmgen inspect predictions --file new.txt[/]  on your own text
    [bold]lstmgen inspect predictions --worst[/]          where it was most wrong
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    with working(messages, "Predicting the text token by token", silent=json):
        chosen = loaded.text_to_score(given, name=file, corpus=corpus)
        view = loaded.predictions(chosen, top=top, at=at, worst=worst, calibration=calibration)
    deliver(view, form, out, messages, ground)
