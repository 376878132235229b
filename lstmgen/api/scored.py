"""How much a text surprised a model: figures, and views of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstmgen.api.inference import ngram_corpus_of
from lstmgen.api.passages import ScoredText, choose_text
from lstmgen.api.recorded import TrainingText, find_training_text, why_missing
from lstmgen.api.writing import WritingModel
from lstmgen.arrays import Float64Array
from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.score.measure import Scored, score_passage
from lstmgen.inspect.score.picture import Baselines
from lstmgen.inspect.score.view import comparison_view, lines_view, score_view, texts_view, words_view
from lstmgen.inspection.baselines import baseline_scores
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.settings import InferenceSettings
from lstmgen.text.mixture import NgramCorpus


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Score(View):
    """How much a text surprised a model. It is also a view: a notebook shows it as a picture.

    tokens, nats    each token and its surprise -ln p (nats), in the text's order
    characters      of the text the tokens stand for
    unseen          what the model never saw: read as unknown words or, where it knows of none, not read but charged,
                    in nats: ln(kinds of letter + 1) for each letter, which is a convention and no probability
    spelling        nats in all that unknown words cost beyond their token; only bits a character and perplexity hold it
    """

    tokens: list[str]
    nats: Float64Array
    characters: int
    unseen: list[str]
    spelling: float = 0.0
    scored: Scored
    text_scored: ScoredText
    source: Mapping[str, Any]

    @property
    def mean(self) -> float:
        """Nats a token."""
        return float(self.nats.mean())

    @property
    def perplexity(self) -> float:
        """exp of the mean, unknown words' spelling and what unseen characters are charged included."""
        return float(np.exp(self.mean + self.spelling / len(self.nats)))

    @property
    def bits_per_character(self) -> float:
        """Bits in all over the characters scored, unknown words' spelling included, as `inspect score` has it."""
        return float((self.nats.sum() + self.spelling) / np.log(2) / max(1, self.characters))

    def lines(self, *, sort: bool = False) -> View:
        """The figures line by line; sort: the most surprising first."""
        view = lines_view(self.scored, self.text_scored.about, self.source, sort=sort)
        return replace(view, notes=self.notes)

    def words(self, *, sort: bool = False) -> View:
        """The figures word by word: what the characters of each cost together; sort: the most surprising first."""
        view = words_view(self.scored, self.text_scored.about, self.source, sort=sort)
        return replace(view, notes=self.notes)

    def beside(self, *others: Score) -> View:
        """The figures of this text beside those of others, a row each, in the order given."""
        scores = (self, *others)
        view = texts_view([(one.text_scored.about, one.scored) for one in scores])
        return replace(view, notes=list(dict.fromkeys(note for one in scores for note in one.notes)))

    def compare(self, *others: Score) -> View:
        """This model beside others on the same characters, and where in the text they differ.

        Each other score is of what `text_to_score` made of this one's text. Raises TextError where the characters
        differ.
        """
        scores = (self, *others)
        view = comparison_view([one.scored for one in scores], self.text_scored.about, self.text_scored.kind)
        return replace(view, notes=[note for one in scores for note in one.notes])

    def __repr__(self) -> str:
        return f"<Score: {self.bits_per_character:.4f} bits a character over {len(self.nats):,} tokens>"


def score_text(
    model: WritingModel,
    text: str | ScoredText | None,
    settings: InferenceSettings,
    *,
    baselines: bool = False,
    corpus: str | None = None,
) -> Score:
    """The score of a text, as `Model.score` says."""
    chosen = text if isinstance(text, ScoredText) else choose_text(model, text, corpus=corpus)
    learned = chosen.training_text
    if not chosen.searched and (baselines or settings.ngram_weight is not None):
        learned = find_training_text(model, corpus)
    inference, asked = model.inference, None
    if settings.ngram_weight is not None:
        asked = ngram_corpus_of(model, learned)
    counted = asked
    if asked is None and inference is not None and inference.ngram_corpus is not None:
        settings, counted = replace(settings, ngram_weight=inference.settings.ngram_weight), inference.ngram_corpus
    scored, passage = score_passage(model, chosen.passage, settings, counted), chosen.passage
    source = {
        "path": str(model.path),
        "text": chosen.kind,
        "corpus": None if learned is None else {"names": learned.corpus.names, "same": learned.same},
    }

    def count_baselines() -> Baselines:
        return _baselines(model, scored, learned, asked) if baselines else Baselines()

    view = score_view(scored, chosen.about, source, count_baselines)
    return Score(
        title=view.title,
        draw=view.draw,
        make_data=view.make_data,
        make_table=view.make_table,
        make_arrays=view.make_arrays,
        make_summary=view.make_summary,
        notes=chosen.notes,
        tokens=[
            model.vocabulary.tokens[k] if k >= 0 else piece.strip() or piece
            for k, piece in zip(passage.ids.tolist(), passage.pieces, strict=True)
        ],
        nats=scored.nats,
        characters=int(passage.lengths.sum()),
        unseen=passage.unseen,
        spelling=float(passage.spelling.sum()),
        scored=scored,
        text_scored=chosen,
        source=source,
    )


def _baselines(
    model: LoadedModel, scored: Scored, learned: TrainingText | None, counted: NgramCorpus | None
) -> Baselines:
    """Uniform and the n-grams. counted: where these are counted, if they are there already."""
    remark = f"No n-grams of the training text: {why_missing(model)}. Name it with --corpus."
    if learned is not None:
        counted = counted or ngram_corpus_of(model, learned)
        whose = "" if learned.same else " (not what it learned from)"
        name, tokens = on_one_line(learned.name), len(counted.ids)
        remark = f"counting n-grams in {tokens:,} tokens of {name}{whose}: bits a character, how many more"
    return Baselines(baseline_scores(scored.passage, scored.nats, len(model.vocabulary), counted), remark)
