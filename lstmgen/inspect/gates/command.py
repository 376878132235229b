"""`lstmgen inspect gates`: what every gate does while a text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.source import labels_of, layer_of, name_of
from lstmgen.terminal.amounts import is_whole
from lstmgen.terminal.talk import Talk

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.inspect.commands.finding import Finding, Frame
    from lstmgen.inspect.common.bands import View
    from lstmgen.inspection.trace import Trace

    ViewFor = Callable[[Frame], View]

LARGEST = {"txt": 1 << 24, "json": 1 << 21, "csv": 1 << 21, "npz": 1 << 26}  # numbers in a trace: 64 MB, 20 MB, 256 MB

_Words = Annotated[
    bool, options.option(options.PICTURE, "A column a word, the mean over its characters.", "--words", metavar="")
]
_SaturationOnly = Annotated[
    bool,
    options.option(
        options.PICTURE,
        "Instead: a dot for every unit, by how often its gate is shut and how often open.",
        "--saturation",
        metavar="",
    ),
]


def gates(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    layer: options.Layer = None,
    units: options.Units = None,
    sort: options.SortBy = None,
    words: _Words = False,
    saturation: _SaturationOnly = False,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See what the gates and states do while a text is read, token by token.

    [bold]lstmgen inspect gates[/]                            on the model's own writing
    [bold]lstmgen inspect gates --text "Jane saw Spot."[/]    on a text of yours
    [bold]lstmgen inspect gates --words[/]                    a column a word
    [bold]lstmgen inspect gates --saturation[/]               what is always open or shut
    [bold]lstmgen inspect gates --units all | less[/]         everything, in digits
    [bold]lstmgen inspect gates -o gates.npz[/]               for numpy
    """
    from lstmgen.inspect.commands.finding import deliver, forms_of
    from lstmgen.inspect.commands.source import read_source, trace_source
    from lstmgen.inspect.commands.target import form_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    if saturation and (words or units is not None or sort is not None):
        raise UsageError("--saturation counts every unit over all tokens.\nLeave --words, --units and --sort out.")
    talk = Talk(quiet)
    given = read_source(text, file, talk)

    from lstmgen import api
    from lstmgen.terminal.talk import introduce

    loaded = api.load(model)
    introduce(talk, loaded)
    chosen = layer_of(loaded, layer)
    wanted = None if units is None else parse_units(units, loaded.header["sizes"]["units"])
    facts = loaded.network.architecture.facts
    if saturation and not facts.valves:
        raise UsageError(
            f"A {facts.title} has no gates that could be open or shut.\nLeave --saturation out to see its output."
        )
    trace = trace_source(loaded, given, LARGEST.get(form, LARGEST["txt"]), talk)
    if saturation:
        finding = _saturation(loaded, trace, chosen)
    elif words and loaded.header["level"] == "char":
        finding = _words(loaded, trace, partial(_view, loaded, chosen, wanted, sort))
    else:
        finding = _tokens(loaded, trace, partial(_view, loaded, chosen, wanted, sort))
    return deliver(finding, form, out, talk)


def _tokens(model: Model, trace: Trace, view: ViewFor) -> Finding:
    from lstmgen.inspect.commands.finding import Finding
    from lstmgen.inspect.common.data import trace_arrays, trace_facts, trace_table
    from lstmgen.inspect.gates.picture import draw_gates

    return Finding(
        title=f"Gates of {name_of(model)} over a text",
        picture=lambda frame: draw_gates(trace, labels_of(trace.tokens), view(frame), name_of(model)),
        facts=lambda: {"model": str(model.path), **trace_facts(trace)},
        table=lambda: trace_table(trace),
        arrays=lambda: trace_arrays(trace),
    )


def _words(model: Model, trace: Trace, view: ViewFor) -> Finding:
    from lstmgen.inspect.commands.finding import Finding
    from lstmgen.inspect.common.data import trace_table, words_arrays, words_facts
    from lstmgen.inspect.common.wordwise import by_words
    from lstmgen.inspect.gates.picture import draw_gates

    found = by_words(trace)
    means = found.means
    return Finding(
        title=f"Gates of {name_of(model)} over a text, word by word",
        picture=lambda frame: draw_gates(
            means, labels_of(means.tokens), replace(view(frame), spaced=True), name_of(model), measured=trace
        ),
        facts=lambda: {"model": str(model.path), **words_facts(trace, found)},
        table=lambda: trace_table(means),
        arrays=lambda: words_arrays(found),
    )


def _saturation(model: Model, trace: Trace, layer: int) -> Finding:
    from lstmgen.inspect.commands.finding import Finding
    from lstmgen.inspect.gates.saturation import saturation_of
    from lstmgen.inspect.gates.saturation_picture import (
        draw_saturation,
        saturation_arrays,
        saturation_facts,
        saturation_table,
    )

    found = saturation_of(trace)
    where = f"layer {layer}" if trace.layers == 1 else f"layer {layer} of 0-{trace.layers - 1}"
    words = (name_of(model), where, f"{trace.units} units over {len(trace):,} tokens", "a dot a unit")
    return Finding(
        title=f"Saturated gates of {name_of(model)}",
        picture=lambda frame: draw_saturation(
            " · ".join(word for word in words if word), trace.cell, layer, found,
            width=frame.width, height=frame.height, colours=frame.colours,
        ),
        facts=lambda: {"model": str(model.path), **saturation_facts(trace, found)},
        table=lambda: saturation_table(found),
        arrays=lambda: saturation_arrays(found),
    )  # fmt: skip


def parse_units(text: str, available: int) -> list[int]:
    """Units named as in 3,17,40-44, or all of them. Raises UsageError."""
    from lstmgen.inspect.common.measures import check_units

    if text.strip().lower() == "all":
        return list(range(available))
    found: dict[int, None] = {}  # in the order they were named, each once
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not is_whole(first) or (dash and not is_whole(last)):
            raise UsageError(f"--units {text!r} is no list of units.\nWrite it as 3,17,40-44, or all.")
        ends = [int(first), int(last) if dash else int(first)]
        check_units(ends, available)
        found |= dict.fromkeys(range(ends[0], ends[1] + 1))
    if not found:
        raise UsageError(f"--units {text!r} names no unit.\nWrite it as 3,17,40-44, or all.")
    return list(found)


def _view(model: Model, layer: int, units: list[int] | None, sort: options.Sort | None, frame: Frame) -> View:
    from lstmgen.inspect.common.bands import View

    return View(
        layer=layer,
        units=units,
        sort=None if sort is None else sort.value,
        colours=frame.colours,
        width=frame.width,
        height=frame.height,
        spaced=model.header["level"] == "word",
    )
