"""Which unit follows which property: a table of properties, and the ranking of units for one of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.common.headings import percent
from lstmgen.inspect.units.ablation import Cost, Effect
from lstmgen.inspect.units.detail import detail_of
from lstmgen.inspect.units.measure import ABSENT, ECHO, FOUND, LUCK, RARE, TOKEN, Finding
from lstmgen.inspect.units.readout import Readout, draw_readout
from lstmgen.inspect.units.study import Study

_RANKED = 5
_SHORT = {
    FOUND: "found",
    TOKEN: "no: token",
    ECHO: "no: echo",
    LUCK: "no: luck",
    RARE: "too rare",
    ABSENT: "not there",
}
_STRANGE = "no: script"  # absent since the property has nothing for the text's script
_GOOD = Style(bold=True, color="color(214)")


def draw_table(study: Study, width: int, example: str) -> Picture:
    """A line for each property: its best unit, how well it does, what it has to beat, and whether it is found."""
    picture = Picture()
    picture.add(Segment(fit(f"{study.name} · what units follow · {study.text}", width), STRONG))
    picture.add()
    picture.add(Segment(fill(_row("property", "best", "score", "F1", "bits", "token", "echo", "luck", "verdict"), width)
                        .rstrip(), FAINT))  # fmt: skip
    for found in study.findings:
        picture.add(*_table_row(study, found))
    picture.add()
    for line in _explained(study, width):
        picture.add(Segment(line, FAINT))
    picture.add(Segment(fit(f"More: {example}", width), FAINT))
    return picture.crop(width)


def _table_row(study: Study, found: Finding) -> Iterator[Segment]:
    words, verdict = found.wanted.words, _SHORT[found.verdict]
    if found.verdict == ABSENT and found.wanted.strange:
        verdict = _STRANGE
    if not found.measured:
        yield Segment(_row(words, "", "", "", "", "", "", "", ""))
        yield Segment(verdict, FAINT)
        return
    detail = detail_of(study.values[found.best], found.wanted, found.direction(found.best))
    yield Segment(
        _row(
            words, study.label(found.best, found.direction(found.best)), _score_text(found, found.held_out(found.best)),
            "" if detail.f1 is None else _two(detail.f1), _two(detail.bits), _two(found.token), _two(found.echo),
            _two(found.shifted), "",
        )
    )  # fmt: skip
    yield Segment(verdict, _GOOD if found.verdict == FOUND else None)


def _row(words: str, best: str, score: str, f1: str, bits: str, token: str, echo: str, luck: str, verdict: str) -> str:
    return (
        f"{fill(words, 18)} {best:<9}{score:>7}{f1:>6}{bits:>6}  {token:>5}{echo:>6}{luck:>6}  {verdict}"
    )  # fmt: skip


def _explained(study: Study, width: int) -> list[str]:
    numeric = any(found.numeric and found.measured for found in study.findings)
    correlation = "; r: rank correlation, for what has many values; 0 is chance" if numeric else ""
    text = (
        f"Score: AUROC on the half of the text that did not choose the unit; 0.5 is chance{correlation}.",
        "To be found, it must beat what the last token alone tells (token), networks with these weights shuffled "
        "(echo; measured where the rest is beaten), and the property moved along the text (luck; p < 0.01).",
        f"+ high with the property, - low. {_states(study)}.",
    )
    return [line for part in text for line in wrap(part, width)]


def _states(study: Study) -> str:
    letters = dict.fromkeys(letter for letter, _, _ in study.candidates.names)
    states = {letter: facts.quantity(letter) for facts in CELL_FACTS.values() for letter in facts.states}
    return "; ".join(f"{letter}: {states[letter].lecture}, {states[letter].textbook}" for letter in letters)


@dataclass(frozen=True)
class Ranking:
    """One property in full: its finding, the unit that is shown with the text, and what holding it does, if asked."""

    found: Finding
    shown: int
    effect: Effect | None = None
    tokens: Sequence[str] = ()  # labels of the vocabulary, cleaned


def draw_ranking(study: Study, ranking: Ranking, readout: Readout) -> Picture:
    """The verdict, the first units, what holding the unit costs, and the text in the colours of the unit."""
    found, width = ranking.found, readout.width
    picture = Picture()
    words = f"{study.name} · {found.wanted.words} · {study.text}{_share(found)}"
    picture.add(Segment(fit(words, width), STRONG))
    for line in wrap(verdict_words(study, found), width):
        picture.add(Segment(line, _GOOD if found.verdict == FOUND else None))
    if not found.measured:
        return picture.crop(width)
    for line in wrap(_rivals_words(found), width):
        picture.add(line)
    picture.add(Segment(f"{'unit':<12}{'first half':>11}{'second half':>13}{'F1':>7}{'bits':>7}", FAINT))
    shown = [ranking.shown] if ranking.shown not in found.order[:_RANKED] else []
    for unit in [*found.order[: _RANKED - len(shown)].tolist(), *shown]:
        picture.add(Segment(_ranked(study, found, unit), STRONG if unit == ranking.shown else None))
    if ranking.effect is not None:
        for line in effect_lines(ranking.effect, ranking.tokens, width, found.wanted.words):
            picture.add(line)
    label = study.label(ranking.shown, found.direction(ranking.shown))
    draw_readout(picture, readout, study.values[ranking.shown], found.direction(ranking.shown), found.wanted, label)
    return picture.crop(width)


def _share(found: Finding) -> str:
    return "" if found.numeric or not found.measured else f", {percent(float(found.wanted.levels.mean()))} with it"


def verdict_words(study: Study, found: Finding) -> str:
    """ "Found: c 139 is low with it, AUROC 0.997 on the half that did not choose it." or why it is not."""
    if found.verdict == ABSENT and found.wanted.strange:
        return f"{found.wanted.strange} Ask for another property, or give another text with --text or --file."
    if found.verdict == ABSENT:
        return "It is the same all through this text: there is nothing to follow. Give another with --text or --file."
    if found.verdict == RARE:
        return "It is too rare in this text to tell. Give a longer one with --file."
    direction = "high" if found.direction(found.best) > 0 else "low"
    measure = "rank correlation" if found.numeric else "AUROC"
    what = (
        f"{study.label(found.best)} is {direction} with it, {measure} {found.held_out(found.best):.3f} on the half of "
        "the text that did not choose it"
    )
    return {
        FOUND: f"Found: {what}.",
        TOKEN: f"Not found: {what}, no better than what the last token alone tells.",
        ECHO: f"Not found: {what}, as networks with these weights shuffled may do too.",
        LUCK: f"Not found: {what}, as some unit does with the property moved along the text (by chance, or because the "
        "text repeats itself too regularly to tell).",
    }[found.verdict]


def _rivals_words(found: Finding) -> str:
    """What the unit had to beat."""
    parts = [f"token alone {found.token:.3f}"]
    if not math.isnan(found.echo):
        parts.append(f"shuffled weights {found.echo:.3f}")
    parts.append(f"moved along the text {found.shifted:.3f} in 1 of 100")
    parts.append(f"lead {found.lead:.3f} ± {found.error:.3f}")
    parts.append(f"p {found.p:.4f}" if found.p >= 0.0001 else "p < 0.0001")
    return " · ".join(parts)


def _ranked(study: Study, found: Finding, unit: int) -> str:
    detail = detail_of(study.values[unit], found.wanted, found.direction(unit))
    first, second = found.turned(float(found.first[unit]), unit), found.held_out(unit)
    f1 = "" if detail.f1 is None else f"{detail.f1:.3f}"
    return f"{study.label(unit, found.direction(unit)):<12}{first:>11.3f}{second:>13.3f}{f1:>7}{detail.bits:>7.3f}"


def effect_lines(effect: Effect, tokens: Sequence[str], width: int, words: str) -> list[str]:
    """What holding the unit costs, in two lines or three."""
    costs = [f"in all {_rise(effect.everywhere)}"]
    if effect.inside is not None and effect.outside is not None:
        costs += [f"with the property {_rise(effect.inside)}", f"without {_rise(effect.outside)}"]
    text = f"Held at its mean ({effect.value:.2f}), loss in nats a token: {', '.join(costs)}."
    worst = ", ".join(f"{tokens[k]} {rise:+.2f} ({times:,})" for k, rise, times in effect.worst)
    return wrap(text, width) + (wrap(f"Most of it at (each, times): {worst}", width)[:2] if worst else [])


def _rise(cost: Cost) -> str:
    return f"{cost.free:.3f} {cost.rise:+.3f} ± {cost.error:.3f}"


def _score_text(found: Finding, score: float) -> str:
    """ "0.997" for an AUROC, "r 0.24" for a correlation."""
    return f"r {score:.2f}" if found.numeric else f"{score:.3f}"


def _two(number: float) -> str:
    """Two digits; nothing for what is no number."""
    return "" if math.isnan(number) else f"{number:.2f}"
