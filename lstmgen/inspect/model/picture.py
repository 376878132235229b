"""All that a model file says of itself, on a page: what it is, how well it does, how it came to be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.segment import Segment

from lstmgen.arrays import Float64Array
from lstmgen.inspect.canvas.curve import Series, draw_curve, left_out
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, wrap
from lstmgen.inspect.model.sentences import (
    Clean,
    Shapes,
    cell_words,
    maker_words,
    option_words,
    other_words,
    repeating_words,
    size_words,
    text_words,
    training_words,
    validation_of,
    validation_words,
    vocabulary_words,
)

_LABEL = 12  # cells of the words at the left
_CURVES = (("validation", "color(214)"), ("train", "color(75)"))


def draw_model(
    header: Mapping[str, Any],
    history: Float64Array,
    clock: Float64Array,
    shapes: Shapes,
    *,
    name: str,
    size: int,
    clean: Clean,
    width: int = 80,
) -> Picture:
    """The page; name and header raw. history (n, k): columns as header["history"] names them; size: bytes of the file.

    clock (n, 2): seconds and tokens/s.
    """
    picture = Picture()
    picture.add(Segment(clean(name), STRONG), f"  {size:,} bytes")
    facts = _Facts(picture, clean, width)
    facts.say("cell", cell_words(header))
    facts.say("size", size_words(header, shapes))
    facts.say("vocabulary", vocabulary_words(header, clean))
    facts.say("text", text_words(header))
    facts.say("training", training_words(header, clock))
    facts.say("validation", validation_words(header))
    facts.say("made with", maker_words(header))
    facts.say("options", ", ".join(option_words(header["training"].get("options", {}))))
    facts.say("also", ", ".join(other_words(header)))
    facts.say("digest", str(header.get("digest", "")))
    _add_curve(picture, header, history, width)
    _add_parameters(picture, shapes)
    command = header["training"].get("command")
    if command:
        picture.add()
        picture.add(repeating_words(header))
        picture.add("  " + clean(str(command)))
    return picture


def model_facts(
    header: Mapping[str, Any],
    history: Float64Array,
    clock: Float64Array,
    shapes: Shapes,
    *,
    name: str,
    size: int,
) -> dict[str, Any]:
    """The same for machines: plain values, the history by column."""
    columns = {key: history[:, k].tolist() for k, key in enumerate(header["history"])}
    times = {"seconds": clock[:, 0].tolist(), "tokens_per_second": clock[:, 1].tolist()}
    parameters = {key: {"shape": list(shape), "numbers": math.prod(shape)} for key, shape in shapes.items()}
    return {
        "model": name,
        "bytes": size,
        "parameters": parameters,
        "validation": validation_of(header),
        "header": dict(header),
        "history": columns,
        "clock": times,
    }


class _Facts:
    """Lines of a label and a sentence, wrapped beside it."""

    def __init__(self, picture: Picture, clean: Clean, width: int) -> None:
        self.picture, self.clean, self.width = picture, clean, width

    def say(self, label: str, text: str) -> None:
        if not text:
            return
        for number, line in enumerate(wrap(self.clean(text), max(20, self.width - _LABEL))):
            self.picture.add(Segment(f"{label if number == 0 else '':<{_LABEL}}", FAINT), line)


def _add_curve(picture: Picture, header: Mapping[str, Any], history: Float64Array, width: int) -> None:
    columns = {key: history[:, k] for k, key in enumerate(header["history"])}
    places = columns.get("updates")
    series = [Series(key, columns[key], colour) for key, colour in _CURVES if key in columns]
    if places is None or not series or not np.isfinite(places).any():
        return
    curve = draw_curve(places, series, width=width)
    if curve.lines:
        picture.add()
        highest = left_out(places, series)
        above = "" if highest is None else f"; it came down from {highest:.2f}, above the picture"
        picture.add(f"Loss, nats a token, over {np.nanmax(places):,.0f} updates{above}")
        picture.lines += curve.lines


def _add_parameters(picture: Picture, shapes: Shapes) -> None:
    picture.add()
    names = max(len(name) for name in shapes)
    for name, shape in shapes.items():
        sizes = " x ".join(str(size) for size in shape)
        picture.add(f"{name:<{names}}  {sizes:<16} {math.prod(shape):>12,}")
