"""`lstmgen inspect training`: how a model learnt, or several over one another."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from lstmgen.cleaning import on_one_line
from lstmgen.errors import UsageError
from lstmgen.inspect.commands import options
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model

_MOST = 8  # lines that colours and marks keep apart


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
        "Loss in nats a token, loss in bits a character, norm of the gradient, learning rate, or tokens a second.",
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
        "Leave out what came before this update: the rest is drawn larger.",
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
    quiet: options.Quiet = False,
) -> None:
    """See how a model learnt: loss, gradient, rate and speed at each evaluation.

    [bold]lstmgen inspect training[/]                      the loss, and a line on the rest
    [bold]lstmgen inspect training --what norm[/]          the gradient's norm
    [bold]lstmgen inspect training -m a -m b --over time[/]  two models over one another
    [bold]lstmgen inspect training -o training.csv[/]      all of it, as a table
    """
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    names: list[str | None] = [*model] if model else [None]
    if len(names) > _MOST:
        raise UsageError(f"{len(names)} models are more than can be told apart.\nGive at most {_MOST}.")

    from lstmgen import api
    from lstmgen.inspect.common.history import course_of
    from lstmgen.inspect.training.data import course_arrays, course_facts, course_table
    from lstmgen.inspect.training.picture import Learner, draw_training
    from lstmgen.terminal.streams import announce_model

    messages, loaded = Messages(quiet), [api.load(name) for name in names]
    for one in loaded:
        announce_model(messages, one)
    if what is _What.loss and len({_token_of(one) for one in loaded}) > 1:
        messages.notice("Nats a token of different tokens cannot be compared; --what bits can.")
    courses = [course_of(one.header, one.history, one.file.clock) for one in loaded]
    learners = [Learner(name, course) for name, course in zip(_told_apart(loaded), courses, strict=True)]
    paths = [str(one.path) for one in loaded]
    finding = View(
        title=f"How {', '.join(one.name for one in learners)} learnt",
        draw=lambda frame: draw_training(
            learners, what.value, over.value, since=since, width=frame.width, height=frame.height, colours=frame.colours
        ),
        make_data=lambda: {"models": [course_facts(*pair) for pair in zip(paths, courses, strict=True)]},
        make_table=lambda: course_table(paths, courses),
        make_arrays=lambda: course_arrays(paths, courses),
    )
    return deliver(finding, form, out, messages)


def _token_of(model: Model) -> str:
    """What a loss is counted by: characters, or the words of this text."""
    return "char" if model.header["level"] == "char" else str(model.header["vocabulary"])


def _told_apart(models: list[Model]) -> list[str]:
    """A name for each model: its file's, or the whole path where two are called the same."""
    names = [one.name for one in models]
    return [name if names.count(name) == 1 else on_one_line(str(m.path)) for name, m in zip(names, models, strict=True)]
