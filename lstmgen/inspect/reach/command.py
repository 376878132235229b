"""`lstmgen inspect reach`: how far back a model sees."""

from __future__ import annotations

from lstmgen.inspect.commands import options
from lstmgen.terminal.streams import Messages

_TOKENS = 20_000  # measured at most
_TRACED, _NUMBERS = 4_000, 1 << 25  # of which the gates are looked at: tokens, and numbers in a trace (128 MB)


def reach(
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    layer: options.Layer = None,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See how many characters back the model looks: what it loses with less, gradients, forget gates.

    [bold]lstmgen inspect reach[/]                      on what was held back in training
    [bold]lstmgen inspect reach --file mybook.txt[/]    on a text of yours
    [bold]lstmgen inspect reach -o reach.csv[/]         for a spreadsheet
    """
    from lstmgen.cleaning import on_one_line
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of
    from lstmgen.inspect.commands.source import layer_of, measured_text, read_source

    form = form_of(out, json, forms_of(table=True, arrays=True))
    messages = Messages(quiet)
    given = read_source(text, file, messages)

    from lstmgen import api
    from lstmgen.inspect.reach.measure import reach_of
    from lstmgen.inspect.reach.picture import Sight, draw_reach, reach_arrays, reach_facts, reach_table
    from lstmgen.inspection.trace import longest_trace, trace_ids
    from lstmgen.terminal.streams import announce_model

    loaded = api.load(model)
    announce_model(messages, loaded)
    chosen = layer_of(loaded, layer)
    measured = measured_text(loaded, given, _TOKENS, messages)
    network = loaded.network
    traced = measured.ids[: min(_TRACED, longest_trace(network, _NUMBERS))]
    trace = trace_ids(network, loaded.vocabulary.tokens, traced, newline=measured.newline)
    found = reach_of(network, measured.ids, trace, newline=measured.newline)
    sight = Sight(
        loaded.name,
        on_one_line(measured.words),
        loaded.header["cell"],
        loaded.header["level"],
        chosen,
        trace.layers,
    )
    finding = View(
        title=f"How far back {sight.name} sees",
        draw=lambda frame: draw_reach(found, sight, frame.width),
        make_data=lambda: {"model": str(loaded.path), **reach_facts(found, sight)},
        make_table=lambda: reach_table(found),
        make_arrays=lambda: reach_arrays(found),
    )
    return deliver(finding, form, out, messages)
