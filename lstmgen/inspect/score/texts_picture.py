"""Several texts side by side: a row of figures for each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, wrap
from lstmgen.inspect.common.choices import choices
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.figures import decimal
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspect.score.picture import plus_minus

_FIGURES = 52  # cells of the figures
_LEAST = 12  # cells of a text's name

Texts = Sequence[tuple[str, Scored]]


def draw_texts(texts: Texts, frame: Frame) -> Picture:
    """texts: the name of each, cleaned, and its score."""
    picture, labels = Picture(), _labels(texts)
    room = max(_LEAST, min(max(cell_len(label) for label in labels), frame.width - _FIGURES))
    heads = f"{'characters':>11} {'bits/char':>17} {'perplexity':>11} {'unseen':>7}"
    picture.add(Segment(fill("text", room) + heads, STRONG))
    for label, (_, scored) in zip(labels, texts, strict=True):
        figures, unseen = scored.figures, len(scored.passage.unseen)
        bits = plus_minus(figures.bits_a_character, figures.bits_error)
        row = f"{figures.characters:>11,} {bits:>17} {decimal(figures.perplexity, 2):>11} {unseen or '':>7}"
        picture.add(fill(label, room) + row)
    words = (
        "Less is better; ± is one standard error. unseen: kinds of character or word that the model does not know; "
        "they are charged for their letters in bits and perplexity."
    )
    picture.lines += [[Segment(line, FAINT)] for line in wrap(words, frame.width)]
    return picture.crop(frame.width)


def _labels(texts: Texts) -> list[str]:
    """The text's name, with the model's where there are several."""
    several = len({scored.name for _, scored in texts}) > 1
    return [f"{about} · {scored.name}" if several else about for about, scored in texts]


def texts_summary(texts: Texts) -> str:
    """Which text surprises the model most and which least."""
    named = sorted(zip(_labels(texts), texts, strict=True), key=lambda pair: pair[1][1].figures.bits_a_character)
    (least, (_, easy)), (most, (_, hard)) = named[0], named[-1]
    return (
        f"{most} is the hardest, as unsure as among {choices(hard.figures.nats_a_character)} equally likely "
        f"characters, {least} the easiest, {choices(easy.figures.nats_a_character)}."
    )


def texts_facts(texts: Texts) -> Mapping[str, Any]:
    """Every figure of each."""
    return {
        "texts": [
            {
                "text": about,
                "model": scored.name,
                **vars(scored.figures),
                "unseen": scored.passage.unseen,
                "unseen_tokens": int((~scored.passage.known).sum()),
                "unseen_nats": float(scored.passage.charges.sum()),
            }
            for about, scored in texts
        ]
    }


def texts_table(texts: Texts) -> Table:
    """A row a text."""
    columns = ["text", "model", "tokens", "characters", "bits_a_character", "bits_error", "nats", "perplexity"]
    columns += ["unseen_tokens", "unseen_bits"]
    return Table(
        columns,
        (
            [
                about,
                scored.name,
                *(getattr(scored.figures, name) for name in columns[2:8]),
                int((~scored.passage.known).sum()),
                float(scored.passage.charges.sum()) / math.log(2.0),
            ]
            for about, scored in texts
        ),
    )
