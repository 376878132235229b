"""`lstmgen inspect units`: which unit follows which property of a text."""

from __future__ import annotations

from typing import Annotated

import typer

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_PropertyName = Annotated[
    str | None,
    typer.Argument(
        help="quotes, brackets, line, indent, word, capital, digit or vowel. \\[default: a table of all]",
        metavar="PROPERTY",
        show_default=False,
    ),
]
_After = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Another property: how many characters ago this regular expression matched.",
        "--after",
        metavar="REGEX",
    ),
]
_Labels = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Another property: a file of numbers, one per character, token or line of --text or --file.",
        "--labels",
        metavar="PATH",
    ),
]
_OneUnit = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "One unit, such as 17, c17 or h17: where it is highest and lowest, and its mean after each token.",
        "--unit",
        metavar="N",
    ),
]
_Causal = Annotated[
    bool,
    options.option(
        options.WHAT,
        "Also clamp the unit to its mean and measure how much worse the model gets.",
        "--causal",
        metavar="",
    ),
]
_LayerOnly = Annotated[
    int | None,
    options.option(
        options.WHAT, "Layer, numbered from 0. [default: all; with --unit the last one]", "--layer", metavar="N"
    ),
]


def units(
    wanted: _PropertyName = None,
    after: _After = None,
    labels: _Labels = None,
    unit: _OneUnit = None,
    causal: _Causal = False,
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    layer: _LayerOnly = None,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See which unit follows what: quotes, brackets, the place in the line, or a property of your own.

    [bold]lstmgen inspect units[/]                    all properties, the best unit of each
    [bold]lstmgen inspect units quotes --causal[/]    one property; how much its unit matters
    [bold]lstmgen inspect units --after '[.!?]'[/]    how long ago the sentence began
    [bold]lstmgen inspect units --unit c17[/]         where one unit is high and low
    """
    form = form_of(out, json, forms_of())
    ground = options.theme_of(theme, form)
    if labels is not None and text is None and file is None:
        raise UsageError("--labels belong to a text.\nName it with --text or --file.")
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages, beside=labels)
    labels_source = take_source(None, labels, encoding, messages, beside=file)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    numbers = labels_source.read(loaded.header, messages)
    with working(messages, "Comparing every unit with the text", silent=json):
        view = loaded.units(
            wanted,
            given,
            after=after,
            labels=numbers,
            unit=unit,
            causal=causal,
            layer=layer,
            max_tokens=max_tokens,
        )
    deliver(view, form, out, messages, ground)
