"""What a model is and how good, in a sentence for beginners."""

from __future__ import annotations

import math

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.common.choices import choices
from lstmgen.inspect.common.history import whole
from lstmgen.inspect.model.measure import ModelCard, validation_of
from lstmgen.settings import TOKEN_NOUNS


def model_summary(card: ModelCard) -> str:
    """How many numbers it has learned, from how much text, and how unsure it is of a text it has not read."""
    header, corpus = card.header, card.header["corpus"]
    numbers = sum(math.prod(shape) for shape in card.shapes.values())
    noun = TOKEN_NOUNS[header["level"]]
    characters, names = whole(corpus, "characters"), [on_one_line(str(name)) for name in corpus.get("names", [])]
    learned = f", learned from {characters:,} characters" if characters else ""
    learned += f" of {names[0]}{' and others' * (len(names) > 1)}" if names and learned else ""
    loss = validation_of(header)
    if loss is None:
        return f"{numbers:,} numbers{learned}; how good they are was not measured."
    return (
        f"{numbers:,} numbers{learned}; on text that was kept back they leave it as unsure of the next {noun} as among "
        f"{choices(loss['nats'])} equally likely ones, of {len(header['vocabulary']):,} that it knows."
    )
