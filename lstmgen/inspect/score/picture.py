"""How good a model is, on one screen: its figures, what counting makes of the same text, and the text itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.segment import Segment
from rich.style import Style

from lstmgen.arrays import AnyArray, Float64Array
from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.figures import decimal
from lstmgen.inspect.score.aided import aid_columns, aid_facts, aid_words
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspect.score.surprise_picture import SurpriseText, draw_surprise, surprise_key
from lstmgen.inspect.score.words import WordScore, word_scores
from lstmgen.inspection.baselines import Baseline
from lstmgen.inspection.passage import Passage
from lstmgen.inspection.score import FRESH_WINDOW, LineScore, ScoreFigures

_BAR = "color(75)"
_OURS = "color(214)"
_LEAST_TEXT = 2  # lines that the text gets whatever else there is to say


@dataclass(frozen=True)
class Baselines:
    """What counting makes of the same text, and in words what it was counted in, or why there is none."""

    rows: Sequence[Baseline] = ()
    remark: str = ""


def plus_minus(value: float, error: float | None, digits: int = 4) -> str:
    """ "1.0033 ± 0.0098", or the value alone."""
    return decimal(value, digits) + ("" if error is None else f" ± {decimal(error, digits)}")


def draw_score(scored: Scored, about: str, baselines: Baselines, labels: Sequence[str], frame: Frame) -> Picture:
    """The screen. about: which text; labels: one a token, cleaned."""
    picture, width = Picture(), frame.width
    figures = scored.figures
    title = title_line(scored.name, about, _size_words(figures, scored.level))
    picture.add(Segment(fit(title, width), STRONG))
    _add_figures(picture, scored, width)
    _add_baselines(picture, scored, baselines, frame)
    room = max(frame.height - len(picture.lines) - 2, _LEAST_TEXT)
    bits = np.where(scored.passage.known, scored.nats / math.log(2.0), math.nan)
    add_text(picture, scored.passage, bits, labels, room, frame, math.log2(scored.vocabulary))
    return picture.crop(width)


def _size_words(figures: ScoreFigures, level: str) -> str:
    """ "9,012 tokens, 35,911 characters"."""
    characters = f"{figures.characters:,} character{'' if figures.characters == 1 else 's'}"
    return characters if level == "char" else f"{figures.tokens:,} tokens, {characters}"


def _add_figures(picture: Picture, scored: Scored, width: int) -> None:
    figures, afresh = scored.figures, scored.afresh
    bits = plus_minus(figures.bits_a_character, figures.bits_error)
    nats = plus_minus(figures.nats, figures.nats_error)
    kind = {"char": "a character", "word": "a word or mark"}.get(scored.level, "a token")
    picture.add(Segment(f"{bits} bits a character", STRONG), f" · {nats} nats a token")
    per = f" · {figures.nats_a_character:.4f} nats a character" if scored.level != "char" else ""
    perplexity = f"perplexity {decimal(figures.perplexity, 2)} {kind}{per} · less is better · ± is one standard error"
    picture.lines += [[Segment(line)] for line in wrap(perplexity, width)]
    if figures.spelling:
        share = figures.spelling / math.log(2.0) / max(1, figures.characters)
        picture.add(fit(f"bits and perplexity include {share:.4f} bits a character for spelling unknown words", width))
    if count := int((~scored.passage.known).sum()):
        each = scored.passage.charges.sum() / math.log(2.0)
        what = "1 unseen token" if count == 1 else f"{count:,} unseen tokens"
        picture.add(fit(f"all figures include {what}, {each:.2f} bits in all (all letters alike)", width))
    for words in aid_words(scored):
        picture.add(fit(words, width))
    again = f"{decimal(afresh.bits_a_character, 4)} bits, {decimal(afresh.nats, 4)} nats a token"
    again += f", memory emptied every {FRESH_WINDOW} tokens"
    picture.add(fit(f"as trained: {again}" if scored.aided else again, width))


def _add_baselines(picture: Picture, scored: Scored, baselines: Baselines, frame: Frame) -> None:
    rows = baselines.rows
    picture.add()
    if baselines.remark:
        picture.add(Segment(fit(baselines.remark, frame.width), FAINT))
    ours = scored.figures.bits_a_character
    most = max([ours, *(row.bits_a_character for row in rows)])
    for row in rows:
        gap = ("" if row.more < 0 else "+") + plus_minus(row.more, row.error, 3)
        picture.add(*_bar(row.name, row.bits_a_character, most, gap, _BAR, frame))
    if rows:
        picture.add(*_bar("this model", ours, most, "", _OURS, frame))
        picture.add()


def _bar(name: str, bits: float, most: float, gap: str, colour: str, frame: Frame) -> list[Segment | str]:
    head, tail = f"{name:>10}  {decimal(bits, 3):>6} ", f" {gap:>15}"
    room = max(4, frame.width - len(head) - len(tail))
    finite = bits / most if math.isfinite(bits) and most > 0 else 1.0
    cells = "█" * max(1, round(room * finite))
    style = Style(color=colour) if frame.colours else None
    return [head, Segment(fill(cells, room), style), Segment(tail if gap else "", FAINT)]


def add_text(
    picture: Picture,
    passage: Passage,
    bits: Float64Array,
    labels: Sequence[str],
    room: int,
    frame: Frame,
    full: float,
    signed: bool = False,
) -> None:
    """The beginning of the text in the colours of its bits (T,), with its key."""
    ends = [piece.endswith("\n") for piece in passage.pieces]
    text = SurpriseText(labels, bits, ends, signed, unread=not passage.known.all())
    drawn, shown = draw_surprise(text, replace(frame, height=room), max(full, 1.0))
    rest = f" (its first {shown:,} tokens)" if shown < len(passage) else ""
    what = "Where they differ" if signed else "The text by surprise"
    picture.add(Segment(fit(f"{what}{rest}", frame.width), FAINT))
    picture.lines += drawn.lines
    picture.add(*surprise_key(text, frame, max(full, 1.0)))


def draw_lines(lines: Sequence[LineScore], frame: Frame) -> Picture:
    """A row a line."""
    picture = Picture()
    digits = max(4, len(str(max((line.number for line in lines), default=0))))
    picture.add(Segment(f"{'line':>{digits}} {'tokens':>6} {'nats':>9} {'bits/char':>9}  text", FAINT))
    for line in lines:
        nats, bits = decimal(line.nats, 2), decimal(line.bits_a_character, 3)
        head = f"{line.number:>{digits}} {line.tokens:>6} {nats:>9} {bits:>9}  "
        picture.add(head, fit(on_one_line(line.text), max(1, frame.width - len(head))))
    return picture


def draw_words(words: Sequence[WordScore], frame: Frame) -> Picture:
    """A row a word."""
    picture = Picture()
    digits = max(5, len(str(max((one.position for one in words), default=0))))
    picture.add(Segment(f"{'place':>{digits}} {'letters':>7} {'bits':>8}  word", FAINT))
    for one in words:
        head = f"{one.position:>{digits}} {one.characters:>7} {decimal(one.bits, 2):>8}  "
        picture.add(head, fit(on_one_line(one.word), max(1, frame.width - len(head))))
    return picture.crop(frame.width)


def score_facts(scored: Scored, baselines: Sequence[Baseline]) -> Mapping[str, Any]:
    """Every figure, and every token's nats."""
    return {
        "model": scored.name,
        "level": scored.level,
        **vars(scored.figures),
        **aid_facts(scored),
        "fresh_windows": {"window": FRESH_WINDOW, **vars(scored.afresh)},
        "unseen": scored.passage.unseen,
        "unseen_tokens": int((~scored.passage.known).sum()),
        "unseen_nats": float(scored.passage.charges.sum()),
        "words": word_scores(scored.nats, scored.passage, scored.level),
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


def lines_table(lines: Sequence[LineScore]) -> Table:
    """A row a line."""
    columns = ["line", "tokens", "characters", "nats", "bits_a_character", "text"]
    return Table(columns, ([x.number, x.tokens, x.characters, x.nats, x.bits_a_character, x.text] for x in lines))
