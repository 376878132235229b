"""A model helped without training: having learned from a text it read, or beside n-grams of its training text."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from lstmgen.api.recorded import TrainingText, find_training_text, why_missing
from lstmgen.arrays import Int32Array, Int64Array
from lstmgen.errors import TextError, UsageError
from lstmgen.inspection.baselines import count_ngrams
from lstmgen.inspection.loaded import InferenceState, LoadedModel
from lstmgen.inspection.score import surprisal
from lstmgen.inspection.staged_surprisal import staged_surprisal
from lstmgen.network import SEGMENT, AdaptingNetwork, GenerativeNetwork, InferenceNetwork, Network
from lstmgen.sampling.mixed import MixedNetwork
from lstmgen.settings import InferenceSettings
from lstmgen.text.mixture import NgramCorpus

_Loaded = TypeVar("_Loaded", bound=LoadedModel)

_TUNED_ON = 10_000  # held-back tokens, the first: the weight is then known to about 0.02


def adapt_model(model: _Loaded, ids: Int32Array, rate: float | None = None) -> _Loaded:
    """The model after it has read these ids and learned from them; of lines, each begins anew."""
    before = model.inference or InferenceState(InferenceSettings())
    settings = replace(before.settings, adapt=True, adapt_rate=rate)
    if not len(ids):
        raise TextError("There is nothing to adapt to: the text is empty, or the model knows none of its tokens.")
    learner, starts = AdaptingNetwork(model.network, rate, SEGMENT[model.header["level"]]), _beginnings(model, ids)
    surprisal(learner, ids, starts)
    network = Network(learner.architecture, learner.parameters, learner.threads.count)
    counted = None if before.ngram_corpus is None else before.ngram_corpus.extended(ids, starts)
    learned = ids if before.adapted_ids is None else np.concatenate((before.adapted_ids, ids))
    return _with(model, network, InferenceState(settings, learned, counted, before.ngram_weight))


def mix_with_text(model: _Loaded, weight: float | str, text: TrainingText | None) -> _Loaded:
    """The model beside n-grams counted in a text. "auto": the weight is found on what was held back in training."""
    before = model.inference or InferenceState(InferenceSettings())
    settings = replace(before.settings, ngram_weight=weight)
    counted = ngram_corpus_of(model, text)
    if isinstance(weight, str):
        weight = _weight_for(model, text, replace(before, settings=settings), counted)
    if before.adapted_ids is not None:
        counted = counted.extended(before.adapted_ids, _beginnings(model, before.adapted_ids))
    return _with(model, model.network, InferenceState(settings, before.adapted_ids, counted, weight))


def _with(model: _Loaded, network: InferenceNetwork, inference: InferenceState) -> _Loaded:
    other = type(model)(model.file, model.path)
    other.network, other.inference = network, inference
    return other


def ngram_corpus_of(model: LoadedModel, text: TrainingText | None) -> NgramCorpus:
    """The n-grams of a text. UsageError where there is none."""
    if text is None:
        raise UsageError(
            f"--ngram-weight counts n-grams in the training text: {why_missing(model)}.\nName it with --corpus."
        )
    ids, starts = text.learned(model.vocabulary)
    return count_ngrams(ids, len(model.vocabulary), model.header["level"], starts)


def _weight_for(
    model: LoadedModel, text: TrainingText | None, inference: InferenceState, counted: NgramCorpus
) -> float:
    ids = None if text is None or not text.same else text.validation_in(model.vocabulary, _TUNED_ON)
    if ids is None or not len(ids):
        raise UsageError(
            "--ngram-weight auto needs the validation text from training, which is not available.\n"
            "Give a number from 0 to 1; 0.3 is a good start."
        )
    network = model.network if inference.adapted_ids is None else LoadedModel(model.file).network
    final = staged_surprisal(
        network, ids, _beginnings(model, ids), inference.settings, model.header["level"], counted
    ).final
    assert final is not None
    return final


def writing_network(model: LoadedModel) -> GenerativeNetwork:
    """What writes for it."""
    inference = model.inference
    if inference is None or inference.ngram_corpus is None:
        return model.network
    return MixedNetwork(model.network, inference.ngram_corpus.ngram, inference.ngram_weight)


def _beginnings(model: LoadedModel, ids: Int32Array) -> Int64Array:
    """First tokens of a text's documents: after each end, where ends are learned."""
    starts = np.zeros(1, np.int64)
    if model.document_end is not None:
        starts = np.append(starts, 1 + np.flatnonzero(ids[:-1] == model.document_end))
    return starts


def mix_model(model: _Loaded, weight: float | str, corpus: str | None) -> _Loaded:
    """As `mix_with_text`, with the text at a path or, without one, where the model's own is found."""
    InferenceSettings(ngram_weight=weight)
    return mix_with_text(model, weight, find_training_text(model, corpus))
