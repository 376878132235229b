"""What `reach` shows: how far back a model sees in a text."""

from __future__ import annotations

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.measures import chosen_layer
from lstmgen.inspect.reach.measure import reach_of
from lstmgen.inspect.reach.picture import ReachSubject, draw_reach, reach_arrays, reach_facts, reach_table
from lstmgen.inspect.reach.summary_picture import reach_summary
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.measured_text import MeasuredText
from lstmgen.inspection.trace import longest_trace, trace_ids

_TRACED, _NUMBERS = 4_000, 1 << 25  # of the text, for the gates: tokens, and numbers in a trace (128 MB)


def reach_view(model: LoadedModel, text: MeasuredText, *, layer: int | None = None) -> View:
    """The view of a text, as `Model.reach` says. Raises UsageError for a layer that is not there, TextError."""
    network, header = model.network, model.header
    layer = chosen_layer(layer, network.architecture.layers)
    traced = text.ids[: min(_TRACED, longest_trace(network, _NUMBERS))]
    trace = trace_ids(network, model.vocabulary.tokens, traced, document_end=text.document_end)
    reach = reach_of(network, text.ids, trace, document_end=text.document_end)
    words = on_one_line(text.words)
    subject = ReachSubject(model.name, words, header["cell"], header["level"], layer, trace.layers)
    return View(
        title=f"How far back {model.name} sees",
        draw=lambda frame: draw_reach(reach, subject, frame),
        make_data=lambda: {"model": str(model.path), **reach_facts(reach, subject)},
        make_table=lambda: reach_table(reach),
        make_arrays=lambda: reach_arrays(reach),
        notes=text.notes,
        hints=text.hints,
        make_summary=lambda: reach_summary(reach, subject),
    )
