"""How much a text surprises a model, in a sentence for beginners."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.canvas.picture import fit
from lstmgen.inspect.common.choices import choices, one_in
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspect.score.words import WordScore
from lstmgen.inspection.baselines import Baseline
from lstmgen.inspection.score import LineScore, ScoreDifference
from lstmgen.settings import TOKEN_NOUNS

_SURE = 2.0  # standard errors
_LINE = 40  # cells of a line that is quoted


def score_summary(scored: Scored, baselines: Sequence[Baseline]) -> str:
    """The perplexity as choices, beside blind guessing and the best that counting does."""
    figures = scored.figures
    spelling = figures.spelling / max(1, figures.tokens)
    words = (
        f"at each {TOKEN_NOUNS[scored.level]} the model is as unsure as among {choices(figures.nats + spelling)} "
        f"equally likely ones; blind guessing: {scored.vocabulary:,}"
    )
    counting = [row for row in baselines if row.order]
    if not counting:
        return f"{words}."
    best = min(counting, key=lambda row: row.bits_a_character)
    sure = best.error is not None and abs(best.more) > _SURE * best.error
    verdict = "with no clear difference" if not sure else f"so {'the model' if best.more > 0 else 'counting'} is better"
    return f"{words}, counting {best.name}s: {choices(best.nats + spelling)}, {verdict}."


def comparison_summary(models: Sequence[Scored], differences: Sequence[ScoreDifference]) -> str:
    """Who is best, as choices a character, and whether that is more than chance."""
    ranked = sorted(models, key=lambda model: model.figures.bits_a_character)
    each = ", ".join(f"{model.name} {choices(model.figures.nats_a_character)}" for model in ranked)
    unclear = [gap for gap in differences if gap.error is None or abs(gap.bits) <= _SURE * gap.error]
    best = f"{ranked[0].name} is best" if len(models) > 2 else f"{ranked[0].name} is better"
    verdict = f"{best}, though by so little that it may be chance" if unclear else best
    return f"at each character they are as unsure as among so many equally likely ones: {each}; {verdict}."


def lines_summary(lines: Sequence[LineScore]) -> str:
    """The hardest line and the easiest."""
    written = [line for line in lines if line.text.strip()] or lines
    hard = max(written, key=lambda line: line.bits_a_character)
    easy = min(written, key=lambda line: line.bits_a_character)
    return (
        f"line {hard.number:,} surprises it most, as much as {_choices(hard)} equally likely characters at each place "
        f"({fit(on_one_line(hard.text), _LINE)}), line {easy.number:,} least ({_choices(easy)})."
    )


def words_summary(words: Sequence[WordScore]) -> str:
    """The hardest word and the easiest."""
    if not words:
        return "there is no word in this text."
    hard, easy = max(words, key=lambda one: one.nats), min(words, key=lambda one: one.nats)
    return (
        f"{_word(hard)} surprises it most of all words ({one_in(hard.nats)}, had it to write it there), "
        f"{_word(easy)} least ({one_in(easy.nats)})."
    )


def _word(one: WordScore) -> str:
    return f"{token_words(one.word)} at place {one.position:,}"


def _choices(line: LineScore) -> str:
    return choices(line.bits_a_character * math.log(2.0))
