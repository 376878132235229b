"""What a model expected, place by place: its first guesses, whether to believe them, and where it was most wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import AnyArray
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, beginning, fill, fit
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.figures import decimal
from lstmgen.inspect.predictions.measure import Calibration, Predictions, calibration_of
from lstmgen.inspection.passage import Passage

_BIT = math.log(2.0)
_TOKEN = 10  # cells of a token's label at most
_WORST = 20  # places
_FULL = 8.0  # bits of the strongest colour
_COLUMNS = "bits: its surprise; rank 1: its first guess; entropy: how many bits it expected."
_RIGHT = Style(bold=True, underline=True)


@dataclass(frozen=True)
class TokenLabels:
    """How tokens look: those of the vocabulary by id, and each piece of the text as it stands in running text."""

    vocabulary: Sequence[str]
    pieces: Sequence[str]


def draw_predictions(
    predictions: Predictions, passage: Passage, labels: TokenLabels, title: str, frame: Frame, first: int = 0
) -> Picture:
    """One screen: a table of the places from `first` on, the calibration and the worst places in short."""
    picture, calibration = Picture(), calibration_of(predictions)
    worst = min(3, len(predictions))
    rows = max(3, frame.height - 10 - worst)
    last = min(first + rows, len(predictions))
    picture.add(Segment(fit(f"{title} · places {first:,}-{last - 1:,} of {len(predictions):,}", frame.width), STRONG))
    _add_table(picture, predictions, passage, labels, range(first, last), frame)
    picture.add(Segment(fit(_COLUMNS, frame.width), FAINT))
    picture.add(Segment(fit(_summary(predictions, calibration), frame.width), STRONG))
    picture.add()
    _add_tenths(picture, calibration, frame)
    picture.add(
        Segment(fit("Most surprising places (--worst for more; --calibration for the curve)", frame.width), FAINT)
    )
    _add_worst(picture, predictions, labels, worst, frame)
    return picture.crop(frame.width)


def _summary(predictions: Predictions, calibration: Calibration) -> str:
    """The four figures in a line."""
    surprise, entropy = predictions.nats.mean() / _BIT, predictions.entropy.mean() / _BIT
    return (
        f"Mean surprise {decimal(surprise, 3)} bits, entropy {entropy:.3f}"
        f" · right {100 * predictions.right():.1f} % · calibration error {100 * calibration.error:.1f} %"
    )


def draw_worst(predictions: Predictions, labels: TokenLabels, title: str, frame: Frame) -> Picture:
    """The most surprising places, each in its context."""
    picture = Picture()
    count = min(_WORST, len(predictions))
    picture.add(
        Segment(fit(f"{title} · the {count} most surprising of {len(predictions):,} places", frame.width), STRONG)
    )
    _add_worst(picture, predictions, labels, count, frame)
    return picture.crop(frame.width)


def draw_calibration(predictions: Predictions, title: str, frame: Frame) -> Picture:
    """How often the first guess was right where it was given so much: a bar each, and a mark where it should end."""
    picture, calibration = Picture(), calibration_of(predictions)
    picture.add(Segment(fit(f"{title} · calibration of the first guess", frame.width), STRONG))
    picture.add(fit(_summary(predictions, calibration), frame.width))
    picture.add()
    picture.add(Segment(f"{'said':>9} {'places':>8} {'mean':>6} {'right':>6}  0 %", FAINT))
    room = max(10, frame.width - 36)
    for k, places in enumerate(calibration.places.tolist()):
        head = f"{10 * k:>3}-{10 * k + 10:>3} % {places:>8,} "
        if not places or math.isnan(calibration.expected[k]):
            picture.add(Segment(head, FAINT))
            continue
        expected, observed = float(calibration.expected[k]), float(calibration.observed[k])
        cells = list(fill("█" * round(observed * room), room))
        cells[min(room - 1, round(expected * room))] = "|"
        bar = Segment("".join(cells), Style(color="color(75)") if frame.colours else None)
        picture.add(head, f"{100 * expected:>5.1f}% {100 * observed:>5.1f}%  ", bar)
    picture.add(
        Segment(fit("A bar is how often it was right, a | how often it said that it would be.", frame.width), FAINT)
    )
    return picture.crop(frame.width)


def _add_table(
    picture: Picture, predictions: Predictions, passage: Passage, labels: TokenLabels, places: range, frame: Frame
) -> None:
    digits = max(5, len(str(len(predictions))))
    some = slice(places.start, places.stop)
    mine = _widest([labels.vocabulary[k] for k in passage.ids[some].tolist()], 5)
    head = f"{'place':>{digits}} {'token':<{mine}} {'bits':>5} {'rank':>5} {'entropy':>7}  "
    guess = _widest([labels.vocabulary[k] for k in predictions.top[some].ravel().tolist()], 1)
    guesses = max(1, min(predictions.top.shape[1], (frame.width - len(head)) // (guess + 7)))
    picture.add(Segment(f"{head}expected, likeliest first", FAINT))
    for t in places:
        bits = predictions.nats[t] / _BIT
        ground = shade(bits, signed=False, scale=_FULL, colours=frame.colours) if frame.colours else None
        cells: list[Segment | str] = [
            f"{t:>{digits}} ",
            Segment(fill(labels.vocabulary[passage.ids[t]], mine), ground),
            f" {decimal(bits, 2):>5} {predictions.rank[t]:>5} {predictions.entropy[t] / _BIT:>7.2f}  ",
        ]
        for token, share in zip(
            predictions.top[t, :guesses].tolist(), predictions.probabilities[t].tolist(), strict=False
        ):
            label = fit(labels.vocabulary[token], guess)
            hit = _RIGHT if token == passage.ids[t] and frame.colours else None
            cells += [Segment(label, hit), " " * (guess - cell_len(label)) + f" {_percent(share):>4}  "]
        picture.add(*cells)


def _widest(texts: Sequence[str], least: int) -> int:
    """Cells for a column of them."""
    return min(_TOKEN, max([least, *map(cell_len, texts)]))


def _percent(share: float) -> str:
    return "<1%" if share < 0.005 else ">99%" if share >= 0.995 else f"{100 * share:.0f}%"


def _add_tenths(picture: Picture, calibration: Calibration, frame: Frame) -> None:
    """Two rows: what its first guess was given, and how often it was right."""
    width = max(5, min(7, (frame.width - 12) // len(calibration.places)))
    picture.add(Segment(fit("Its first guess, by how sure it was:", frame.width), FAINT))
    for name, values in (("it said", calibration.expected), ("was right", calibration.observed)):
        cells = [f"{'-' if math.isnan(value) else f'{100 * value:.0f}%':>{width}}" for value in values.tolist()]
        picture.add(f"{name:>10}  {''.join(cells)}")


def _add_worst(picture: Picture, predictions: Predictions, labels: TokenLabels, count: int, frame: Frame) -> None:
    digits = max(5, len(str(len(predictions))))
    for t in predictions.worst(count).tolist():
        guess = fit(labels.vocabulary[predictions.top[t, 0]], _TOKEN)
        head = f"{t:>{digits}} {decimal(predictions.nats[t] / _BIT, 2):>6} bits  "
        tail = f"  not {guess} {_percent(float(predictions.probabilities[t, 0]))}"
        room = max(8, frame.width - len(head) - cell_len(tail) - 2)
        before, token, after = _context(labels.pieces, t, room)
        style = (
            shade(predictions.nats[t] / _BIT, signed=False, scale=_FULL, colours=frame.colours)
            if frame.colours
            else None
        )
        marked = token if frame.colours else f"[{token}]"
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


def predictions_facts(predictions: Predictions, passage: Passage, tokens: Sequence[str]) -> Mapping[str, Any]:
    """Everything, place by place, and the calibration. Surprise and entropy are in nats."""
    return {
        "tokens": len(predictions),
        "mean_nats": float(predictions.nats.mean()),
        "mean_entropy": float(predictions.entropy.mean()),
        "right": predictions.right(),
        "right_in_top": predictions.right(predictions.top.shape[1]),
        "calibration": calibration_of(predictions),
        "worst": predictions.worst(_WORST),
        "pieces": passage.pieces,
        "top": [[tokens[k] for k in row] for row in predictions.top.tolist()],
        "probabilities": predictions.probabilities,
        "probability": predictions.probability,
        "rank": predictions.rank,
        "nats": predictions.nats,
        "entropy": predictions.entropy,
    }


def predictions_table(predictions: Predictions, passage: Passage, tokens: Sequence[str]) -> Table:
    """A row a place."""
    k = predictions.top.shape[1]
    guesses = [name for n in range(1, k + 1) for name in (f"guess{n}", f"probability{n}")]

    def rows() -> Iterator[list[Any]]:
        for t, piece in enumerate(passage.pieces):
            pairs = zip(predictions.top[t].tolist(), predictions.probabilities[t], strict=True)
            expected = [item for token, share in pairs for item in (tokens[token], share)]
            yield [
                t,
                piece,
                predictions.nats[t],
                predictions.rank[t],
                predictions.entropy[t],
                predictions.probability[t],
                *expected,
            ]

    return Table(["position", "token", "nats", "rank", "entropy", "probability", *guesses], rows())


def predictions_arrays(predictions: Predictions, passage: Passage) -> Iterator[tuple[str, AnyArray]]:
    """The same for numpy; `top` holds ids."""
    yield "tokens", np.array(passage.pieces, dtype=np.str_)
    yield "ids", passage.ids
    for name in ("top", "probabilities", "probability", "rank", "nats", "entropy"):
        yield name, getattr(predictions, name)
