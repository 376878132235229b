"""One unit: its strongest places in their context, and its mean after each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.arrays import Float32Array
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fit
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.units.ablation import Ablation
from lstmgen.inspect.units.picture import ablation_lines
from lstmgen.inspect.units.responses import Response

_SHARE = 0.62  # of a context's cells that come before the peak
_NUMBER = 8  # cells of a value
_EDGES = 9  # lines that are no place: title, headings, means


@dataclass(frozen=True)
class UnitPage:
    """title and text: in words, cleaned; values (T,); labels: tokens of the text, kinds: of the vocabulary, cleaned."""

    title: str
    text: str
    values: Float32Array
    labels: Sequence[str]
    kinds: Sequence[str]
    spaced: bool


def draw_response(unit: UnitPage, response: Response, ablation: Ablation | None, frame: Frame) -> Picture:
    """The unit's highest and lowest places, and the tokens after which it is high and low on average."""
    picture, width, colours = Picture(), frame.width, frame.colours
    picture.add(Segment(fit(unit.title, width), STRONG))
    costs = [] if ablation is None else ablation_lines(ablation, unit.kinds, width)
    room = max(2, frame.height - _EDGES - len(costs))
    just_read = "" if colours else ", [token just read]"
    high = min(len(response.highest), room - room // 2)
    for words, places in (
        ("Highest", response.highest[:high]),
        ("Lowest", response.lowest[: room // 2]),
    ):
        picture.add(Segment(fit(f"{words} in {unit.text}{just_read}", width), FAINT))
        for place in places:
            picture.add(*_context(unit, place, width, colours))
    picture.add(Segment(f"Mean after each token (of all tokens {response.mean:.2f} ± {response.deviation:.2f})", FAINT))
    for words, entries in (("high", response.means), ("low", response.means[::-1])):
        for line in _means(unit, words, entries, width):
            picture.add(line)
    for line in costs:
        picture.add(line)
    return picture.crop(width)


def _context(unit: UnitPage, place: int, width: int, colours: str | None) -> list[Segment]:
    gap = 1 if unit.spaced else 0
    room = width - _NUMBER - 3
    peak = unit.labels[place]
    around = ("", "") if colours else ("[", "]")
    before = _side(unit.labels[:place][::-1], int(room * _SHARE), gap)[::-1]
    after = _side(unit.labels[place + 1 :], room - int(room * _SHARE) - cell_len(peak) - 2, gap)
    left = (" " * gap).join(before)
    text = Segment(f"{around[0]}{peak}{around[1]}", _style(unit, place, colours))
    return [
        Segment(f"{float(unit.values[place]):>{_NUMBER}.2f}  ", FAINT),
        Segment(" " * max(0, int(room * _SHARE) - cell_len(left)) + left + " " * gap),
        text,
        Segment(" " * gap + (" " * gap).join(after)),
    ]


def _style(unit: UnitPage, place: int, colours: str | None) -> Any:
    if not colours:
        return None
    full = float(np.nan_to_num(abs(unit.values)).max()) or 1.0
    return shade(float(unit.values[place]), signed=True, scale=full, colours=colours)


def _side(labels: Sequence[str], room: int, gap: int) -> list[str]:
    """As many labels as fit, nearest first."""
    nearest: list[str] = []
    for label in labels[: max(room, 0)]:
        room -= cell_len(label) + gap
        if room < 0:
            break
        nearest.append(label)
    return nearest


def _means(unit: UnitPage, words: str, entries: Sequence[tuple[int, float, int]], width: int) -> list[str]:
    line = f"  {words:<5}"
    for k, mean, _ in entries:
        piece = f" {unit.kinds[k]} {mean:.2f} "
        if cell_len(line) + cell_len(piece) > width:
            break
        line += piece
    return [line.rstrip()]


def response_facts(unit: UnitPage, response: Response, tokens: Sequence[str]) -> dict[str, Any]:
    """For machines: places with their values, and the mean after each token."""
    return {
        "mean": response.mean,
        "deviation": response.deviation,
        "highest": [{"position": k, "value": float(unit.values[k])} for k in response.highest],
        "lowest": [{"position": k, "value": float(unit.values[k])} for k in response.lowest],
        "means": [{"token": tokens[k], "mean": mean, "times": times} for k, mean, times in response.means],
        "values": unit.values,
    }


def response_table(unit: UnitPage, tokens: Sequence[str]) -> Table:
    """A row for each token of the text."""
    return Table(["position", "token", "value"], ([t, token, unit.values[t]] for t, token in enumerate(tokens)))
