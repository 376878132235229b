"""`lstmgen inspect step`: one time step a screen, the lecture's wiring with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.source import layer_of
from lstmgen.terminal import options as common
from lstmgen.terminal.amounts import is_whole_number
from lstmgen.terminal.inference_options import clamp_specs
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.frame import Frame
    from lstmgen.inspect.canvas.picture import Picture
    from lstmgen.inspect.step.measure import Step
    from lstmgen.inspect.step.walk import Walk

_LARGEST = 1 << 21  # numbers in a trace: walked through by hand, and run anew at every change of what is held
_SHOWN = 12  # steps without --at, one after another

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
        "Units to show, such as 3,17,40-44. Without it: those that weigh most in the prediction.",
        "--units",
        metavar="LIST",
    ),
]


def step(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    layer: options.Layer = None,
    at: _At = None,
    units: _Shown = None,
    set_gate: common.SetGate = None,
    set_unit: common.SetUnit = None,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """Walk through a text step by step: from the new information to the next word, with every number on its wire.

    [bold]lstmgen inspect step -m lesson[/]                  where every unit is a word
    [bold]lstmgen inspect step -m lesson --set-gate f=0[/]   the same without a memory
    [bold]lstmgen inspect step --at 3:6[/]                   four steps, printed

    On a terminal: right and left go on and back, f, i, o, g and u hold a gate or a unit, h helps, q quits.
    """
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of
    from lstmgen.inspect.commands.source import read_source, trace_source

    form = form_of(out, json, forms_of(table=True, arrays=True))
    messages = Messages(quiet)
    holding = clamp_specs(set_gate, set_unit)
    given = read_source(text, file, messages)

    from lstmgen import api
    from lstmgen.inspect.step.data import step_arrays, step_table
    from lstmgen.inspect.step.walk import Walk
    from lstmgen.terminal.keys import can_read_keys
    from lstmgen.terminal.streams import announce_model

    loaded = api.load(model)
    chosen = layer_of(loaded, layer)
    first = None if units is None else options.parse_units(units, loaded.header["sizes"]["units"])
    steered = loaded.held(*holding) if holding else loaded
    walking = form == "txt" and out is None and at is None and file != "-" and can_read_keys()
    announce_model(messages, loaded)
    trace = trace_source(loaded, given, _LARGEST, messages)
    walk = Walk(loaded, trace, chosen, first).under(steered)
    if walking:
        from lstmgen.inspect.step.player import play

        return play(walk)
    positions = _positions(at, len(trace), messages)
    if form == "txt" and not walk.scene.words:
        messages.info("With -m lesson every unit is a word of its own.")
    steps = [walk.step(position) for position in positions]
    return deliver(
        View(
            title=f"The wires of {loaded.name}, step by step",
            draw=lambda frame: _pictures(walk, steps, frame),
            make_data=lambda: walk.facts(steps),
            make_table=lambda: step_table(steps, walk.model.vocabulary.tokens),
            make_arrays=lambda: step_arrays(steps),
        ),
        form,
        out,
        messages,
    )


def _pictures(walk: Walk, steps: Sequence[Step], frame: Frame) -> Picture:
    from lstmgen.inspect.canvas.picture import Picture
    from lstmgen.inspect.step.picture import draw_step

    scene = replace(walk.scene, width=frame.width, colours=frame.colours)
    whole = Picture()
    for number, one in enumerate(steps):
        if number:
            whole.add()
        whole.lines += draw_step(scene, one).lines
    return whole


def _positions(at: str | None, count: int, messages: Messages) -> range:
    """The steps asked for, the last one included; without a wish the first of them, with a word."""
    if at is None:
        if count > _SHOWN:
            messages.notice(
                f"The first {_SHOWN} of {count:,} steps; others: --at {_SHOWN}:{min(2 * _SHOWN, count) - 1}"
            )
        return range(min(_SHOWN, count))
    first, colon, last = (part.strip() for part in at.partition(":"))
    ends = [first, last if colon else first]
    if not all(map(is_whole_number, ends)):
        raise UsageError(f"--at {at!r} is no step.\nWrite it as 3, or as 3:6 for steps 3 to 6.")
    low, high = map(int, ends)
    if not low <= high < count:
        raise UsageError(
            f"There is no step {high}: they are numbered 0 to {count - 1}."
            if high >= count
            else f"--at {at} goes backwards.\nWrite it as {high}:{low}."
        )
    return range(low, high + 1)
