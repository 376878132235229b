"""What `lstmgen inspect units` looks at: the units that follow properties, or one unit by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from lstmgen.arrays import Float32Array

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.measured import Measured
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.units.ablation import Effect
    from lstmgen.inspect.units.properties import Property
    from lstmgen.inspect.units.study import Study
    from lstmgen.inspection.trace import Trace

_PLACES = 24  # of either kind; a screen shows fewer


class Look:
    """A model over a text, and the ways to look at its units."""

    def __init__(
        self, model: Model, text: Measured, trace: Trace, chosen: tuple[str, int, int] | None, causal: bool,
        layers: list[int],
    ) -> None:  # fmt: skip
        self.model, self.text, self.trace, self.chosen, self.causal = model, text, trace, chosen, causal
        self.layers = layers if chosen is None or chosen[1] in layers else [chosen[1]]

    def response(self) -> View:
        """One unit by itself."""
        from lstmgen.inspect.canvas.labels import labels_of
        from lstmgen.inspect.canvas.view import View
        from lstmgen.inspect.units.responses import response_of
        from lstmgen.inspect.units.responses_picture import Unit, draw_response, response_facts, response_table

        assert self.chosen is not None
        letter, layer, number = self.chosen
        values = self.trace[letter][:, layer, number]
        names = self.model.network.architecture.facts.quantity(letter).names
        where = f"layer {layer} · " if self.trace.layers > 1 else ""
        title = f"{self.model.name} · {where}unit {number} · {names}"
        tokens = self.model.vocabulary.tokens
        shown = Unit(
            title,
            self.text.words,
            values,
            labels_of(self.trace.tokens),
            labels_of(tokens),
            self.model.header["level"] == "word",
        )
        found, effect = response_of(values, self.text.ids, _PLACES), self.effect_of(layer, number, None)
        facts = {
            "model": str(self.model.path),
            "state": letter,
            "layer": layer,
            "unit": number,
            "text": self.text.words,
        }
        return View(
            title=title,
            draw=lambda frame: draw_response(shown, found, effect, frame.width, frame.height, frame.colours),
            make_data=lambda: {**facts, **response_facts(shown, found, tokens), "held": effect},
            make_table=lambda: response_table(shown, self.trace.tokens),
        )

    def followers(self, properties: Sequence[Property]) -> View:
        """The best units of all properties, or the ranking for one."""
        from lstmgen.cleaning import on_one_line
        from lstmgen.inspect.canvas.view import View
        from lstmgen.inspect.units.measure import candidates_of, find_units
        from lstmgen.inspect.units.picture import draw_table
        from lstmgen.inspect.units.study import Study, study_facts, study_table

        candidates = candidates_of(self.trace, self.layers)
        ids, size = self.text.ids, len(self.model.vocabulary)
        findings = find_units(candidates.values, properties, ids, size, self._twins())
        study = Study(self.model.name, on_one_line(self.text.words), candidates, findings, self.trace.layers)

        def facts() -> dict[str, object]:
            return {"model": str(self.model.path), **study_facts(study, every=len(properties) == 1)}

        if len(properties) == 1:
            return self._ranking(study, facts)
        example = next((one.wanted.name for one in findings if one.verdict == "found"), "quotes")
        return View(
            title=f"What the units of {study.name} follow",
            draw=lambda frame: draw_table(study, frame.width, f"lstmgen inspect units {example} --causal"),
            make_data=facts,
            make_table=lambda: study_table(study, every=False),
        )

    def _ranking(self, study: Study, facts: Callable[[], dict[str, object]]) -> View:
        from lstmgen.cleaning import on_one_line
        from lstmgen.inspect.canvas.labels import labels_of
        from lstmgen.inspect.canvas.view import View
        from lstmgen.inspect.units.picture import Ranking, draw_ranking
        from lstmgen.inspect.units.readout import Readout
        from lstmgen.inspect.units.study import study_table

        found = study.findings[0]
        shown = found.best if self.chosen is None else list(study.candidates.names).index(self.chosen)
        _, layer, number = study.candidates.names[shown]
        effect = self.effect_of(layer, number, found.wanted) if found.measured else None
        ranking = Ranking(found, shown, effect, labels_of(self.model.vocabulary.tokens))
        labels, spaced = labels_of(self.trace.tokens), self.model.header["level"] == "word"
        return View(
            title=f"Which unit of {study.name} follows: {on_one_line(found.wanted.words)}",
            draw=lambda frame: draw_ranking(
                study, ranking, Readout(labels, frame.width, frame.height, frame.colours, spaced)
            ),
            make_data=lambda: {**facts(), "held": effect},
            make_table=lambda: study_table(study, every=True),
        )

    def effect_of(self, layer: int, number: int, wanted: Property | None) -> Effect | None:
        """What holding the unit costs, if that is asked for."""
        if not self.causal:
            return None
        from lstmgen.inspect.units.ablation import effect_of

        mean = float(self.trace["h"][:, layer, number].mean())
        holds = None if wanted is None or wanted.numeric else wanted.levels > 0
        return effect_of(
            self.model.network, self.text.ids, layer, number, mean, property_holds=holds, newline=self.text.newline
        )

    def _twins(self) -> Iterator[Float32Array]:
        from lstmgen.inspect.units.measure import candidates_of
        from lstmgen.inspect.units.permutation_control import shuffled_twins
        from lstmgen.inspection.trace import trace_ids

        for twin in shuffled_twins(self.model.network):
            trace = trace_ids(twin, self.model.vocabulary.tokens, self.text.ids, newline=self.text.newline)
            yield candidates_of(trace, self.layers).values
