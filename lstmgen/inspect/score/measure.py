"""One model on a passage: its surprise token by token, with and without help, and the figures made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.passage import Passage
from lstmgen.inspection.score import ScoreFigures, score_figures, surprisal_in_fresh_windows
from lstmgen.inspection.staged_surprisal import StagedSurprisal, staged_surprisal
from lstmgen.lazy import cached_property
from lstmgen.network import InferenceNetwork
from lstmgen.settings import InferenceSettings
from lstmgen.text.mixture import NgramCorpus


@dataclass(frozen=True, eq=False)
class Scored:
    """A model, by its name, on a passage; reading: what was measured from a carried state, with help if it had any.

    vocabulary: its size. In fresh windows (afresh) the passage is read when that is asked for.
    """

    name: str
    passage: Passage
    level: str
    vocabulary: int
    network: InferenceNetwork
    reading: StagedSurprisal

    @property
    def aided(self) -> StagedSurprisal | None:
        """How it was helped; None where it was not. nats and figures are with that help."""
        return self.reading if self.reading.uses_inference else None

    @property
    def nats(self) -> Float64Array:
        """Surprise of every token (T,)."""
        return self.reading.nats

    @cached_property
    def figures(self) -> ScoreFigures:
        """What is said of the passage."""
        return score_figures(self.nats, self.passage)

    @cached_property
    def nats_afresh(self) -> Float64Array:
        """Surprise of every token (T,), without help, in windows that each begin from nothing."""
        read = self.passage.known_only()
        return self.passage.with_charges(surprisal_in_fresh_windows(self.network, read.ids, read.starts))

    @cached_property
    def afresh(self) -> ScoreFigures:
        """The figures in fresh windows."""
        return score_figures(self.nats_afresh, self.passage)


def score_passage(
    model: LoadedModel, passage: Passage, settings: InferenceSettings, counted: NgramCorpus | None
) -> Scored:
    """Read a passage with the help that is asked for; counted: what the n-grams are counted in, if they are to help."""
    level, read = model.header["level"], passage.known_only()
    reading = staged_surprisal(model.network, read.ids, read.starts, settings, level, counted)
    if read is not passage:
        reading = _charged(reading, passage)
    return Scored(model.name, passage, level, len(model.vocabulary), model.network, reading)


def _charged(reading: StagedSurprisal, passage: Passage) -> StagedSurprisal:
    """A reading of what is known as one of the whole passage: what has no id is charged alike at every stage."""
    weights = None
    if reading.weights is not None:
        weights = np.zeros(len(passage))
        weights[passage.known] = reading.weights
    return replace(
        reading,
        alone=passage.with_charges(reading.alone),
        nats=passage.with_charges(reading.nats),
        adapted=None if reading.adapted is None else passage.with_charges(reading.adapted),
        ngram=None if reading.ngram is None else passage.with_charges(reading.ngram),
        weights=weights,
    )
