"""How far back a model sees, on a screen: the headline, a line for each number of tokens, gradients, forget gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import AnyArray, Float64Array
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fit, wrap
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.reach.measure import Context, Reach, halving_bins

_BAR = Style(color="color(75)")
_USED = Style(bold=True, color="color(214)")
_FULL, _PART = "█", "▌"
_LABEL, _COLUMNS = 7, 58  # cells before the bar
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class ReachSubject:
    """name, text: in words, cleaned; level: char or word; layer: whose gates are shown, of `layers`."""

    name: str
    text: str
    cell: str
    level: str
    layer: int
    layers: int

    def count(self, number: int) -> str:
        """ "64 characters" """
        noun = "character" if self.level == "char" else "token"
        return f"{number:,} {noun}{'' if number == 1 else 's'}"


def draw_reach(reach: Reach, subject: ReachSubject, frame: Frame) -> Picture:
    """The page."""
    picture, width = Picture(), frame.width
    picture.add(Segment(fit(title_line(subject.name, "how far back it sees", subject.text), width), STRONG))
    first, *rest = headline(reach, subject)
    for line in wrap(first, width):
        picture.add(Segment(line, _USED))
    for line in wrap(" ".join(rest), width):
        picture.add(line)
    head = f"{'last k':>{_LABEL}}{'loss, alone':>14}{'error':>9}{'shuffled':>11}{'error':>9}{'gradient':>10}"
    picture.add(Segment(fit(head, width), FAINT))
    longest, used = float(np.nan_to_num([context.above for context in reach.contexts]).max()), reach.used()
    for context in reach.contexts:
        room = max(0, width - _COLUMNS - 4)
        share = max(context.above, 0.0) / longest if context.above > 0 else 0.0
        halves = round(2 * room * share)
        bar = _FULL * (halves // 2) + _PART * (halves % 2)
        picture.add(Segment(_row(context, reach), STRONG if context.k == used else None), "  ", Segment(bar, _BAR))
    for line in wrap(_gradient_words(reach, subject), width):
        picture.add(Segment(line, FAINT))
    for line in _forgetting_lines(reach, subject, width):
        picture.add(line)
    return picture.crop(width)


def headline(reach: Reach, subject: ReachSubject) -> list[str]:
    """What it comes to, and by which rule."""
    used, sure, last = reach.used(), reach.used(2.0), reach.contexts[-1].k
    if used is None:
        words = f"Uses more than {subject.count(last)}, the most that was tried."
    else:
        words = f"Uses about {subject.count(used)}"
        words += "." if sure == used else (
            f" (up to {sure:,} within two errors)." if sure is not None else " (within two errors it may be more than "
            f"{last:,})."
        )  # fmt: skip
    rule = (
        f"With more than that before it, a token costs at most {reach.near:.3f} nats (0.01, or 1 %) more than the "
        f"{reach.full:.3f} that it costs after the whole text so far."
    )
    return [words, rule]


def _row(context: Context, reach: Reach) -> str:
    gradient = _near(reach.gradient, context.k)
    return (
        f"{context.k:>{_LABEL}}{_signed(context.above):>14}{_error(context.error):>9}{_signed(context.shuffled):>11}"
        f"{_error(context.shuffled_error):>9}{'' if gradient is None else f'{gradient:.2g}':>10}"
    )


def _signed(number: float) -> str:
    text = f"{number:+.3f}"
    return "+0.000" if text == "-0.000" else text


def _error(error: float) -> str:
    return f"±{error:.3f}" if np.isfinite(error) else ""


def _near(gradient: Float64Array, k: int) -> float | None:
    """The mean over distances above k/2 up to k; nothing beyond what was measured."""
    return float(gradient[k // 2 : k].mean()) if k <= len(gradient) else None


def _gradient_words(reach: Reach, subject: ReachSubject) -> str:
    """What the columns are, and where the gradients lie."""
    return (
        "Nats of surprise (0.69 are one bit) more a token: alone, with nothing but the last k; shuffled, with the 128 "
        "before them too, in random order. Gradient: how much the token k back moves the score (logit) of the one that "
        "came; half of it lies within "
        f"{subject.count(reach.within(0.5))}, nine tenths within {reach.within(0.9):,}."
    )


def _forgetting_lines(reach: Reach, subject: ReachSubject, width: int) -> Iterator[str]:
    """How long the forget gates keep: the distribution of time constants of one layer's units."""
    if not reach.time_constants.size:
        yield fit(CELL_FACTS[subject.cell].remark, width)
        return
    facts = CELL_FACTS[subject.cell]
    entry = facts.quantity(facts.keep)
    constants = reach.time_constants[subject.layer]
    known = np.nan_to_num(constants, nan=0.0, posinf=1e9)
    middle, tenth = np.quantile(known, (0.5, 0.9))
    where = f" of layer {subject.layer}" if subject.layers > 1 else ""
    yield from wrap(
        f"{entry.names}{where} (1 {entry.opens}): tokens until a unit's memory fades to a third (1/e), "
        f"-1/ln(mean {entry.letter}): half over {middle:.1f}, a tenth over {tenth:.1f}, at most {known.max():,.1f}.",
        width,
    )
    counts = halving_bins(constants)
    edges = ["0", *(str(2**power) for power in range(len(counts) - 1))]
    yield fit("tokens, from" + "".join(f"{edge:>6}" for edge in edges), width)
    yield fit(f"{'units':<12}" + "".join(f"{count:>6,}" for count in counts), width)


def reach_facts(reach: Reach, subject: ReachSubject) -> dict[str, Any]:
    """For machines: everything measured, and the headline."""
    return {
        "text": subject.text,
        "uses": reach.used(),
        "uses_within_two_errors": reach.used(2.0),
        "headline": " ".join(headline(reach, subject)),
        "full_loss": reach.full,
        "near": reach.near,
        "contexts": reach.contexts,
        "gradient": reach.gradient,
        "gradient_half_within": reach.within(0.5),
        "gradient_nine_tenths_within": reach.within(0.9),
        "time_constants": reach.time_constants,
    }


def reach_table(reach: Reach) -> Table:
    """A row for each k."""
    columns = ["k", "above", "error", "scored", "shuffled", "shuffled_error", "gradient"]
    return Table(
        columns,
        (
            [one.k, one.above, one.error, one.scored, one.shuffled, one.shuffled_error, _near(reach.gradient, one.k)]
            for one in reach.contexts
        ),
    )


def reach_arrays(reach: Reach) -> Iterator[tuple[str, AnyArray]]:
    """Columns of the contexts, the gradient by distance, and the time constants."""
    for name in ("k", "above", "error", "scored", "shuffled", "shuffled_error"):
        yield name, np.array([getattr(context, name) for context in reach.contexts])
    yield "gradient", reach.gradient
    yield "time_constants", reach.time_constants
