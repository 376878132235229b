"""`lstmgen inspect gates`: what every gate does while a text is read."""

from __future__ import annotations

from typing import Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_LARGEST = {"txt": 1 << 24, "json": 1 << 21, "csv": 1 << 21, "npz": 1 << 26}  # numbers in a trace: 64 MB, 20 MB, 256 MB

_Words = Annotated[
    bool, options.option(options.PICTURE, "One column per word: the mean over its characters.", "--words", metavar="")
]
_SaturationOnly = Annotated[
    bool,
    options.option(
        options.PICTURE,
        "Show instead how often each gate is closed and open, one dot per unit.",
        "--saturation",
        metavar="",
    ),
]


def gates(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    layer: options.Layer = None,
    units: options.Units = None,
    sort: options.SortBy = None,
    words: _Words = False,
    saturation: _SaturationOnly = False,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See what the gates and states do while a text is read, token by token.

    [bold]lstmgen inspect gates[/]                            on text written by the model
    [bold]lstmgen inspect gates --text "Jane saw Spot."[/]    on your own text
    [bold]lstmgen inspect gates --words[/]                    one column per word
    [bold]lstmgen inspect gates --saturation[/]               gates that never change
    [bold]lstmgen inspect gates --units all | less[/]         everything, as digits
    [bold]lstmgen inspect gates -o gates.npz[/]               for numpy
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)
    if saturation and (words or units is not None or sort is not None):
        raise UsageError("--saturation counts every unit over all tokens.\nLeave --words, --units and --sort out.")
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    with working(messages, "Reading the text", silent=json):
        view = loaded.gates(
            given,
            layer=layer,
            units=None if units is None else options.parse_units(units, loaded.header["sizes"]["units"]),
            sort=None if sort is None else sort.value,
            words=words,
            saturation=saturation,
            numbers=_LARGEST.get(form, _LARGEST["txt"]),
            max_tokens=max_tokens,
        )
    deliver(view, form, out, messages, ground)
