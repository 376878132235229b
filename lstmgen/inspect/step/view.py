"""What `steps` shows: a text read step by step, every number on its wire, as it is or with something clamped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_of
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.measures import check_units, chosen_layer
from lstmgen.inspect.step.data import step_arrays, step_facts, step_table
from lstmgen.inspect.step.measure import CellStep, measure_step, strongest_units, units_are_words
from lstmgen.inspect.step.picture import draw_steps
from lstmgen.inspect.step.scene_picture import Scene
from lstmgen.inspect.step.summary_picture import step_summary
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.trace import Trace, trace_ids

if TYPE_CHECKING:
    from lstmgen.network import Clamp

_SHOWN = 12  # steps where none are asked for, one after another


@dataclass(frozen=True)
class Walk:
    """A text read step by step by a model under `clamps`. units: those to show; None: the strongest."""

    model: LoadedModel
    trace: Trace
    layer: int
    units: Sequence[int] | None = None
    clamps: Sequence[Clamp] = ()

    def under(self, model: LoadedModel, clamps: Sequence[Clamp]) -> Walk:
        """The same text read by a model of which other things are clamped."""
        trace = trace_ids(model.network, model.vocabulary.tokens, self.trace.ids, document_end=model.document_end)
        return replace(self, model=model, trace=trace, clamps=clamps)

    @property
    def scene(self) -> Scene:
        """What the pictures of all its steps share."""
        network = self.model.network
        shape = network.architecture
        top = self.layer == shape.layers - 1
        strongest = strongest_units(network, self.trace, self.layer).tolist()
        return Scene(
            title=self.model.name,
            cell=shape.cell,
            squashing=shape.squashing,
            layer=self.layer,
            layers=shape.layers,
            tokens=labels_of(self.trace.tokens),
            vocabulary=labels_of(self.model.vocabulary.tokens),
            order=strongest if self.units is None else [*self.units],
            output=network.views[shape.output_name] if shape.feeds_output(self.layer) else None,
            words=top and units_are_words(network.views),
            one_hot=not shape.embedding and self.layer == 0,
            spaced=self.model.header["level"] != "char",
            clamps=self.clamps,
        )

    def step(self, position: int) -> CellStep:
        """The step that reads the token at this place."""
        return measure_step(self.model.network, self.trace, position, self.layer, document_end=self.model.document_end)

    def facts(self, steps: Sequence[CellStep]) -> dict[str, Any]:
        """For machines."""
        shape = self.model.network.architecture
        facts = step_facts(steps, self.model.vocabulary.tokens, shape.cell, shape.squashing)
        clamps = [str(clamp) for clamp in self.clamps]
        return {"model": str(self.model.path), "layer": self.layer, "held": clamps, **facts}


@dataclass(frozen=True, kw_only=True)
class StepsView(View):
    """The view of some steps. walk: gives any other step of the same text."""

    walk: Walk


def steps_view(
    model: LoadedModel,
    trace: Trace,
    *,
    layer: int | None = None,
    at: int | range | None = None,
    units: Sequence[int] | None = None,
    clamps: Sequence[Clamp] = (),
    notes: Sequence[str] = (),
) -> StepsView:
    """The view of a trace, as `Model.steps` says. clamps: what of the model is clamped."""
    check_units(units or (), trace.units)
    walk = Walk(model, trace, chosen_layer(layer, trace.layers), units, clamps)
    count, scene = len(trace), walk.scene
    first = f"The first {_SHOWN} of {count:,} steps; others: --at {_SHOWN}:{min(2 * _SHOWN, count) - 1}"
    steps = [walk.step(position) for position in _positions(at, count)]
    return StepsView(
        title=f"The wires of {model.name}, step by step",
        draw=lambda frame: draw_steps(scene, steps, frame),
        make_data=lambda: walk.facts(steps),
        make_table=lambda: step_table(steps, model.vocabulary.tokens),
        make_arrays=lambda: step_arrays(steps),
        notes=[*notes, *([first] if at is None and count > _SHOWN else [])],
        hints=[] if scene.words else ["With -m lesson every unit is a word of its own."],
        make_summary=lambda: step_summary(
            steps, model.vocabulary.tokens, scene.cell, walk.layer, trace.layers, spaced=scene.spaced
        ),
        walk=walk,
    )


def _positions(at: int | range | None, count: int) -> range:
    """The steps asked for; where none are, the first of them."""
    if at is None:
        return range(min(_SHOWN, count))
    positions = range(at, at + 1) if isinstance(at, int) else at
    for position in (min(positions), max(positions)):
        if not 0 <= position < count:
            raise UsageError(f"There is no step {position}: they are numbered 0 to {count - 1}.")
    return positions
