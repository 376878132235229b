"""Several models on the same characters: their figures, the differences, and where in the text they lie."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rich.segment import Segment

from lstmgen.arrays import AnyArray, Float64Array
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fit
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.score.aided import aid_words
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspect.score.picture import add_text, plus_minus, score_facts
from lstmgen.inspection.score import ScoreDifference, nats_by_character

_FULL = 4.0  # bits of difference that the strongest colour stands for
_SURE = 2.0  # standard errors


def draw_comparison(
    models: Sequence[Scored], differences: Sequence[ScoreDifference], about: str, labels: Sequence[str], frame: Frame
) -> Picture:
    """The screen. differences: the first model's bits less each other's."""
    picture, width, first = Picture(), frame.width, models[0]
    picture.add(Segment(fit(f"{about} · {first.figures.characters:,} characters", width), STRONG))
    picture.add()
    names = max(len(model.name) for model in models)
    for model in models:
        bits = plus_minus(model.figures.bits_a_character, model.figures.bits_error)
        rest = f"{model.figures.tokens:,} tokens of {model.figures.nats:.4f} nats"
        picture.add(fit(f"{model.name:<{names}}  {bits} bits a character · {rest}", width))
        picture.lines += [[Segment(fit(f"{'':<{names}}  {words}", width), FAINT)] for words in aid_words(model)]
    picture.add()
    for model, gap in zip(models[1:], differences, strict=True):
        picture.add(Segment(fit(_verdict(first.name, model.name, gap), width), STRONG))
    picture.add()
    room = max(frame.height - len(picture.lines) - 2, 4)
    add_text(picture, first.passage, _by_token(differences[0], first), labels, room, frame, _FULL, signed=True)
    return picture.crop(width)


def _verdict(first: str, second: str, gap: ScoreDifference) -> str:
    """ "a needs 0.0312 ± 0.0041 bits a character less than b: a is better"."""
    way = "less" if gap.bits < 0 else "more"
    error = "" if gap.error is None else f" ± {gap.error:.4f}"
    head = f"{first} needs {abs(gap.bits):.4f}{error} bits a character {way} than {second}"
    if gap.error is None:
        return head
    better = first if gap.bits < 0 else second
    sure = abs(gap.bits) > _SURE * gap.error
    return f"{head}: " + (f"{better} is better" if sure else "no clear difference")


def _by_token(gap: ScoreDifference, model: Scored) -> Float64Array:
    """The difference over each token of the model (T,)."""
    total = np.concatenate(([0.0], np.cumsum(gap.characters)))
    ends = np.cumsum(model.passage.lengths)
    gaps: Float64Array = total[ends] - total[ends - model.passage.lengths]
    return gaps


def comparison_facts(models: Sequence[Scored], differences: Sequence[ScoreDifference]) -> Mapping[str, Any]:
    """Every figure of every model, and the differences."""
    pairs = zip(models[1:], differences, strict=True)
    return {
        "models": [score_facts(model, []) for model in models],
        "differences": [
            {"first": models[0].name, "second": model.name, "bits_a_character": gap.bits, "error": gap.error}
            for model, gap in pairs
        ],
    }


def _bits_by_character(model: Scored) -> Float64Array:
    """Bits of each character (n,), unknown words' spelling included."""
    return nats_by_character(model.nats + model.passage.spelling, model.passage.lengths) / math.log(2.0)


def comparison_arrays(models: Sequence[Scored]) -> Iterator[tuple[str, AnyArray]]:
    """Characters as texts, and a row of bits for each model."""
    yield "models", np.array([model.name for model in models], dtype=np.str_)
    yield "characters", np.array(list(models[0].passage.text), dtype=np.str_)
    yield "bits", np.stack([_bits_by_character(model) for model in models])


def comparison_table(models: Sequence[Scored]) -> Table:
    """A row a character: the bits it costs each model."""
    columns = [_bits_by_character(model) for model in models]
    rows = enumerate(zip(models[0].passage.text, *columns, strict=True))
    return Table(["position", "character", *(model.name for model in models)], ([k, *row] for k, row in rows))
