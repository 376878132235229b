"""`lstmgen inspect mistakes`: the lecture's three mistakes, counted, and what it takes not to make them."""

from __future__ import annotations

from typing import Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_models
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.terminal.streams import Messages

_Models = Annotated[
    list[str] | None,
    options.option(
        options.WHAT,
        "A model of the children's book; repeatable. [default: small networks are trained now]",
        "--model",
        "-m",
        metavar="NAME",
    ),
]
_Quick = Annotated[bool, options.option(options.WHAT, "Only the children's book.", "--quick", metavar="")]
_Keep = Annotated[
    bool,
    options.option(
        options.OUTPUT, "Keep the trained models: models/mistakes-lstm.npz and so on.", "--keep", metavar=""
    ),
]
_Seed = Annotated[
    int, options.option(options.WHAT, "Random seed of training and writing.", "--seed", metavar="N", show_default=True)
]


def mistakes(
    model: _Models = None,
    quick: _Quick = False,
    seed: _Seed = 1,
    keep: _Keep = False,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """Count the mistakes that a network without memory, a plain RNN and an LSTM make in the children's book.

    [bold]lstmgen inspect mistakes[/]                 trains eight small networks, a minute
    [bold]lstmgen inspect mistakes --quick[/]         only the children's book, two networks
    [bold]lstmgen inspect mistakes -m MINE -m HERS[/] counts those of your models

    A sentence is what stands between two full stops. With two or more "saw" it is a run-on, with none a fragment; "A saw A." is the same name, "A saw B." is right, all else is other. The loss is on new sentences; the lowest possible is ln 6 / 4 = 0.4479 nats per token.

    Then, as tests of memory: is the first name still known after many filler words? Do lines like aaabbb, learned up to ten, end right beyond? Do strings of the embedded Reber grammar end as they began? All networks have the same number of units and updates and the same seed.
    """  # noqa: E501 # the help breaks lines itself
    form = form_of(out, json, forms_of())
    ground = options.theme_of(theme, form)
    if model and keep:
        raise UsageError("--model counts models that are there: nothing is trained that --keep could keep.")
    messages = Messages(quiet)
    if model:
        first, *others = load_models(model, messages)
        view = first.mistakes(*others, seed=seed)
    else:
        from lstmgen import api

        view = api.train_and_count_mistakes(quick=quick, seed=seed, keep=keep, on_message=messages.info)
    deliver(view, form, out, messages, ground)
