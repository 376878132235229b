"""What a model expected, place by place: its first guesses, whether to believe them, and where it was most wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import AnyArray
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.figures import decimal
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, beginning, fill, fit
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.predictions.measure import Calibration, Predictions, calibration_of
from lstmgen.inspect.score.picture import Canvas
from lstmgen.inspection.passage import Passage

_BIT = math.log(2.0)
_TOKEN = 10  # cells of a token's label at most
_WORST = 20  # places
_FULL = 8.0  # bits of the strongest colour
_RIGHT = Style(bold=True, underline=True)

_Clean = Callable[[str], str]


class Words:
    """How tokens look: `labels` by id, `shown` each piece of the text as in running text."""

    def __init__(self, labels: Sequence[str], shown: Sequence[str]) -> None:
        self.labels, self.shown = labels, shown


def draw_predictions(
    found: Predictions, passage: Passage, words: Words, title: str, canvas: Canvas, first: int = 0
) -> Picture:
    """One screen: a table of the places from `first` on, the calibration and the worst places in short."""
    picture, calibration = Picture(), calibration_of(found)
    worst = min(3, len(found))
    rows = max(3, canvas.height - 9 - worst)
    last = min(first + rows, len(found))
    picture.add(Segment(fit(f"{title} · places {first:,}-{last - 1:,} of {len(found):,}", canvas.width), STRONG))
    _add_table(picture, found, passage, words, range(first, last), canvas)
    picture.add(Segment(fit(_summary(found, calibration), canvas.width), STRONG))
    picture.add()
    _add_tenths(picture, calibration, canvas)
    picture.add(Segment(fit("Worst places (--worst for more; --calibration for the curve)", canvas.width), FAINT))
    _add_worst(picture, found, words, worst, canvas)
    return picture.crop(canvas.width)


def _summary(found: Predictions, calibration: Calibration) -> str:
    """The four figures in a line."""
    return (
        f"Mean surprise {decimal(found.nats.mean() / _BIT, 3)} bits, entropy {found.entropy.mean() / _BIT:.3f}"
        f" · right {100 * found.right():.1f} % · calibration error {100 * calibration.error:.1f} %"
    )


def draw_worst(found: Predictions, words: Words, title: str, canvas: Canvas) -> Picture:
    """The most surprising places, each in its context."""
    picture = Picture()
    count = min(_WORST, len(found))
    picture.add(Segment(fit(f"{title} · the {count} most surprising of {len(found):,} places", canvas.width), STRONG))
    _add_worst(picture, found, words, count, canvas)
    return picture.crop(canvas.width)


def draw_calibration(found: Predictions, title: str, canvas: Canvas) -> Picture:
    """How often the first guess was right where it was given so much: a bar each, and a mark where it should end."""
    picture, calibration = Picture(), calibration_of(found)
    picture.add(Segment(fit(f"{title} · calibration of the first guess", canvas.width), STRONG))
    picture.add(fit(_summary(found, calibration), canvas.width))
    picture.add()
    picture.add(Segment(f"{'said':>9} {'places':>8} {'mean':>6} {'right':>6}  0 %", FAINT))
    room = max(10, canvas.width - 36)
    for k, places in enumerate(calibration.places.tolist()):
        head = f"{10 * k:>3}-{10 * k + 10:>3} % {places:>8,} "
        if not places or math.isnan(calibration.expected[k]):
            picture.add(Segment(head, FAINT))
            continue
        expected, observed = float(calibration.expected[k]), float(calibration.observed[k])
        cells = list(fill("█" * round(observed * room), room))
        cells[min(room - 1, round(expected * room))] = "|"
        bar = Segment("".join(cells), Style(color="color(75)") if canvas.colours else None)
        picture.add(head, f"{100 * expected:>5.1f}% {100 * observed:>5.1f}%  ", bar)
    picture.add(Segment(fit("A bar is how often it was right, | how often it said it would be.", canvas.width), FAINT))
    return picture.crop(canvas.width)


def _add_table(
    picture: Picture, found: Predictions, passage: Passage, words: Words, places: range, canvas: Canvas
) -> None:
    digits = max(5, len(str(len(found))))
    some = slice(places.start, places.stop)
    mine = _widest([words.labels[k] for k in passage.ids[some].tolist()], 5)
    head = f"{'place':>{digits}} {'token':<{mine}} {'bits':>5} {'rank':>5} {'entropy':>7}  "
    guess = _widest([words.labels[k] for k in found.top[some].ravel().tolist()], 1)
    guesses = max(1, min(found.top.shape[1], (canvas.width - len(head)) // (guess + 7)))
    picture.add(Segment(f"{head}it expected", FAINT))
    for t in places:
        bits = found.nats[t] / _BIT
        ground = shade(bits, signed=False, scale=_FULL, colours=canvas.colours) if canvas.colours else None
        cells: list[Segment | str] = [
            f"{t:>{digits}} ",
            Segment(fill(words.labels[passage.ids[t]], mine), ground),
            f" {decimal(bits, 2):>5} {found.rank[t]:>5} {found.entropy[t] / _BIT:>7.2f}  ",
        ]
        for token, share in zip(found.top[t, :guesses].tolist(), found.probabilities[t].tolist(), strict=False):
            label = fit(words.labels[token], guess)
            hit = _RIGHT if token == passage.ids[t] and canvas.colours else None
            cells += [Segment(label, hit), " " * (guess - cell_len(label)) + f" {_percent(share):>4}  "]
        picture.add(*cells)


def _widest(labels: Sequence[str], least: int) -> int:
    """Cells for a column of them."""
    return min(_TOKEN, max([least, *map(cell_len, labels)]))


def _percent(share: float) -> str:
    return "<1%" if share < 0.005 else ">99%" if share >= 0.995 else f"{100 * share:.0f}%"


def _add_tenths(picture: Picture, calibration: Calibration, canvas: Canvas) -> None:
    """Two rows: what its first guess was given, and how often it was right."""
    width = max(5, min(7, (canvas.width - 12) // len(calibration.places)))
    picture.add(Segment(fit("Its first guess, by how sure it was:", canvas.width), FAINT))
    for name, values in (("it said", calibration.expected), ("was right", calibration.observed)):
        cells = [f"{'-' if math.isnan(value) else f'{100 * value:.0f}%':>{width}}" for value in values.tolist()]
        picture.add(f"{name:>10}  {''.join(cells)}")


def _add_worst(picture: Picture, found: Predictions, words: Words, count: int, canvas: Canvas) -> None:
    digits = max(5, len(str(len(found))))
    for t in found.worst(count).tolist():
        guess = fit(words.labels[found.top[t, 0]], _TOKEN)
        head = f"{t:>{digits}} {decimal(found.nats[t] / _BIT, 2):>6} bits  "
        tail = f"  not {guess} {_percent(float(found.probabilities[t, 0]))}"
        room = max(8, canvas.width - len(head) - cell_len(tail) - 2)
        before, token, after = _context(words.shown, t, room)
        style = (
            shade(found.nats[t] / _BIT, signed=False, scale=_FULL, colours=canvas.colours) if canvas.colours else None
        )
        marked = token if canvas.colours else f"[{token}]"
        cells = cell_len(before) + cell_len(marked) + cell_len(after)
        picture.add(head, before, Segment(marked, style), after, " " * max(0, room + 2 - cells), Segment(tail, FAINT))


def _context(shown: Sequence[str], t: int, room: int) -> tuple[str, str, str]:
    """What stands before a place, its token, and what comes after, in so many cells: two thirds of them before."""
    token = fit(shown[t], room)
    left = (room - cell_len(token)) * 2 // 3
    before = ""
    for k in range(t - 1, -1, -1):
        if cell_len(shown[k]) + cell_len(before) > left:
            break
        before = shown[k] + before
    rest = room - cell_len(token) - left
    after = beginning("".join(shown[t + 1 : t + 1 + rest]), rest)
    return " " * (left - cell_len(before)) + before, token, after


def predictions_facts(found: Predictions, passage: Passage, tokens: Sequence[str]) -> Mapping[str, Any]:
    """Everything, place by place, and the calibration. Surprise and entropy are in nats."""
    return {
        "tokens": len(found),
        "mean_nats": float(found.nats.mean()),
        "mean_entropy": float(found.entropy.mean()),
        "right": found.right(),
        "right_in_top": found.right(found.top.shape[1]),
        "calibration": calibration_of(found),
        "worst": found.worst(_WORST),
        "pieces": passage.pieces,
        "top": [[tokens[k] for k in row] for row in found.top.tolist()],
        "probabilities": found.probabilities,
        "probability": found.probability,
        "rank": found.rank,
        "nats": found.nats,
        "entropy": found.entropy,
    }


def predictions_table(found: Predictions, passage: Passage, tokens: Sequence[str]) -> Table:
    """A row a place."""
    k = found.top.shape[1]
    guesses = [name for n in range(1, k + 1) for name in (f"guess{n}", f"probability{n}")]

    def rows() -> Iterator[list[Any]]:
        for t, piece in enumerate(passage.pieces):
            pairs = zip(found.top[t].tolist(), found.probabilities[t], strict=True)
            expected = [item for token, share in pairs for item in (tokens[token], share)]
            yield [t, piece, found.nats[t], found.rank[t], found.entropy[t], found.probability[t], *expected]

    return Table(["position", "token", "nats", "rank", "entropy", "probability", *guesses], rows())


def predictions_arrays(found: Predictions, passage: Passage) -> Iterator[tuple[str, AnyArray]]:
    """The same for numpy; `top` holds ids."""
    yield "tokens", np.array(passage.pieces, dtype=np.str_)
    yield "ids", passage.ids
    for name in ("top", "probabilities", "probability", "rank", "nats", "entropy"):
        yield name, getattr(found, name)
