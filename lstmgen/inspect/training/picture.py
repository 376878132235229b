"""How models learnt, as a chart with a line of facts for each thing measured (one model) or each model (several)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import Float64Array
from lstmgen.durations import spoken_duration
from lstmgen.inspect.canvas.chart import draw_chart
from lstmgen.inspect.canvas.dots import CURVE_COLOURS, CURVE_MARKS, Curve
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.history import OVER_COLUMNS, WHAT_COLUMNS, TrainingHistory

_WHAT = {
    "loss": "loss in nats per token, less is better",
    "bits": "loss in bits per character, less is better",
    "norm": "gradient norm",
    "rate": "learning rate",
    "speed": "tokens read per second",
}
_BARS = "▁▂▃▄▅▆▇█"
_SPARK = 12  # cells of a small curve
_LABEL = 6
_LONGEST = 20  # cells of a name among several
_NOTHING = "The file records no evaluation: it was not trained with lstmgen."


@dataclass(frozen=True)
class NamedHistory:
    """How a model was trained, and the model's name, cleaned."""

    name: str
    history: TrainingHistory

    def since(self, update: float) -> NamedHistory:
        """Without what came before that update."""
        kept = ~(self.history["updates"] < update)
        columns = {name: values[kept] for name, values in self.history.columns.items()}
        return NamedHistory(self.name, TrainingHistory(columns, self.history.bits_per_character))


def draw_training(models: Sequence[NamedHistory], what: str, over: str, frame: Frame, *, since: float = 0) -> Picture:
    """what: one of WHAT_COLUMNS; over: one of OVER_COLUMNS; since: the update from which on it is drawn."""
    picture = Picture()
    shown = [model.since(since) for model in models]
    facts = _facts_of_one(shown[0].history) if len(shown) == 1 else _facts_of_several(shown)
    curves, counted = _curves(shown, what, over)
    picture.add(Segment(fit(_title(shown, what, since), frame.width), STRONG))
    room = replace(frame, height=frame.height - 1 - len(facts))
    chart = draw_chart(curves, room, over=counted, zero=what in ("rate", "speed"))
    if not chart.lines:
        trained = any(len(model.history) for model in models)
        picture.add(fit("None of this was measured in these updates." if trained else _NOTHING, frame.width))
    picture.lines += chart.lines
    for label, text, number in facts:
        style = Style(color=CURVE_COLOURS[number]) if frame.colours and number >= 0 else FAINT
        picture.add(Segment(label, style), fit(text, max(10, frame.width - len(label))))
    return picture.crop(frame.width)


def _title(shown: Sequence[NamedHistory], what: str, since: float) -> str:
    names = ", ".join(model.name for model in shown if model.name)
    count = len(shown[0].history)
    rows = f"{count:,} evaluation{'s' * (count != 1)}" if len(shown) == 1 else ""
    return title_line(names, _WHAT[what], rows, f"from update {since:,.0f}" if since > 0 else "")


def _curves(shown: Sequence[NamedHistory], what: str, over: str) -> tuple[list[Curve], str]:
    """The curves of the chart, and what their x counts."""
    scale, counted = _unit(shown, over)
    curves = []
    for number, model in enumerate(shown):
        x = model.history[OVER_COLUMNS[over]] / scale
        if len(shown) == 1:
            names = WHAT_COLUMNS[what]
            curves += [Curve(_short(name), x, model.history[name], k) for k, name in enumerate(names)]
        elif (column := model.history.measured_column(what)) is not None:
            short = _short(column)
            name = model.name + (f" ({short})" if short == "train" else "")
            curves.append(Curve(name, x, model.history[column], number))
    return curves, counted


def _short(column: str) -> str:
    return column.removesuffix("_bits")


def _unit(shown: Sequence[NamedHistory], over: str) -> tuple[float, str]:
    """Seconds are shown as minutes or hours where there are many."""
    if over != "time":
        return 1.0, over
    longest = max((float(model.history.finite("seconds").max(initial=0.0)) for model in shown), default=0.0)
    return (3600.0, "hours") if longest > 3 * 3600 else (60.0, "minutes") if longest > 300 else (1.0, "seconds")


def _facts_of_one(history: TrainingHistory) -> list[tuple[str, str, int]]:
    """A line for each thing measured: label, small curve and words, colour (-1: none)."""
    if not len(history):
        return []
    curves = {what: _small_curve(history[history.measured_column(what) or WHAT_COLUMNS[what][0]]) for what in _WHAT}
    return [(fill(what, _LABEL), f"{curve}  {_words(history, what)}", -1) for what, curve in curves.items()]


def _words(history: TrainingHistory, what: str) -> str:
    column = history.measured_column(what)
    if column is None:
        return "not measured"
    values = history.finite(column)
    first, last = values[0], values[-1]
    if what == "loss":
        low, at = _lowest(history, column)
        return f"{_short(column)} {first:.3f} to {last:.3f}, lowest {low:.3f} at update {at:,.0f}"
    if what == "bits":
        return f"{_short(column)} {first:.3f} to {last:.3f}, lowest {values.min():.3f} per character"
    if what == "norm":
        return f"{values.min():.3g} to {values.max():.3g}, median {np.median(values):.3g}, before clipping"
    if what == "rate":
        return f"{values.max():.3g} at most, {last:.3g} at the end"
    seconds, tokens = history.finite("seconds"), history.finite("tokens")
    read = f", {tokens[-1]:,.0f} in total" if len(tokens) else ""
    took = f", {spoken_duration(float(seconds[-1]))}" if len(seconds) else ""
    return f"{np.median(values):,.0f} tokens/s (median){read}{took}"


def _lowest(history: TrainingHistory, column: str) -> tuple[float, float]:
    """The smallest value of a column and the update at which it was measured (the first, where several are equal)."""
    at = int(np.nanargmin(np.where(np.isfinite(history[column]), history[column], np.nan)))
    return float(history[column][at]), float(history["updates"][at])


def _facts_of_several(shown: Sequence[NamedHistory]) -> list[tuple[str, str, int]]:
    """A line for each model, in the colour of its curve."""
    longest = min(max(cell_len(model.name) for model in shown), _LONGEST)
    labels = [f"{CURVE_MARKS[number]} {fill(model.name, longest)}" for number, model in enumerate(shown)]
    words = [_lowest_words(model.history) for model in shown]
    return [(label, text, number) for number, (label, text) in enumerate(zip(labels, words, strict=True))]


def _lowest_words(history: TrainingHistory) -> str:
    column = history.measured_column("loss")
    if column is None:
        return "  no loss measured"
    low, _ = _lowest(history, column)
    bits = history.bits_per_character.convert(np.array(low))
    seconds = history.finite("seconds")
    took = f", {spoken_duration(float(seconds[-1]))}" if len(seconds) else ""
    return f"  lowest {_short(column)} {low:.3f} ({bits:.3f} bits per character){took}"


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
