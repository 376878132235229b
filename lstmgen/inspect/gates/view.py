"""What `gates` shows: every gate and state over a text, by tokens or by words, or how often each gate is saturated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import labels_of
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.bands import GateOptions
from lstmgen.inspect.common.data import trace_arrays, trace_facts, trace_table, words_arrays, words_facts
from lstmgen.inspect.common.measures import check_units, chosen_layer
from lstmgen.inspect.common.wordwise import by_words
from lstmgen.inspect.gates.picture import draw_gates
from lstmgen.inspect.gates.saturation import saturation_of
from lstmgen.inspect.gates.saturation_picture import (
    draw_saturation,
    saturation_arrays,
    saturation_facts,
    saturation_table,
)
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.trace import Trace

_OptionsFor = Callable[[Frame], GateOptions]


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

    def options(frame: Frame) -> GateOptions:
        spaced = words or model.header["level"] == "word"
        return GateOptions(layer, units, sort, frame.colours, frame.width, frame.height, spaced)

    if words and model.header["level"] == "char":
        return _by_words(model, trace, options, notes)
    return View(
        title=f"Gates of {model.name} over a text",
        draw=lambda frame: draw_gates(trace, labels_of(trace.tokens), options(frame), model.name),
        make_data=lambda: {"model": str(model.path), **trace_facts(trace)},
        make_table=lambda: trace_table(trace),
        make_arrays=lambda: trace_arrays(trace),
        notes=notes,
    )


def _by_words(model: LoadedModel, trace: Trace, options: _OptionsFor, notes: Sequence[str]) -> View:
    wordwise = by_words(trace)
    means = wordwise.means
    return View(
        title=f"Gates of {model.name} over a text, word by word",
        draw=lambda frame: draw_gates(means, labels_of(means.tokens), options(frame), model.name, measured=trace),
        make_data=lambda: {"model": str(model.path), **words_facts(trace, wordwise)},
        make_table=lambda: trace_table(means),
        make_arrays=lambda: words_arrays(wordwise),
        notes=notes,
    )


def _saturation(model: LoadedModel, trace: Trace, layer: int, notes: Sequence[str]) -> View:
    if not trace.facts.valves:
        raise UsageError(
            f"A {trace.facts.title} has no gates that could be open or shut.\nIts output is shown without saturation."
        )
    saturation = saturation_of(trace)
    where = f"layer {layer}" if trace.layers == 1 else f"layer {layer} of 0-{trace.layers - 1}"
    words = (model.name, where, f"{trace.units} units over {len(trace):,} tokens", "a dot a unit")
    return View(
        title=f"Saturated gates of {model.name}",
        draw=lambda frame: draw_saturation(
            " · ".join(word for word in words if word), trace.cell, layer, saturation,
            width=frame.width, height=frame.height, colours=frame.colours,
        ),
        make_data=lambda: {"model": str(model.path), **saturation_facts(trace, saturation)},
        make_table=lambda: saturation_table(saturation),
        make_arrays=lambda: saturation_arrays(saturation),
        notes=notes,
    )  # fmt: skip
