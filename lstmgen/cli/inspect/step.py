"""`lstmgen inspect step`: one time step a screen, the lecture's wiring with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstmgen.cli import options as common
from lstmgen.cli.holding import what_to_hold
from lstmgen.cli.inspect import options
from lstmgen.cli.inspect.source import labels_of, name_of
from lstmgen.cli.terminal import Talk
from lstmgen.errors import UsageError

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.cli.inspect.finding import Frame
    from lstmgen.inspection import Trace
    from lstmgen.inspection.step import Step
    from lstmgen.render.picture import Picture
    from lstmgen.render.step import Scene

LARGEST = 1 << 21  # numbers in a trace: walked through by hand, and run anew at every change of what is held
SHOWN = 12  # steps without --at, one after another

At = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="Print this step, or steps such as 3:6, instead of walking through them.",
        rich_help_panel=options.PICTURE,
        metavar="STEP",
        show_default=False,
    ),
]
Shown = Annotated[
    str | None,
    typer.Option(
        "--units",
        help="Units to show, such as 3,17,40-44. Without it: those that weigh most in the prediction.",
        rich_help_panel=options.PICTURE,
        metavar="LIST",
        show_default=False,
    ),
]


def step(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    layer: options.Layer = None,
    at: At = None,
    units: Shown = None,
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
    from lstmgen.cli.inspect.finding import Finding, deliver, forms_of
    from lstmgen.cli.inspect.source import read_source, trace_source
    from lstmgen.cli.inspect.target import form_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    talk = Talk(quiet)
    holding = what_to_hold(set_gate, set_unit)
    given = read_source(text, file, talk)

    from lstmgen import api
    from lstmgen.cli.inspect.gates import parse_units
    from lstmgen.cli.keys import can_walk
    from lstmgen.cli.sample import introduce
    from lstmgen.inspection import check_layer

    loaded = api.load(model)
    sizes = loaded.header["sizes"]
    chosen = sizes["layers"] - 1 if layer is None else layer
    check_layer(chosen, sizes["layers"])
    first = None if units is None else parse_units(units, sizes["units"])
    steered = loaded.held(*holding) if holding else loaded
    walking = form == "txt" and out is None and at is None and file != "-" and can_walk()
    introduce(talk, loaded)
    trace = trace_source(loaded, given, LARGEST, talk)
    walk = Walk(loaded, trace, chosen, first).under(steered)
    if walking:
        from lstmgen.cli.inspect.player import play

        return play(walk)
    positions = _positions(at, len(trace), talk)
    if form == "txt" and not walk.scene.words:
        talk.say("With -m lesson every unit is a word of its own.")
    steps = [walk.step(position) for position in positions]
    return deliver(
        Finding(
            title=f"The wires of {name_of(loaded)}, step by step",
            picture=lambda frame: _pictures(walk, steps, frame),
            facts=lambda: walk.facts(steps),
            table=lambda: _table(walk, steps),
            arrays=lambda: _arrays(steps),
        ),
        form,
        out,
        talk,
    )


@dataclass(frozen=True)
class Walk:
    """A text that is read step by step by a model, as it is or with something held."""

    model: Model
    trace: Trace
    layer: int
    first: Sequence[int] | None

    def under(self, steered: Model) -> Walk:
        """The same text read by a model of which other things are held."""
        if steered is self.model:
            return self
        from lstmgen.inspection import trace_ids

        tokens = self.model.vocabulary.tokens
        trace = trace_ids(steered.network, tokens, self.trace.ids, newline=self.newline)
        return replace(self, model=steered, trace=trace)

    @property
    def newline(self) -> int | None:
        """The id that is read as nothing, where every line stands alone."""
        tokens = self.model.vocabulary.tokens
        return tokens.index("\n") if self.model.lines and "\n" in tokens else None

    @property
    def scene(self) -> Scene:
        """What the pictures of all its steps share."""
        from lstmgen.inspection.step import strongest_units, units_are_words
        from lstmgen.render.step import Scene

        network = self.model.network
        shape = network.architecture
        top = self.layer == shape.layers - 1
        strongest = strongest_units(network, self.trace, self.layer).tolist()
        return Scene(
            title=name_of(self.model),
            cell=shape.cell,
            squashing=shape.squashing,
            layer=self.layer,
            layers=shape.layers,
            tokens=labels_of(self.trace.tokens),
            vocabulary=labels_of(self.model.vocabulary.tokens),
            order=strongest if self.first is None else [*self.first],
            output=network.views["output.W"] if top else None,
            words=top and units_are_words(network.views),
            one_hot=not shape.embedding and self.layer == 0,
            spaced=self.model.header["level"] == "word",
            holds=self.model.holds,
        )

    def step(self, position: int) -> Step:
        """The step that reads the token at this place."""
        from lstmgen.inspection.step import step_of

        return step_of(self.model.network, self.trace, position, self.layer, newline=self.newline)

    def facts(self, steps: Sequence[Step]) -> dict[str, Any]:
        """For machines."""
        from lstmgen.render.stepdata import step_facts

        shape = self.model.network.architecture
        facts = step_facts(steps, self.model.vocabulary.tokens, shape.cell, shape.squashing)
        held = [str(hold) for hold in self.model.holds]
        return {"model": str(self.model.path), "layer": self.layer, "held": held, **facts}


def _pictures(walk: Walk, steps: Sequence[Step], frame: Frame) -> Picture:
    from lstmgen.render.picture import Picture
    from lstmgen.render.step import draw_step

    scene = replace(walk.scene, width=frame.width, colours=frame.colours)
    whole = Picture()
    for number, one in enumerate(steps):
        if number:
            whole.add()
        whole.lines += draw_step(scene, one).lines
    return whole


def _table(walk: Walk, steps: Sequence[Step]) -> Any:
    from lstmgen.render.stepdata import step_table

    return step_table(steps, walk.model.vocabulary.tokens)


def _arrays(steps: Sequence[Step]) -> Any:
    from lstmgen.render.stepdata import step_arrays

    return step_arrays(steps)


def _positions(at: str | None, count: int, talk: Talk) -> range:
    """The steps asked for, the last one included; without a wish the first of them, with a word."""
    if at is None:
        if count > SHOWN:
            talk.insist(f"The first {SHOWN} of {count:,} steps; others: --at {SHOWN}:{min(2 * SHOWN, count) - 1}")
        return range(min(SHOWN, count))
    first, colon, last = (part.strip() for part in at.partition(":"))
    ends = [first, last if colon else first]
    if not all(end.isascii() and end.isdigit() and len(end) < 10 for end in ends):
        raise UsageError(f"--at {at!r} is no step.\nWrite it as 3, or as 3:6 for steps 3 to 6.")
    low, high = map(int, ends)
    if not low <= high < count:
        raise UsageError(
            f"There is no step {high}: they are numbered 0 to {count - 1}."
            if high >= count
            else f"--at {at} goes backwards.\nWrite it as {high}:{low}."
        )
    return range(low, high + 1)
