"""What the page is filled with: the report as plain values, for the page in few bytes, for machines in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmgen.arrays import FloatArray
from lstmgen.cell_facts import CellFacts
from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas import colours
from lstmgen.inspect.canvas.labels import token_label
from lstmgen.inspect.common.measures import measure_values
from lstmgen.inspect.report.measure import Report
from lstmgen.inspect.report.pack import pack
from lstmgen.inspect.report.words import about_words, highlight_words


@dataclass(frozen=True)
class ReportSubject:
    """What was looked at. name: the model's; vocabulary: its tokens, raw, in id order.

    spaced: before which tokens of the text a space is understood (words).
    """

    name: str
    level: str
    squashing: str
    vocabulary: Sequence[str]
    spaced: Sequence[bool]


def report_facts(report: Report, subject: ReportSubject) -> dict[str, Any]:
    """Everything on the page, unrounded: of each layer the values of the units shown, (T, K) by letter."""
    return _facts(report, subject, lambda array: array, lambda array: array)


def page_facts(report: Report, subject: ReportSubject) -> dict[str, Any]:
    """The same for the page itself: values and means packed, the rest to seven decimals, and the colours."""
    facts = _facts(report, subject, pack, lambda array: np.round(array.astype(np.float64), 7))
    scales = {name: [list(map(round, anchor)) for anchor in scale] for name, scale in _scales().items()}
    cell = report.trace.facts
    wiring = {"extra": [*cell.extra], "story": cell.story, "sums": _sums(cell, subject.squashing)}
    return {**facts, "colours": scales, **wiring}


def _sums(cell: CellFacts, squashing: str) -> dict[str, tuple[str, ...]]:
    """The cell's sums of what the page knows: quantities of the trace, states before, and what follows from these."""
    known = {*cell.letters, *(f"{state}'" for state in cell.states)}
    known |= {form for letter in cell.letters for form in (f"tanh({letter})", f"(1-{letter})")}
    return {
        result: terms
        for result, terms in cell.sums_with(squashing).items()
        if all(part in known for term in terms for part in term.split("∘"))
    }


def _scales() -> dict[str, tuple[colours.RGB, ...]]:
    """Surprise on a light page goes from paper to orange, the other way round in lightness."""
    warm = colours.POSITIVE
    return {
        "rising": colours.RISING,
        "positive": warm,
        "negative": colours.NEGATIVE,
        "unknown": (colours.UNKNOWN,),
        "surprise_dark": warm,
        "surprise_light": ((255, 255, 255), (255, 226, 170), warm[3], warm[2]),
    }


def _facts(
    report: Report, subject: ReportSubject, values: Callable[[FloatArray], Any], numbers: Callable[[FloatArray], Any]
) -> dict[str, Any]:
    trace, said = report.trace, report.expected
    kinds = sorted({*trace.ids.tolist(), *said.ids.ravel().tolist()})
    place = {kind: k for k, kind in enumerate(kinds)}
    labels = {kind: token_label(subject.vocabulary[kind]) for kind in kinds}
    return {
        "title": f"{subject.name}: what it did while it read",
        "about": about_words(report, subject.level),
        "remark": trace.facts.remark,
        "model": subject.name,
        "cell": trace.cell,
        "level": subject.level,
        "squashing": subject.squashing,
        "layers": trace.layers,
        "units": trace.units,
        "legend": [
            {word: getattr(entry, word) for word in ("letter", "lecture", "textbook", "equation", "sense", "is_gate")}
            for entry in trace.facts.legend
        ],
        "kinds": [{"label": labels[kind], "text": _shown(subject.vocabulary[kind])} for kind in kinds],
        "tokens": [place[kind] for kind in trace.ids.tolist()],
        "spaced": [int(spaced) for spaced in subject.spaced],
        "begins": report.begins,
        "bits": numbers(said.bits),
        "rank": said.rank,
        "expected": [[place[kind] for kind in row] for row in said.ids.tolist()],
        "shares": numbers(said.shares),
        "shown": report.shown,
        "values": [
            {letter: values(array[:, layer, shown]) for letter, array in trace.values.items()}
            for layer, shown in enumerate(report.shown)
        ],
        "first": [  # before the first token: nothing read yet
            {letter: values(array[0, layer, shown]) for letter, array in report.before.items()}
            for layer, shown in enumerate(report.shown)
        ],
        "means": [{letter: values(array) for letter, array in means.items()} for means in report.means],
        "measures": [_measures(report, layer) for layer in range(trace.layers)],
        "places": [
            {
                "position": highlight.position,
                "layer": highlight.layer,
                "gate": highlight.letter,
                "unit": highlight.unit,
                "kind": highlight.kind,
                **dict(zip(("title", "words"), highlight_words(highlight, report, labels), strict=True)),
            }
            for highlight in report.highlights
        ],
    }


def _measures(report: Report, layer: int) -> dict[str, dict[str, float]]:
    """Of all units of a layer: the ends of each quantity, and its shares below 0.1 and above 0.9."""
    by_letter = {}
    for letter, array in report.trace.values.items():
        measures = measure_values(array[:, layer])
        by_letter[letter] = {name: getattr(measures, name) for name in ("lowest", "highest", "below", "above")}
    return by_letter


def _shown(token: str) -> str:
    """The token as it stands in the text: a line end is seen and also ends the line."""
    if token in ("\n", "\r\n"):
        return "↵\n"
    return on_one_line(token.replace("\t", "→")) or "◌"
