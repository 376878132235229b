"""`lstmgen inspect reach`: how far back a model sees."""

from __future__ import annotations

from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working


def reach(
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    layer: options.Layer = None,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See how far back the model looks: its loss with less context, its gradients, its forget gates.

    [bold]lstmgen inspect reach[/]                      on the validation text
    [bold]lstmgen inspect reach --file mybook.txt[/]    on your own text
    [bold]lstmgen inspect reach -o reach.csv[/]         for a spreadsheet
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    with working(messages, "Measuring how far back the model looks", silent=json):
        view = loaded.reach(given, layer=layer, max_tokens=max_tokens)
    deliver(view, form, out, messages, ground)
