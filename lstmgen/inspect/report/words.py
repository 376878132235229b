"""The sentences of the page that depend on what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lstmgen.cell_facts import Quantity
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.report.highlights import Highlight
from lstmgen.inspect.report.measure import Report
from lstmgen.settings import TOKEN_NOUNS


def about_words(report: Report, level: str) -> list[str]:
    """What is looked at, a phrase each: the cell, its size, the text, how much it surprised."""
    trace = report.trace
    size = f"{trace.layers} × {trace.units:,} units" if trace.layers > 1 else f"{trace.units:,} units"
    fewest = min(map(len, report.shown))
    bits = report.expected.bits
    finite = bits[np.isfinite(bits)]
    noun = TOKEN_NOUNS[level]
    phrases = [f"{trace.facts.title}, {size}", f"{len(trace):,} {noun}s"]
    if fewest < trace.units:
        phrases.append(f"the {fewest} most varying units {'of a layer ' if trace.layers > 1 else ''}are shown")
    if finite.size:
        phrases.append(f"{finite.mean():.2f} bits of surprise a {noun}")
    return phrases


@dataclass(frozen=True)
class _Seen:
    """A place, with what its sentence needs: the legend's entry, which unit, and the token read there."""

    place: Highlight
    report: Report
    labels: Mapping[int, str]
    entry: Quantity

    @property
    def unit(self) -> str:
        return f"unit {self.place.unit}" + (f" of layer {self.place.layer}" if self.report.trace.layers > 1 else "")

    @property
    def read(self) -> str:
        return self.token(self.place.position)

    def token(self, position: int) -> str:
        return f"“{self.labels[int(self.report.trace.ids[position])]}”"

    def number(self, name: str) -> float:
        return self.place.numbers[name]

    def two(self, name: str) -> str:
        """To two decimals, with a minus sign that is one."""
        return f"{self.number(name):.2f}".replace("-", "−")


def highlight_words(place: Highlight, report: Report, labels: Mapping[int, str]) -> tuple[str, str]:
    """A title and a sentence or two on a place. labels: of tokens by id."""
    entry = report.trace.facts.quantity(place.letter)
    title, words = _WORDS[place.kind](_Seen(place, report, labels, entry))
    return title, words.replace(" %", "\N{NO-BREAK SPACE}%")


def _surprising(seen: _Seen) -> tuple[str, str]:
    bits, said = seen.number("bits"), seen.report.expected
    likeliest = zip(said.ids[seen.place.position, :2], said.shares[seen.place.position, :2], strict=True)
    hoped = " or ".join(f"“{seen.labels[int(k)]}” ({percent(float(p))})" for k, p in likeliest)
    words = f"{seen.read} came as a surprise of {bits:.1f} bits, {_odds(bits)}. Expected was {hoped}."
    return "The greatest surprise", words


def _odds(bits: float) -> str:
    return f"a chance of 1 in {2**bits:,.0f}" if bits < 40 else "all but impossible"


def _known(seen: _Seen) -> tuple[str, str]:
    run = int(seen.number("tokens"))
    return "Known by heart", f"From {seen.read} on, {run} tokens in a row were each expected with more than 90 %."


def _open(seen: _Seen) -> tuple[str, str]:
    words = f"In {seen.unit} it never falls below {seen.two('edge')}: it always {seen.entry.opens}."
    return f"A gate that is always open: {_names(seen)}", words + _others(seen, "open")


def _shut(seen: _Seen) -> tuple[str, str]:
    words = f"In {seen.unit} it never rises above {seen.two('edge')}: it always {seen.entry.shuts}."
    return f"A gate that is always shut: {_names(seen)}", words + _others(seen, "shut")


def _names(seen: _Seen) -> str:
    return f"{seen.entry.lecture} {seen.entry.letter}"


def _others(seen: _Seen, state: str) -> str:
    others = int(seen.number("units")) - 1
    return f" {others:,} other unit{'s are' if others > 1 else ' is'} always {state} too." if others else ""


def _varying(seen: _Seen) -> tuple[str, str]:
    low, high, top = seen.two("lowest"), seen.two("highest"), seen.token(int(seen.number("at")))
    ends = f" ({seen.entry.sense})" if seen.entry.is_gate else ""
    words = f"In {seen.unit} it goes from {low} here at {seen.read} to {high} at {top}{ends}."
    return f"What moves most: {_names(seen)}", words


def _emptied(seen: _Seen) -> tuple[str, str]:
    lost, forgetting = percent(seen.number("lost")), seen.entry.lecture.partition(",")[0]
    words = f"At {seen.read} {forgetting} lets go of {lost} of all that was held; {seen.unit} loses most."
    return "Where the memory is emptied", words


def _written(seen: _Seen) -> tuple[str, str]:
    mean, usual = seen.two("mean"), seen.two("usual")
    facts = seen.report.trace.facts
    new = f"{facts.quantity(facts.write).lecture} {facts.write}"
    words = f"At {seen.read} the {new} have a mean size of {mean}; {usual} is usual."
    return "Where most of the new is let in", words


def _fullest(seen: _Seen) -> tuple[str, str]:
    words = f"{seen.unit} has collected {seen.two('value')} by {seen.read}, more than any other."
    return "The fullest memory", words[0].upper() + words[1:]


def _turning(seen: _Seen) -> tuple[str, str]:
    words = f"At {seen.read} the output moves by {seen.two('mean')} in the mean; {seen.unit} moves most."
    return "Where it turns most", words


_WORDS: dict[str, Callable[[_Seen], tuple[str, str]]] = {
    "surprising": _surprising,
    "known": _known,
    "open": _open,
    "shut": _shut,
    "varying": _varying,
    "emptied": _emptied,
    "written": _written,
    "fullest": _fullest,
    "turning": _turning,
}
