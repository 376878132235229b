"""`lstmgen inspect step`: one time step a screen, the lecture's wiring with its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal import options as common
from lstmgen.terminal.amounts import is_whole_number
from lstmgen.terminal.inference_options import clamp_specs
from lstmgen.terminal.keys import can_read_keys
from lstmgen.terminal.model_name import announce_model
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

_At = Annotated[
    str | None,
    options.option(
        options.PICTURE,
        "Print this step, or steps such as 3:6, instead of walking through them.",
        "--at",
        metavar="STEP",
    ),
]
_Shown = Annotated[
    str | None,
    options.option(
        options.PICTURE,
        "Units to show, such as 3,17,40-44. [default: those with most weight in the prediction]",
        "--units",
        metavar="LIST",
    ),
]


def step(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    layer: options.Layer = None,
    at: _At = None,
    units: _Shown = None,
    set_gate: common.SetGate = None,
    set_unit: common.SetUnit = None,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """Walk through a text step by step: from the new input to the next word, with the number on every wire.

    [bold]lstmgen inspect step -m lesson[/]                  where every unit is a word
    [bold]lstmgen inspect step -m lesson --set-gate f=0[/]   the same without a memory
    [bold]lstmgen inspect step --at 3:6[/]                   four steps, printed

    On a terminal: right and left step forward and back, f, i, o, g and u clamp a gate or unit, h: help, q: quit.
    """
    form = form_of(out, json, forms_of(table=True, arrays=True))
    ground = options.theme_of(theme, form)
    messages = Messages(quiet)
    clamps = clamp_specs(set_gate, set_unit)
    source = take_source(text, file, encoding, messages)
    walking = form == "txt" and out is None and at is None and file != "-" and can_read_keys()

    from lstmgen import api

    loaded = api.load(model)
    steered = loaded.clamped(*clamps) if clamps else loaded
    announce_model(messages, loaded)
    given = source.read(loaded.header, messages)
    with working(messages, "Reading the text", silent=json):
        view = steered.steps(
            given,
            layer=layer,
            at=0 if walking else _positions(at),
            units=None if units is None else options.parse_units(units, loaded.header["sizes"]["units"]),
            max_tokens=max_tokens,
        )
    if walking:
        for note in view.notes:
            messages.notice(note)
        from lstmgen.inspect.step.player_command import play

        return play(steered, view.walk)
    return deliver(view if form == "txt" else replace(view, hints=()), form, out, messages, ground)


def _positions(at: str | None) -> range | None:
    """The steps asked for, the last one included."""
    if at is None:
        return None
    first, colon, last = (part.strip() for part in at.partition(":"))
    ends = [first, last if colon else first]
    if not all(map(is_whole_number, ends)):
        raise UsageError(f"--at {at!r} is no step.\nWrite it as 3, or as 3:6 for steps 3 to 6.")
    low, high = map(int, ends)
    if low > high:
        raise UsageError(f"--at {at} goes backwards.\nWrite it as {high}:{low}.")
    return range(low, high + 1)
