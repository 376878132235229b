"""What `gates` shows: every gate and state over a text, by tokens or by words, or how often each gate is saturated."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_of, layer_label, title_line
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.measures import check_units, chosen_layer
from lstmgen.inspect.gates import data
from lstmgen.inspect.gates.band_picture import GateOptions
from lstmgen.inspect.gates.measure import saturation_of
from lstmgen.inspect.gates.picture import draw_gates
from lstmgen.inspect.gates.saturation_picture import draw_saturation
from lstmgen.inspect.gates.summary_picture import gates_summary, saturation_summary
from lstmgen.inspect.gates.wordwise import by_words
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.trace import Trace


def gates_view(
    model: LoadedModel,
    trace: Trace,
    *,
    layer: int | None = None,
    units: Sequence[int] | None = None,
    sort: str | None = None,
    words: bool = False,
    saturation: bool = False,
    notes: Sequence[str] = (),
) -> View:
    """The view of a trace, as `Model.gates` says. Raises UsageError for a layer or a unit that is not there."""
    layer = chosen_layer(layer, trace.layers)
    check_units(units or (), trace.units)
    if saturation:
        return _saturation(model, trace, layer, notes)

    options = GateOptions(layer, units, sort, spaced=words or model.header["level"] != "char")
    if words and model.header["level"] == "char":
        return _by_words(model, trace, options, notes)
    return View(
        title=f"Gates of {model.name} over a text",
        draw=lambda frame: draw_gates(trace, labels_of(trace.tokens), options, frame, model.name),
        make_data=lambda: {"model": str(model.path), **data.trace_facts(trace)},
        make_table=lambda: data.trace_table(trace),
        make_arrays=lambda: data.trace_arrays(trace),
        notes=notes,
        make_summary=lambda: gates_summary(trace, layer),
    )


def _by_words(model: LoadedModel, trace: Trace, options: GateOptions, notes: Sequence[str]) -> View:
    wordwise = by_words(trace)
    means = wordwise.means
    return View(
        title=f"Gates of {model.name} over a text, word by word",
        draw=lambda frame: draw_gates(means, labels_of(means.tokens), options, frame, model.name, measured=trace),
        make_data=lambda: {"model": str(model.path), **data.words_facts(trace, wordwise)},
        make_table=lambda: data.trace_table(means),
        make_arrays=lambda: data.words_arrays(wordwise),
        notes=notes,
        make_summary=lambda: gates_summary(trace, options.layer),
    )


def _saturation(model: LoadedModel, trace: Trace, layer: int, notes: Sequence[str]) -> View:
    if not trace.facts.valves:
        raise UsageError(
            f"A {trace.facts.title} has no gates that could be open or shut.\nIts output is shown without saturation."
        )
    saturation = saturation_of(trace)
    units = f"{trace.units} units over {len(trace):,} tokens"
    title = title_line(model.name, layer_label(layer, trace.layers), units, "one mark per unit")
    return View(
        title=f"Saturated gates of {model.name}",
        draw=lambda frame: draw_saturation(title, trace.cell, layer, saturation, frame),
        make_data=lambda: {"model": str(model.path), **data.saturation_facts(trace, saturation)},
        make_table=lambda: data.saturation_table(saturation),
        make_arrays=lambda: data.saturation_arrays(saturation),
        notes=notes,
        make_summary=lambda: saturation_summary(trace, layer, saturation),
    )
