"""`lstmgen inspect gates`: what every gate does while a text is read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstmgen.cli.inspect import options
from lstmgen.cli.terminal import Talk, clean
from lstmgen.errors import UsageError

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.inspection import Trace
    from lstmgen.render.bands import View
    from lstmgen.render.picture import Picture

LARGEST = {"txt": 1 << 24, "json": 1 << 21, "npz": 1 << 26}  # numbers in a trace: 64 MB, 20 MB of text, 256 MB


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
    from lstmgen.cli.inspect.source import read_source, trace_source
    from lstmgen.cli.inspect.target import form_of, show, write_file

    form = form_of(out, json, ("txt", "json", "npz"))
    talk = Talk(quiet)
    given = read_source(text, file, talk)

    from lstmgen import api
    from lstmgen.cli.sample import introduce
    from lstmgen.inspection import check_layer

    loaded = api.load(model)
    introduce(talk, loaded)
    sizes = loaded.header["sizes"]
    chosen = sizes["layers"] - 1 if layer is None else layer
    check_layer(chosen, sizes["layers"])
    wanted = None if units is None else parse_units(units, sizes["units"])
    trace = trace_source(loaded, given, LARGEST[form], talk)
    if form == "txt":
        picture = _picture(loaded, trace, _view(loaded, chosen, wanted, sort, to_file=out is not None))
        if out is None:
            return show(picture)
    if out is None:
        sys.stdout.write(_as_json(loaded, trace))
        return None
    if form == "npz":
        from lstmgen.render.data import write_trace

        write_file(out, lambda stream: write_trace(trace, stream))
    else:
        product = picture.plain if form == "txt" else _as_json(loaded, trace)
        write_file(out, lambda stream: stream.write(product.encode("utf-8", "backslashreplace")))
    return talk.say(f"wrote {out}")


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


def _view(model: Model, layer: int, units: list[int] | None, sort: options.Sort | None, *, to_file: bool) -> View:
    from lstmgen.cli.inspect.target import OTHERS, SCREEN, colours_of_terminal, screen
    from lstmgen.render.bands import View

    width, height = (SCREEN[0], SCREEN[1] - OTHERS) if to_file else screen()
    return View(
        layer=layer,
        units=units,
        sort=None if sort is None else sort.value,
        colours=None if to_file else colours_of_terminal(),
        width=width,
        height=height,
        spaced=model.header["level"] == "word",
    )


def _picture(model: Model, trace: Trace, view: View) -> Picture:
    from lstmgen.render.columns import token_label
    from lstmgen.render.gates import draw_gates

    labels = [token_label(token, _on_one_line) for token in trace.tokens]
    title = "" if model.path is None else _on_one_line(model.path.stem)
    return draw_gates(trace, labels, view, title)


def _on_one_line(text: str) -> str:
    return clean(text, one_line=True)


def _as_json(model: Model, trace: Trace) -> str:
    from lstmgen.render.data import trace_json

    return trace_json(trace, {"model": str(model.path)})
