"""All that a model file says of itself, on a page: what it is, how well it does, how it came to be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.segment import Segment

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.curve import clipped_height, draw_curves
from lstmgen.inspect.canvas.dots import Curve
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import token_label
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, wrap
from lstmgen.inspect.model.measure import ModelCard, Shapes
from lstmgen.inspect.model.sentences import (
    cell_words,
    maker_words,
    option_words,
    other_words,
    repeating_words,
    size_words,
    text_words,
    training_words,
    validation_words,
)

_LABEL = 12  # cells of the words at the left
_CURVES = ("validation", "train")
_CURVE_LINES = 6
_TOKENS_SHOWN = 100


def draw_card(card: ModelCard, frame: Frame) -> Picture:
    """The page, as long as it takes."""
    header, picture = card.header, Picture()
    size = "not saved" if card.size is None else f"{card.size:,} bytes"
    picture.add(Segment(on_one_line(Path(card.path).name), STRONG), f"  {size}")
    for label, text in (
        ("cell", cell_words(header)),
        ("size", size_words(header, card.shapes)),
        ("vocabulary", _vocabulary_words(header)),
        ("text", text_words(header)),
        ("training", training_words(header, card.clock)),
        ("validation", validation_words(header)),
        ("made with", maker_words(header)),
        ("options", ", ".join(option_words(header["training"].get("options", {})))),
        ("also", ", ".join(other_words(header))),
        ("digest", str(header.get("digest", ""))),
    ):
        lines = wrap(on_one_line(text), max(20, frame.width - _LABEL)) if text else []
        for number, line in enumerate(lines):
            picture.add(Segment(f"{label if number == 0 else '':<{_LABEL}}", FAINT), line)
    _add_curves(picture, card, frame)
    _add_parameters(picture, card.shapes)
    command = header["training"].get("command")
    if command:
        picture.add()
        picture.add(repeating_words(header))
        picture.add("  " + on_one_line(str(command)))
    return picture


def _vocabulary_words(header: Mapping[str, Any]) -> str:
    """How many tokens there are, and the first of them."""
    tokens, unknown = header["vocabulary"], header["unknown"]
    kind = "characters" if header["level"] == "char" else "words"
    some = [token_label(token) for token in tokens[:_TOKENS_SHOWN]]
    rest = f" and {len(tokens) - _TOKENS_SHOWN:,} more" if len(tokens) > _TOKENS_SHOWN else ""
    stands = f" ({token_label(tokens[unknown])} stands for all others)" if unknown is not None else ""
    return f"{len(tokens):,} {kind}{stands}: {' '.join(some)}{rest}"


def _add_curves(picture: Picture, card: ModelCard, frame: Frame) -> None:
    columns = {key: card.history[:, k] for k, key in enumerate(card.header["history"])}
    updates = columns.get("updates")
    if updates is None or not np.isfinite(updates).any():
        return
    curves = [Curve(key, updates, columns[key], number) for number, key in enumerate(_CURVES) if key in columns]
    drawn = draw_curves(curves, replace(frame, height=_CURVE_LINES))
    if drawn.lines:
        picture.add()
        highest = clipped_height(curves)
        above = "" if highest is None else f"; it starts at {highest:.2f}, above the picture"
        picture.add(f"Loss in nats per token over {np.nanmax(updates):,.0f} updates{above}")
        picture.lines += drawn.lines


def _add_parameters(picture: Picture, shapes: Shapes) -> None:
    picture.add()
    names = max(len(name) for name in shapes)
    for name, shape in shapes.items():
        sizes = " x ".join(str(size) for size in shape)
        picture.add(f"{name:<{names}}  {sizes:<16} {math.prod(shape):>12,}")
