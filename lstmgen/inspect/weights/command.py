"""`lstmgen inspect weights`: the matrices of a model as pictures and numbers, and tokens with similar weights."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import View, forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_LARGEST = 1 << 21  # numbers in JSON or CSV


class _Reduce(StrEnum):
    """What a block of weights is drawn as."""

    mean = "mean"
    max = "max"


_MatrixName = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Show one matrix, large: W.f, U.f (also i, o, g), embedding or output.W.",
        "--matrix",
        metavar="NAME",
    ),
]
_Token = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Show the tokens with the most similar weights to this one; \\n is a line end.",
        "--token",
        metavar="TOKEN",
    ),
]
_HowReduced = Annotated[
    _Reduce,
    options.option(
        options.PICTURE,
        "How a matrix that is too large is reduced: mean or max of the sizes in each block.",
        "--reduce",
        show_default=True,
    ),
]


def weights(
    model: options.ModelName = None,
    matrix: _MatrixName = None,
    token: _Token = None,
    layer: options.Layer = None,
    reduce: _HowReduced = _Reduce.mean,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See the weights: what each gate takes from the input and from its own output.

    [bold]lstmgen inspect weights[/]                 a layer at a glance
    [bold]lstmgen inspect weights --matrix U.f[/]    one matrix, large
    [bold]lstmgen inspect weights --token e[/]       tokens with similar weights
    [bold]lstmgen inspect weights -o weights.npz[/]  every matrix, for numpy
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)

    # Eigenvalues on all cores take many times as long while something else, such as training, runs on them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    messages = Messages(quiet)
    loaded = load_model(model, messages)
    with working(messages, "Measuring the weights", silent=json):
        view = loaded.weights(matrix=matrix, token=token, layer=layer, reduce=reduce.value)
    if matrix is not None and form in ("json", "csv"):
        _check_size(view, form)
    deliver(view, form, out, messages, ground)


def _check_size(view: View, form: str) -> None:
    """Raise UsageError for a matrix of more numbers than anybody reads as text."""
    for name, values in view.make_arrays() if view.make_arrays is not None else ():
        if values.size > _LARGEST:
            raise UsageError(f"{name} has {values.size:,} numbers, too many for {form.upper()}.\nUse -o weights.npz.")
