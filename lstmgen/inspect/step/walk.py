"""A text read step by step, as it is or with something held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstmgen.api import Model
from lstmgen.inspect.canvas.labels import labels_of
from lstmgen.inspect.step.data import step_facts
from lstmgen.inspect.step.measure import Step, step_of, strongest_units, units_are_words
from lstmgen.inspect.step.scene import Scene
from lstmgen.inspection.trace import Trace, trace_ids


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
        tokens = self.model.vocabulary.tokens
        trace = trace_ids(steered.network, tokens, self.trace.ids, newline=self.model.newline)
        return replace(self, model=steered, trace=trace)

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
            order=strongest if self.first is None else [*self.first],
            output=network.views[shape.output_name] if shape.feeds_output(self.layer) else None,
            words=top and units_are_words(network.views),
            one_hot=not shape.embedding and self.layer == 0,
            spaced=self.model.header["level"] == "word",
            holds=self.model.holds,
        )

    def step(self, position: int) -> Step:
        """The step that reads the token at this place."""
        return step_of(self.model.network, self.trace, position, self.layer, newline=self.model.newline)

    def facts(self, steps: Sequence[Step]) -> dict[str, Any]:
        """For machines."""
        shape = self.model.network.architecture
        facts = step_facts(steps, self.model.vocabulary.tokens, shape.cell, shape.squashing)
        held = [str(hold) for hold in self.model.holds]
        return {"model": str(self.model.path), "layer": self.layer, "held": held, **facts}
