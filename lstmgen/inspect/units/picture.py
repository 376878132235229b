"""Which unit follows which property: a table of properties, and the ranking of units for one of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.units.ablation import Ablation, Cost
from lstmgen.inspect.units.detail import detail_of
from lstmgen.inspect.units.measure import Association, Verdict
from lstmgen.inspect.units.readout_picture import Readout, draw_readout
from lstmgen.inspect.units.study import Study

_RANKED = 5
_SHORT = {
    Verdict.FOUND: "found",
    Verdict.LAST_TOKEN: "no: token",
    Verdict.PERMUTED_WEIGHTS: "no: shuffle",
    Verdict.CHANCE: "no: shift",
    Verdict.RARE: "too rare",
    Verdict.ABSENT: "absent",
}
_OTHER_SCRIPT = "no: script"  # absent since the property has nothing for the text's script
_GOOD = Style(bold=True, color="color(214)")


def draw_table(study: Study, frame: Frame, example: str) -> Picture:
    """A line for each property: its best unit, how well it does, what it has to beat, and the verdict."""
    picture, width = Picture(), frame.width
    picture.add(Segment(fit(title_line(study.name, "which units follow what", study.text), width), STRONG))
    heads = ("property", "best unit", "score", "F1", "bits", "token", "shuffle", "shift", "verdict")
    picture.add(Segment(fit(_row(*heads), width), FAINT))
    for association in study.associations:
        picture.add(*_table_row(study, association))
    picture.add()
    for line in _explained(study, width):
        picture.add(Segment(line, FAINT))
    picture.add(Segment(fit(f"More: {example}", width), FAINT))
    return picture.crop(width)


def _table_row(study: Study, association: Association) -> Iterator[Segment]:
    words, verdict = association.wanted.words, _SHORT[association.verdict]
    if association.verdict == Verdict.ABSENT and association.wanted.script_note:
        verdict = _OTHER_SCRIPT
    if not association.measured:
        yield Segment(_row(words))
        yield Segment(verdict, FAINT)
        return
    best = association.best
    direction = association.direction(best)
    detail = detail_of(study.values[best], association.wanted, direction)
    score = association.held_out(best)
    yield Segment(
        _row(
            words,
            study.label(best, direction),
            f"r {score:.2f}" if association.numeric else f"{score:.3f}",
            "" if detail.f1 is None else _two(detail.f1),
            *map(_two, (detail.bits, association.token, association.permuted, association.shifted)),
        )
    )
    yield Segment(verdict, _GOOD if association.verdict == Verdict.FOUND else None)


def _row(
    words: str, best: str = "", score: str = "", f1: str = "", bits: str = "", token: str = "", permuted: str = "",
    shifted: str = "", verdict: str = "",
) -> str:  # fmt: skip
    return f"{fill(words, 18)} {best:<12}{score:>6}{f1:>5}{bits:>5}{token:>6}{permuted:>8}{shifted:>6}  {verdict}"


def _explained(study: Study, width: int) -> list[str]:
    numeric = any(association.numeric and association.measured for association in study.associations)
    correlation = " r: rank correlation, where there are many values; chance is 0." if numeric else ""
    text = (
        "Score: how often the unit is higher (if low: lower) with the property than without it (AUROC), on the half of "
        f"the text that did not choose it; chance is 0.5.{correlation}",
        "Found: beats the last token alone (token), the same weights in random order (shuffle; tried last) and the "
        "property moved along the text (shift; p < 0.01).",
        f"{_states(study)}.",
    )
    return [line for part in text for line in wrap(part, width)]


def _states(study: Study) -> str:
    letters = dict.fromkeys(letter for letter, _, _ in study.states.names)
    states = {letter: facts.quantity(letter) for facts in CELL_FACTS.values() for letter in facts.states}
    return "; ".join(f"{letter}: {states[letter].lecture}, {states[letter].textbook}" for letter in letters)


@dataclass(frozen=True)
class Ranking:
    """One property in full, the unit that is shown with the text, and what clamping it does, if that was asked."""

    association: Association
    shown: int
    ablation: Ablation | None = None
    tokens: Sequence[str] = ()  # labels of the vocabulary, cleaned


def draw_ranking(study: Study, ranking: Ranking, readout: Readout) -> Picture:
    """The verdict, the first units, what clamping the unit costs, and the text in the colours of the unit."""
    association, shown, width = ranking.association, ranking.shown, readout.frame.width
    wanted, picture = association.wanted, Picture()
    words = title_line(study.name, wanted.words, f"{study.text}{_share(association)}")
    picture.add(Segment(fit(words, width), STRONG))
    for line in wrap(verdict_words(study, association), width):
        picture.add(Segment(line, _GOOD if association.verdict == Verdict.FOUND else None))
    if not association.measured:
        return picture.crop(width)
    for line in wrap(_rivals_words(association), width):
        picture.add(line)
    picture.add(Segment(f"{'unit':<14}{'first half':>11}{'second half':>13}{'F1':>7}{'bits':>7}", FAINT))
    extra = [shown] if shown not in association.order[:_RANKED] else []
    for unit in [*association.order[: _RANKED - len(extra)].tolist(), *extra]:
        picture.add(Segment(_ranked(study, association, unit), STRONG if unit == shown else None))
    if ranking.ablation is not None:
        for line in ablation_lines(ranking.ablation, ranking.tokens, width):
            picture.add(line)
    draw_readout(picture, readout, study.values[shown], association.direction(shown), wanted, study.label(shown))
    return picture.crop(width)


def _share(association: Association) -> str:
    if association.numeric or not association.measured:
        return ""
    return f", {percent(float(association.wanted.levels.mean()))} with it"


def verdict_words(study: Study, association: Association) -> str:
    """ "Found: c 139 is low with it, AUROC 0.997 (chance is 0.5) on the half ..." or why it is not."""
    if association.verdict == Verdict.ABSENT and (note := association.wanted.script_note):
        return f"{note} Ask for another property, or give another text with --text or --file."
    if association.verdict == Verdict.ABSENT:
        return "It is the same all through this text: there is nothing to follow. Give another with --text or --file."
    if association.verdict == Verdict.RARE:
        return "It is too rare in this text to tell. Give a longer one with --file."
    best = association.best
    direction = "high" if association.direction(best) > 0 else "low"
    measure, chance = ("rank correlation", "0") if association.numeric else ("AUROC", "0.5")
    what = (
        f"{study.label(best)} is {direction} with it, {measure} {association.held_out(best):.3f} (chance is {chance}) "
        "on the half of the text that did not choose it"
    )
    return {
        Verdict.FOUND: f"Found: {what}.",
        Verdict.LAST_TOKEN: f"Not found: {what}, no better than what the last token alone tells.",
        Verdict.PERMUTED_WEIGHTS: f"Not found: {what}, but networks with these weights in random order may do as well.",
        Verdict.CHANCE: f"Not found: {what}, but some unit does as well with the property moved along the text (by "
        "chance, or because the text repeats itself too regularly to tell).",
    }[association.verdict]


def _rivals_words(association: Association) -> str:
    """What the unit had to beat."""
    parts = [f"To beat: last token alone {association.token:.3f}"]
    if not math.isnan(association.permuted):
        parts.append(f"shuffled weights {association.permuted:.3f}")
    parts.append(f"property moved along the text {association.shifted:.3f} (1 in 100)")
    parts.append(f"ahead by {association.margin:.3f} ± {association.error:.3f}")
    parts.append(f"p {association.p:.4f}" if association.p >= 0.0001 else "p < 0.0001")
    return " · ".join(parts)


def _ranked(study: Study, association: Association, unit: int) -> str:
    direction = association.direction(unit)
    detail = detail_of(study.values[unit], association.wanted, direction)
    first, second = association.oriented(float(association.first[unit]), unit), association.held_out(unit)
    f1 = "" if detail.f1 is None else f"{detail.f1:.3f}"
    return f"{study.label(unit, direction):<14}{first:>11.3f}{second:>13.3f}{f1:>7}{detail.bits:>7.3f}"


def ablation_lines(ablation: Ablation, tokens: Sequence[str], width: int) -> list[str]:
    """What clamping the unit costs, in two lines or three."""
    costs = [f"overall {_rise(ablation.everywhere)}"]
    if ablation.inside is not None and ablation.outside is not None:
        costs += [f"with the property {_rise(ablation.inside)}", f"without {_rise(ablation.outside)}"]
    text = f"Held at its mean ({ablation.value:.2f}), loss in nats a token {', '.join(costs)}."
    worst = [f"{tokens[k]} {rise:+.2f} ({times:,})" for k, rise, times in ablation.worst]
    return wrap(text, width) + (
        wrap(f"Most of the rise (each, times) is at {', '.join(worst)}", width)[:2] if worst else []
    )


def _rise(cost: Cost) -> str:
    return f"{cost.free:.3f} {cost.rise:+.3f} ± {cost.error:.3f}"


def _two(number: float) -> str:
    """Two digits; nothing for what is no number."""
    return "" if math.isnan(number) else f"{number:.2f}"
