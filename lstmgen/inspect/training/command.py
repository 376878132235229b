"""`lstmgen inspect training`: how a model learned, or several over one another."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_models
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.terminal.streams import Messages


class _What(StrEnum):
    """What was measured."""

    loss = "loss"
    bits = "bits"
    norm = "norm"
    rate = "rate"
    speed = "speed"


class _Over(StrEnum):
    """What it is drawn over."""

    updates = "updates"
    tokens = "tokens"
    time = "time"


_WhatToDraw = Annotated[
    _What,
    options.option(
        options.PICTURE,
        "Loss in nats per token or bits per character, gradient norm, learning rate, or tokens per second.",
        "--what",
        show_default=True,
    ),
]
_DrawnOver = Annotated[
    _Over, options.option(options.PICTURE, "Over updates, tokens read, or time.", "--over", show_default=True)
]
_Since = Annotated[
    int,
    options.option(
        options.PICTURE,
        "Start the chart at this update, so that the rest is drawn larger.",
        "--since",
        metavar="UPDATE",
        min=0,
    ),
]


def training(
    model: options.ModelNames = None,
    what: _WhatToDraw = _What.loss,
    over: _DrawnOver = _Over.updates,
    since: _Since = 0,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See how a model learned: loss, gradient, rate and speed at each evaluation.

    [bold]lstmgen inspect training[/]                      the loss, and a line on the rest
    [bold]lstmgen inspect training --what norm[/]          the gradient norm
    [bold]lstmgen inspect training -m a -m b --over time[/]  two models in one chart
    [bold]lstmgen inspect training -o training.csv[/]      all of it, as a table
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    first, *others = load_models(model, messages)
    view = first.training(what.value, over=over.value, since=since, beside=others)
    deliver(view, form, out, messages, ground)
