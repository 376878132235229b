"""`lstmgen inspect gates`: what every gate does while a text is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmgen.cli.inspect import options
from lstmgen.cli.inspect.source import labels_of, name_of
from lstmgen.cli.terminal import Talk
from lstmgen.errors import UsageError

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.cli.inspect.finding import Frame
    from lstmgen.inspection import Trace
    from lstmgen.render.bands import View
    from lstmgen.render.picture import Picture

LARGEST = {"txt": 1 << 24, "json": 1 << 21, "csv": 1 << 21, "npz": 1 << 26}  # numbers in a trace: 64 MB, 20 MB, 256 MB


def gates(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    layer: options.Layer = None,
    units: options.Units = None,
    sort: options.SortBy = None,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See what the gates and states do while a text is read, token by token.

    [bold]lstmgen inspect gates[/]                            on the model's own writing
    [bold]lstmgen inspect gates --text "Jane saw Spot."[/]    on a text of yours
    [bold]lstmgen inspect gates --units all | less[/]         everything, in digits
    [bold]lstmgen inspect gates -o gates.npz[/]               for numpy
    """
    from lstmgen.cli.inspect.finding import Finding, deliver, forms_of
    from lstmgen.cli.inspect.source import read_source, trace_source
    from lstmgen.cli.inspect.target import form_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    talk = Talk(quiet)
    given = read_source(text, file, talk)

    from lstmgen import api
    from lstmgen.cli.sample import introduce
    from lstmgen.inspection import check_layer
    from lstmgen.render.data import trace_arrays, trace_facts, trace_table

    loaded = api.load(model)
    introduce(talk, loaded)
    sizes = loaded.header["sizes"]
    chosen = sizes["layers"] - 1 if layer is None else layer
    check_layer(chosen, sizes["layers"])
    wanted = None if units is None else parse_units(units, sizes["units"])
    trace = trace_source(loaded, given, LARGEST.get(form, LARGEST["txt"]), talk)
    finding = Finding(
        title=f"Gates of {name_of(loaded)} over a text",
        picture=lambda frame: _picture(loaded, trace, _view(loaded, chosen, wanted, sort, frame)),
        facts=lambda: {"model": str(loaded.path), **trace_facts(trace)},
        table=lambda: trace_table(trace),
        arrays=lambda: trace_arrays(trace),
    )
    return deliver(finding, form, out, talk)


def parse_units(text: str, available: int) -> list[int]:
    """Units named as in 3,17,40-44, or all of them. Raises UsageError."""
    from lstmgen.inspection import check_units

    if text.strip().lower() == "all":
        return list(range(available))
    found: dict[int, None] = {}  # in the order they were named, each once
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if not _is_number(first) or (dash and not _is_number(last)):
            raise UsageError(f"--units {text!r} is no list of units.\nWrite it as 3,17,40-44, or all.")
        ends = [int(first), int(last) if dash else int(first)]
        check_units(ends, available)
        found |= dict.fromkeys(range(ends[0], ends[1] + 1))
    if not found:
        raise UsageError(f"--units {text!r} names no unit.\nWrite it as 3,17,40-44, or all.")
    return list(found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _view(model: Model, layer: int, units: list[int] | None, sort: options.Sort | None, frame: Frame) -> View:
    from lstmgen.render.bands import View

    return View(
        layer=layer,
        units=units,
        sort=None if sort is None else sort.value,
        colours=frame.colours,
        width=frame.width,
        height=frame.height,
        spaced=model.header["level"] == "word",
    )


def _picture(model: Model, trace: Trace, view: View) -> Picture:
    from lstmgen.render.gates import draw_gates

    return draw_gates(trace, labels_of(trace.tokens), view, name_of(model))
