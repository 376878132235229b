"""What `score` shows: one model on a passage, the passage line by line, or several models on the same characters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from lstmgen.inspect.canvas.labels import labels_in_text
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.score.aided import aid_facts, aid_words
from lstmgen.inspect.score.comparison_picture import (
    comparison_arrays,
    comparison_facts,
    comparison_table,
    draw_comparison,
)
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspect.score.picture import (
    Baselines,
    draw_lines,
    draw_score,
    draw_words,
    lines_table,
    score_arrays,
    score_facts,
    score_table,
)
from lstmgen.inspect.score.summary_picture import comparison_summary, lines_summary, score_summary, words_summary
from lstmgen.inspect.score.texts_picture import Texts, draw_texts, texts_facts, texts_summary, texts_table
from lstmgen.inspect.score.words import word_scores, words_table
from lstmgen.inspection.score import line_scores, score_difference


def score_view(scored: Scored, about: str, source: Mapping[str, Any], baselines: Callable[[], Baselines]) -> View:
    """One model. about: which text; source: the same for machines; baselines: counted when they are first needed."""
    counted = cache(baselines)
    return View(
        title=f"How much {about} surprises {scored.name}",
        draw=lambda frame: draw_score(scored, about, counted(), labels_in_text(scored.passage.pieces), frame),
        make_data=lambda: {**source, **score_facts(scored, counted().rows)},
        make_table=lambda: score_table(scored),
        make_arrays=lambda: score_arrays(scored),
        make_summary=lambda: score_summary(scored, counted().rows),
    )


def lines_view(scored: Scored, about: str, source: Mapping[str, Any], *, sort: bool) -> View:
    """A row for each line; sort: the most surprising first."""
    rows = line_scores(scored.nats, scored.passage)
    if sort:
        rows.sort(key=lambda line: -line.bits_a_character)
    return View(
        title=f"How much each line of {about} surprises {scored.name}",
        draw=lambda frame: draw_lines(rows, frame),
        make_data=lambda: {**source, **aid_facts(scored), "lines": rows},
        make_table=lambda: lines_table(rows),
        hints=aid_words(scored),
        make_summary=lambda: lines_summary(rows),
    )


def words_view(scored: Scored, about: str, source: Mapping[str, Any], *, sort: bool) -> View:
    """A row for each word; sort: the most surprising first."""
    words = word_scores(scored.nats, scored.passage, scored.level)
    if sort:
        words.sort(key=lambda one: -one.nats)
    return View(
        title=f"How much each word of {about} surprises {scored.name}",
        draw=lambda frame: draw_words(words, frame),
        make_data=lambda: {**source, **aid_facts(scored), "words": words},
        make_table=lambda: words_table(words),
        hints=aid_words(scored),
        make_summary=lambda: words_summary(words),
    )


def texts_view(texts: Texts) -> View:
    """Several texts by name, cleaned, each with its score: a row for each."""
    return View(
        title=f"How much {len(texts)} texts surprise {texts[0][1].name}",
        draw=lambda frame: draw_texts(texts, frame),
        make_data=lambda: texts_facts(texts),
        make_table=lambda: texts_table(texts),
        make_summary=lambda: texts_summary(texts),
    )


def comparison_view(models: Sequence[Scored], about: str, kind: str) -> View:
    """Several models; kind: which text, for machines. Raises TextError where they do not read the same characters."""
    first, *others = models
    differences = [score_difference(first.nats, first.passage, other.nats, other.passage) for other in others]
    labels = labels_in_text(first.passage.pieces)
    return View(
        title=f"{' and '.join(model.name for model in models)} on {about}",
        draw=lambda frame: draw_comparison(models, differences, about, labels, frame),
        make_data=lambda: {"text": kind, **comparison_facts(models, differences)},
        make_table=lambda: comparison_table(models),
        make_arrays=lambda: comparison_arrays(models),
        make_summary=lambda: comparison_summary(models, differences),
    )
