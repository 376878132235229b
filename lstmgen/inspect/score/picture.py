"""How good a model is, on one screen: its figures, what counting makes of the same text, and the text itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import AnyArray, Float64Array
from lstmgen.inspect.canvas.figures import decimal
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.score.aided import aid_columns, aid_facts, aid_words
from lstmgen.inspect.score.surprise import Inked, draw_surprise, surprise_key
from lstmgen.inspection.aided import Aided
from lstmgen.inspection.baselines import Baseline
from lstmgen.inspection.passage import Passage
from lstmgen.inspection.score import WINDOW, Figures, Line

_BAR = "color(75)"
_OURS = "color(214)"
_LEAST_TEXT = 4  # lines that the text gets whatever else there is to say


@dataclass(frozen=True, eq=False)
class Scored:
    """One model on a passage: its name, what was measured, from a carried state and, as trained, in fresh windows."""

    name: str
    passage: Passage
    nats: Float64Array
    nats_afresh: Float64Array
    figures: Figures
    afresh: Figures
    level: str
    vocabulary: int
    aided: Aided | None = None  # where it was helped, how; nats and figures are with that help


@dataclass(frozen=True)
class Canvas:
    """Room and colours."""

    width: int
    height: int
    colours: str | None


def plus_minus(value: float, error: float | None, digits: int = 4) -> str:
    """ "1.0033 ± 0.0098", or the value alone."""
    return decimal(value, digits) + ("" if error is None else f" ± {decimal(error, digits)}")


def draw_score(
    scored: Scored, about: str, baselines: Sequence[Baseline], remark: str, labels: Sequence[str], canvas: Canvas
) -> Picture:
    """The screen. about: which text; remark: what the n-grams were counted in; labels: one a token, cleaned."""
    picture, width = Picture(), canvas.width
    figures = scored.figures
    title = f"{scored.name} · {about} · {_size_words(figures, scored.level)}"
    picture.add(Segment(fit(title, width), STRONG))
    _add_figures(picture, scored, width)
    _add_baselines(picture, scored, baselines, remark, canvas)
    room = max(canvas.height - len(picture.lines) - 2, _LEAST_TEXT)
    add_text(picture, scored.passage, scored.nats / math.log(2.0), labels, room, canvas, math.log2(scored.vocabulary))
    return picture.crop(width)


def _size_words(figures: Figures, level: str) -> str:
    """ "9,012 tokens, 35,911 characters"."""
    characters = f"{figures.characters:,} character{'' if figures.characters == 1 else 's'}"
    return characters if level == "char" else f"{figures.tokens:,} tokens, {characters}"


def _add_figures(picture: Picture, scored: Scored, width: int) -> None:
    figures, afresh = scored.figures, scored.afresh
    bits = plus_minus(figures.bits_a_character, figures.bits_error)
    nats = plus_minus(figures.nats, figures.nats_error)
    kind = "a character" if scored.level == "char" else "a word or mark"
    picture.add(Segment(f"{bits} bits a character", STRONG), f" · {nats} nats a token")
    per = f" · {figures.nats_a_character:.4f} nats a character" if scored.level == "word" else ""
    picture.add(fit(f"perplexity {decimal(figures.perplexity, 2)} {kind}{per} · ± is one standard error", width))
    if figures.spelling:
        share = figures.spelling / math.log(2.0) / max(1, figures.characters)
        picture.add(fit(f"of these, {share:.4f} bits a character spell the unknown words (all letters alike)", width))
    for words in aid_words(scored):
        picture.add(fit(words, width))
    again = f"{decimal(afresh.bits_a_character, 4)} bits, {decimal(afresh.nats, 4)} nats a token"
    again += f" in fresh windows of {WINDOW}"
    picture.add(fit(f"as trained: {again}" if scored.aided else f"{again}, as other tools report", width))


def _add_baselines(
    picture: Picture, scored: Scored, baselines: Sequence[Baseline], remark: str, canvas: Canvas
) -> None:
    picture.add()
    picture.add(Segment(fit(remark, canvas.width), FAINT))
    ours = scored.figures.bits_a_character
    most = max([ours, *(row.bits_a_character for row in baselines)])
    for row in baselines:
        gap = ("" if row.more < 0 else "+") + plus_minus(row.more, row.error, 3)
        picture.add(*_bar(row.name, row.bits_a_character, most, gap, _BAR, canvas))
    if baselines:
        picture.add(*_bar("this model", ours, most, "", _OURS, canvas))
        picture.add()


def _bar(name: str, bits: float, most: float, gap: str, colour: str, canvas: Canvas) -> list[Segment | str]:
    head, tail = f"{name:>10}  {decimal(bits, 3):>6} ", f" {gap:>15}"
    room = max(4, canvas.width - len(head) - len(tail))
    finite = bits / most if math.isfinite(bits) and most > 0 else 1.0
    cells = "█" * max(1, round(room * finite))
    style = Style(color=colour) if canvas.colours else None
    return [head, Segment(fill(cells, room), style), Segment(tail if gap else "", FAINT)]


def add_text(
    picture: Picture,
    passage: Passage,
    bits: Float64Array,
    labels: Sequence[str],
    room: int,
    canvas: Canvas,
    full: float,
    signed: bool = False,
) -> None:
    """The beginning of the text in the colours of its bits (T,), with its key."""
    ends = [piece.endswith("\n") for piece in passage.pieces]
    inked = Inked(labels, bits, ends, signed)
    drawn, shown = draw_surprise(inked, canvas.width, room, canvas.colours, max(full, 1.0))
    rest = f" (its first {shown:,} tokens)" if shown < len(passage) else ""
    what = "Where they differ" if signed else "The text by its surprise"
    picture.add(Segment(fit(f"{what}{rest}", canvas.width), FAINT))
    picture.lines += drawn.lines
    picture.add(*surprise_key(inked, canvas.width, canvas.colours, max(full, 1.0)))


def draw_lines(lines: Sequence[Line], canvas: Canvas, clean: Callable[[str], str]) -> Picture:
    """A row a line."""
    picture = Picture()
    digits = max(4, len(str(max((line.number for line in lines), default=0))))
    picture.add(Segment(f"{'line':>{digits}} {'tokens':>6} {'nats':>9} {'bits/char':>9}  text", FAINT))
    for line in lines:
        nats, bits = decimal(line.nats, 2), decimal(line.bits_a_character, 3)
        head = f"{line.number:>{digits}} {line.tokens:>6} {nats:>9} {bits:>9}  "
        picture.add(head, fit(clean(line.text), max(1, canvas.width - len(head))))
    return picture


def score_facts(scored: Scored, baselines: Sequence[Baseline]) -> Mapping[str, Any]:
    """Every figure, and every token's nats."""
    return {
        "model": scored.name,
        "level": scored.level,
        **vars(scored.figures),
        **aid_facts(scored),
        "fresh_windows": {"window": WINDOW, **vars(scored.afresh)},
        "unseen": scored.passage.unseen,
        "baselines": list(baselines),
        "pieces": scored.passage.pieces,
        "token_nats": scored.nats,
        "token_spelling": scored.passage.spelling,
        **{f"token_{name}": values for name, values in aid_columns(scored).items()},
    }


def score_arrays(scored: Scored) -> Iterator[tuple[str, AnyArray]]:
    """A number a token."""
    yield "tokens", np.array(scored.passage.pieces, dtype=np.str_)
    yield "ids", scored.passage.ids
    yield "nats", scored.nats
    yield "nats_in_fresh_windows", scored.nats_afresh
    yield "spelling", scored.passage.spelling
    yield "starts", scored.passage.starts
    yield from aid_columns(scored).items()


def score_table(scored: Scored) -> Table:
    """A row a token."""
    more = aid_columns(scored)
    rows = zip(scored.passage.pieces, scored.nats, scored.passage.spelling, *more.values(), strict=True)
    return Table(["position", "token", "nats", "spelling", *more], ([k, *row] for k, row in enumerate(rows)))


def lines_table(lines: Sequence[Line]) -> Table:
    """A row a line."""
    columns = ["line", "tokens", "characters", "nats", "bits_a_character", "text"]
    return Table(columns, ([x.number, x.tokens, x.characters, x.nats, x.bits_a_character, x.text] for x in lines))
