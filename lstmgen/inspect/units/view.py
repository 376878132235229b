"""What `units` shows: which units follow a property of a text, or where one unit by itself is high and low."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstmgen.arrays import Float32Array
from lstmgen.cleaning import on_one_line
from lstmgen.errors import TextError, UsageError
from lstmgen.inspect.canvas.labels import labels_of, title_line
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.measures import check_units, chosen_layer
from lstmgen.inspect.units.ablation import Ablation, ablate
from lstmgen.inspect.units.measure import Verdict, associate, unit_states
from lstmgen.inspect.units.permutation_control import permuted_networks
from lstmgen.inspect.units.picture import Ranking, draw_ranking, draw_table
from lstmgen.inspect.units.properties import PROPERTIES, Property, property_after, property_of, property_of_labels
from lstmgen.inspect.units.readout_picture import Readout
from lstmgen.inspect.units.responses import response_of
from lstmgen.inspect.units.responses_picture import UnitPage, draw_response, response_facts, response_table
from lstmgen.inspect.units.study import Study, study_facts, study_table
from lstmgen.inspect.units.summary_picture import ranking_summary, response_summary, table_summary
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.measured_text import MeasuredText
from lstmgen.inspection.trace import Trace, trace_ids

_PEAKS = 24  # highest and lowest places of a unit; a screen shows fewer
_FEWEST = 100  # tokens with which chance can be told from anything else


@dataclass(frozen=True)
class UnitsQuestion:
    """What is asked, as `Model.units` says. Raises UsageError where that contradicts itself."""

    wanted: str | None = None
    after: str | None = None
    labels: str | Sequence[float] | None = None
    unit: str | None = None
    causal: bool = False
    layer: int | None = None

    def __post_init__(self) -> None:
        given = (("PROPERTY", self.wanted), ("--after", self.after), ("--labels", self.labels))
        asked = [name for name, value in given if value is not None]
        if len(asked) > 1:
            raise UsageError(f"{' and '.join(asked)} each name a property; give one of them.")
        if self.causal and not asked and self.unit is None:
            raise UsageError("--causal needs to know which unit.\nName a property, or a unit with --unit.")
        if self.wanted is not None and self.wanted not in PROPERTIES:
            raise UsageError(
                f"There is no property {self.wanted!r}.\nThere are: {', '.join(PROPERTIES)}; or --after, --labels."
            )


def units_view(model: LoadedModel, text: MeasuredText, question: UnitsQuestion) -> View:
    """The view of a text, as `Model.units` says. Raises UsageError for a layer, a unit or labels that do not fit."""
    layer = chosen_layer(question.layer, model.network.architecture.layers)
    unit = None if question.unit is None else _parse_unit(question.unit, model, layer)
    properties = _properties(question, text)
    trace = trace_ids(model.network, model.vocabulary.tokens, text.ids, document_end=text.document_end)
    looked_at = _LookedAt(model, text, trace, question.causal)
    if not properties:
        assert unit is not None  # else there are properties
        view = looked_at.unit(*unit)
    else:
        view = looked_at.properties(properties, range(trace.layers) if question.layer is None else [layer], unit)
    return replace(view, notes=text.notes, hints=text.hints)


def _parse_unit(text: str, model: LoadedModel, layer: int) -> tuple[str, int, int]:
    """State, layer and number. Raises UsageError."""
    architecture = model.network.architecture
    states = architecture.facts.states
    letter, number = (text[0], text[1:]) if text[:1] in states else (states[0], text)
    if not (number.isascii() and number.isdigit()):
        which = " or ".join(f"{state}17" for state in states)
        raise UsageError(f"--unit {text!r} is not a valid unit.\nWrite it as 17, {which}.")
    check_units([int(number)], architecture.units)
    return letter, layer, int(number)


def _properties(question: UnitsQuestion, text: MeasuredText) -> list[Property]:
    """What is asked for: one, or all; none where only a unit is."""
    reading = text.reading
    if question.wanted is not None:
        properties = [property_of(question.wanted, reading)]
    elif question.after is not None:
        properties = [property_after(question.after, reading)]
    elif question.labels is not None:
        properties = [property_of_labels(question.labels, reading)]
    else:
        properties = [] if question.unit is not None else [property_of(name, reading) for name in PROPERTIES]
    if properties and len(text.ids) < _FEWEST:
        raise TextError(
            f"The text has {len(text.ids):,} tokens; with fewer than {_FEWEST} nothing can be told from chance.\n"
            "Give a longer text."
        )
    return [replace(one, words=on_one_line(one.words)) for one in properties]


@dataclass(frozen=True)
class _LookedAt:
    """A model over a text. causal: whether it is measured what clamping a unit costs."""

    model: LoadedModel
    text: MeasuredText
    trace: Trace
    causal: bool

    @property
    def words(self) -> str:
        return on_one_line(self.text.words)

    def unit(self, letter: str, layer: int, number: int) -> View:
        """One unit by itself."""
        model, trace, tokens = self.model, self.trace, self.model.vocabulary.tokens
        values = trace[letter][:, layer, number]
        where = f"layer {layer} · " if trace.layers > 1 else ""
        title = title_line(model.name, f"{where}unit {number}", trace.facts.quantity(letter).names)
        page = UnitPage(title, self.words, values, labels_of(trace.tokens), labels_of(tokens), self._spaced)
        response, ablation = response_of(values, self.text.ids, _PEAKS), self._ablation(layer, number, None)
        facts = {"model": str(model.path), "state": letter, "layer": layer, "unit": number, "text": self.words}
        return View(
            title=title,
            draw=lambda frame: draw_response(page, response, ablation, frame),
            make_data=lambda: {**facts, **response_facts(page, response, tokens), "held": ablation},
            make_table=lambda: response_table(page, trace.tokens),
            make_summary=lambda: response_summary(f"{letter} {number}", response, tokens, ablation),
        )

    def properties(
        self, properties: Sequence[Property], layers: Sequence[int], unit: tuple[str, int, int] | None
    ) -> View:
        """The best units of all properties, or the ranking for one. unit: shown in place of the best."""
        states, vocabulary = unit_states(self.trace, layers), len(self.model.vocabulary)
        associations = associate(states.values, properties, self.text.ids, vocabulary, self._permuted(layers))
        study = Study(self.model.name, self.words, states, associations, self.trace.layers)
        if len(properties) == 1:
            return self._ranking(study, unit)
        followed = [one.wanted.name for one in associations if one.verdict == Verdict.FOUND]
        example = f"lstmgen inspect units {followed[0] if followed else 'quotes'} --causal"
        return View(
            title=f"What the units of {study.name} follow",
            draw=lambda frame: draw_table(study, frame, example),
            make_data=lambda: self._facts(study, every=False),
            make_table=lambda: study_table(study, every=False),
            make_summary=lambda: table_summary(study),
        )

    def _facts(self, study: Study, *, every: bool) -> dict[str, Any]:
        return {"model": str(self.model.path), **study_facts(study, every=every)}

    def _ranking(self, study: Study, unit: tuple[str, int, int] | None) -> View:
        (association,) = study.associations
        shown = association.best if unit is None else list(study.states.names).index(unit)
        _, layer, number = study.states.names[shown]
        ablation = self._ablation(layer, number, association.wanted) if association.measured else None
        ranking = Ranking(association, shown, ablation, labels_of(self.model.vocabulary.tokens))
        labels = labels_of(self.trace.tokens)
        return View(
            title=f"Which unit of {study.name} follows: {association.wanted.words}",
            draw=lambda frame: draw_ranking(study, ranking, Readout(labels, frame, self._spaced)),
            make_data=lambda: {**self._facts(study, every=True), "held": ablation},
            make_table=lambda: study_table(study, every=True),
            make_summary=lambda: ranking_summary(study, association, shown, ablation),
        )

    @property
    def _spaced(self) -> bool:
        return bool(self.model.header["level"] != "char")

    def _ablation(self, layer: int, number: int, wanted: Property | None) -> Ablation | None:
        """What clamping the unit at its mean costs, if that is asked for."""
        if not self.causal:
            return None
        mean = float(np.mean(self.trace["h"][:, layer, number]))
        holds = None if wanted is None or wanted.numeric else wanted.levels > 0
        return ablate(
            self.model.network,
            self.text.ids,
            layer,
            number,
            mean,
            property_holds=holds,
            document_end=self.text.document_end,
        )

    def _permuted(self, layers: Sequence[int]) -> Iterator[Float32Array]:
        """States of networks with the same weights in random order."""
        for network in permuted_networks(self.model.network):
            trace = trace_ids(network, self.model.vocabulary.tokens, self.text.ids, document_end=self.text.document_end)
            yield unit_states(trace, layers).values
