"""How models learnt, as a chart with a line of facts for each thing measured (one model) or each model (several)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import Float64Array
from lstmgen.inspect.canvas.chart import COLOURS, MARKS, Line, draw_chart
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.history import KINDS, PLACES, Course

WHAT = {
    "loss": "loss, nats a token",
    "bits": "loss, bits a character",
    "norm": "norm of the gradient",
    "rate": "learning rate",
    "speed": "tokens read a second",
}
_BARS = "▁▂▃▄▅▆▇█"
_SPARK = 12  # cells of a small curve
_LABEL = 6
_LONGEST = 20  # cells of a name among several
_NOTHING = "The file records no evaluation: nobody has trained it with lstmgen."


@dataclass(frozen=True)
class Learner:
    """A model's course and its name, cleaned. since: the update from which on it is shown."""

    name: str
    course: Course

    def shown(self, since: float) -> Course:
        """Without what came before that update."""
        kept = ~(self.course["updates"] < since)
        return Course(
            {name: values[kept] for name, values in self.course.columns.items()}, self.course.bits_per_character
        )


def draw_training(
    learners: Sequence[Learner], kind: str, over: str, *, since: float, width: int, height: int, colours: str | None
) -> Picture:
    """kind: one of KINDS; over: updates, tokens or time."""
    picture = Picture()
    shown = [Learner(one.name, one.shown(since)) for one in learners]
    longest = max(cell_len(one.name) for one in shown)
    alone = shown[0].course
    facts = (
        (_facts(alone) if len(alone) else [])
        if len(shown) == 1
        else [_one(k, one, longest) for k, one in enumerate(shown)]
    )
    lines, places = _lines(shown, kind, over)
    picture.add(Segment(fit(_title(shown, kind, since), width), STRONG))
    chart = draw_chart(
        lines, width=width, height=height - 1 - len(facts), colours=colours, over=places, zero=kind in ("rate", "speed")
    )
    if not chart.lines:
        what = _NOTHING if not any(len(one.course) for one in learners) else "Nothing of this was measured there."
        picture.add(fit(what, width))
    picture.lines += chart.lines
    for label, text, number in facts:
        style = Style(color=COLOURS[number]) if colours and number >= 0 else FAINT
        picture.add(Segment(label, style), fit(text, max(10, width - len(label))))
    return picture.crop(width)


def _title(shown: Sequence[Learner], kind: str, since: float) -> str:
    names = ", ".join(one.name for one in shown if one.name)
    count = len(shown[0].course)
    rows = f"{count:,} evaluation{'s' * (count != 1)}" if len(shown) == 1 else ""
    cut = f"from update {since:,.0f} on" if since > 0 else ""
    return " · ".join(part for part in (names, WHAT[kind], rows, cut) if part)


def _lines(shown: Sequence[Learner], kind: str, over: str) -> tuple[list[Line], str]:
    """The lines of the chart, and what their places count."""
    scale, words = _unit(shown, over)
    found = []
    for number, one in enumerate(shown):
        places = one.course[PLACES[over]] / scale
        if len(shown) == 1:
            names = KINDS[kind]
            found += [Line(_short(name), places, one.course[name], k) for k, name in enumerate(names)]
        elif (column := one.course.telling(kind)) is not None:
            short = _short(column)
            found.append(
                Line(one.name + (f" ({short})" if short == "train" else ""), places, one.course[column], number)
            )
    return found, words


def _short(column: str) -> str:
    return column.removesuffix("_bits")


def _unit(shown: Sequence[Learner], over: str) -> tuple[float, str]:
    """Seconds are shown as minutes or hours where there are many."""
    if over != "time":
        return 1.0, over
    longest = max((float(one.course.known("seconds").max(initial=0.0)) for one in shown), default=0.0)
    return (3600.0, "hours") if longest > 3 * 3600 else (60.0, "minutes") if longest > 300 else (1.0, "seconds")


def _facts(course: Course) -> list[tuple[str, str, int]]:
    """A line for each kind: label, small curve and words, colour (-1: none)."""
    return [
        (
            fill(kind, _LABEL),
            f"{_small_curve(course[course.telling(kind) or KINDS[kind][0]])}  {_words(course, kind)}",
            -1,
        )
        for kind in KINDS
    ]


def _words(course: Course, kind: str) -> str:
    column = course.telling(kind)
    if column is None:
        return "not measured"
    values = course.known(column)
    first, last = values[0], values[-1]
    if kind == "loss":
        low, at = lowest(course, column)
        return f"{_short(column)} {first:.3f} to {last:.3f}, lowest {low:.3f} at update {at:,.0f}"
    if kind == "bits":
        return f"{_short(column)} {first:.3f} to {last:.3f}, lowest {values.min():.3f} a character"
    if kind == "norm":
        return f"{values.min():.3g} to {values.max():.3g}, median {np.median(values):.3g}, before clipping"
    if kind == "rate":
        return f"{values.max():.3g} at most, {last:.3g} at the end"
    seconds, tokens = course.known("seconds"), course.known("tokens")
    read = f", {tokens[-1]:,.0f} in all" if len(tokens) else ""
    took = f", {_spoken(float(seconds[-1]))}" if len(seconds) else ""
    return f"{np.median(values):,.0f} tokens/s (median){read}{took}"


def lowest(course: Course, column: str) -> tuple[float, float]:
    """The smallest value of a column and the update at which it was measured (the first, where several are equal)."""
    at = int(np.nanargmin(np.where(np.isfinite(course[column]), course[column], np.nan)))
    return float(course[column][at]), float(course["updates"][at])


def _one(number: int, one: Learner, longest: int) -> tuple[str, str, int]:
    """A model among several, in a line."""
    column = one.course.telling("loss")
    label = f"{MARKS[number]} {fill(one.name, min(longest, _LONGEST))}"
    if column is None:
        return label, "  no loss measured", number
    low, _ = lowest(one.course, column)
    bits = one.course.bits_per_character.convert(np.array(low))
    seconds = one.course.known("seconds")
    took = f", {_spoken(float(seconds[-1]))}" if len(seconds) else ""
    return label, f"  lowest {_short(column)} {low:.3f} ({bits:.3f} bits a character){took}", number


def _small_curve(values: Float64Array, cells: int = _SPARK) -> str:
    """Values in a row of bars from lowest to highest, the mean of each stretch; blanks where there is none."""
    if not np.isfinite(values).any():
        return " " * cells
    parts = np.array_split(np.where(np.isfinite(values), values, np.nan), min(cells, len(values)))
    means = [float(np.mean(part[np.isfinite(part)])) if np.isfinite(part).any() else math.nan for part in parts]
    known = [mean for mean in means if math.isfinite(mean)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    span = high - low or 1.0
    text = "".join(_BARS[round((m - low) / span * (len(_BARS) - 1))] if math.isfinite(m) else " " for m in means)
    return f"{text:<{cells}}"


def _spoken(seconds: float) -> str:
    """As in 45 s, 5 min 3 s and 1 h 20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
