"""Which units follow what, in a sentence for beginners."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.common.choices import choices, counted, times
from lstmgen.inspect.units.ablation import Ablation
from lstmgen.inspect.units.measure import Association, Verdict
from lstmgen.inspect.units.responses import Response
from lstmgen.inspect.units.study import Study

_NAMED = 2  # findings that are told one by one
_WHY_NONE = {
    Verdict.LAST_TOKEN: 'the last token alone tells as much about "{words}" as any unit, so none has to remember it',
    Verdict.PERMUTED_WEIGHTS: 'a network with the same weights in random order knows "{words}" as well: not learned',
    Verdict.CHANCE: 'some unit fits "{words}" as well where it is moved along the text, so that it may be chance',
    Verdict.RARE: '"{words}" comes too seldom in this text to say anything',
    Verdict.ABSENT: '"{words}" does not come in this text, or nothing else does',
}


def table_summary(study: Study) -> str:
    """How many of the properties have a unit of their own, and how well the first of them do."""
    there = [one for one in study.associations if one.measured]
    followed = [one for one in there if one.verdict == Verdict.FOUND]
    if not there:
        return "nothing that was looked for is in this text often enough."
    if not followed:
        return (
            f"none of the {counted(len(there), 'thing')} in this text has a unit of its own that knows more of it than "
            "the last token tells."
        )
    own = "has a unit of its own" if len(followed) == 1 else "have units of their own"
    head = f"{len(followed)} of {counted(len(there), 'thing')} in this text {own}"
    return f"{head}: {'; '.join(_follows(study, one, one.best) for one in followed[:_NAMED])}."


def _follows(study: Study, one: Association, unit: int) -> str:
    """What the unit tells, and how often it is right."""
    name, score = study.label(unit), one.held_out(unit)
    if one.numeric:
        way = "rises" if one.direction(unit) > 0 else "falls"
        return f'{name} {way} with "{one.wanted.words}" (r {score:.2f}: 1 would be in perfect step, 0 is chance)'
    return (
        f'{name} tells "{one.wanted.words}" from the rest (of two places, one of each, it picks the right one '
        f"{times(score, 1000)})"
    )


def ranking_summary(study: Study, association: Association, unit: int, ablation: Ablation | None) -> str:
    """Whether a unit follows the property, and whether the model needs it. unit: the one that is shown."""
    if association.verdict == Verdict.FOUND:
        words = _follows(study, association, unit)
    else:
        words = _WHY_NONE[association.verdict].format(words=association.wanted.words)
    return f"{words}{_needed(ablation)}."


def response_summary(label: str, response: Response, tokens: Sequence[str], ablation: Ablation | None) -> str:
    """After which tokens a unit is high and low. label: the unit's; tokens: the vocabulary, by id."""
    high, low = response.means[0], response.means[-1]
    words = f"{label} is highest after {token_words(tokens[high[0]])} ({high[1]:.2f} on average)"
    words += f" and lowest after {token_words(tokens[low[0]])} ({low[1]:.2f})"
    return f"{words}{_needed(ablation)}."


def _needed(ablation: Ablation | None) -> str:
    """What the model is without the unit, as so many equally likely choices."""
    if ablation is None:
        return ""
    cost = ablation.everywhere
    if not cost.sure or cost.rise <= 0:
        return "; without its changes the model does as well"
    return (
        f"; without its changes the model is as unsure as among {choices(cost.held)} equally likely tokens, with them "
        f"as among {choices(cost.free)}"
    )
