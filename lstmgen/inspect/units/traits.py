"""What holds at each character of a text, true of the text up to and with it: a number a character."""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import Float64Array
from lstmgen.inspect.units import scripts
from lstmgen.text.words import in_word

_INNER = "'’‐-"  # inside of words
_JOINS = "_"  # to words, as in names of programs


def quotes(text: str) -> Float64Array:
    """Inside of any: those that open and close by turns, those of two shapes, and single ones, each by themselves."""
    values, before = np.zeros(len(text)), ""
    turned, depth, single = [False] * len(scripts.BY_TURNS), 0, False
    for place, character in enumerate(text):
        if character in scripts.OPENING_QUOTES:
            depth += 1
        elif character in scripts.CLOSING_QUOTES:
            depth = max(depth - 1, 0)
        elif single and character in scripts.SINGLE_CLOSING:
            single = character == "’" and text[place + 1 : place + 2].isalpha()  # then it is an apostrophe
        elif character in scripts.SINGLE_OPENING:
            single = True
        elif character == "\n" and before == "\n":  # what was never closed does not turn the rest of the text over
            turned, depth, single = [False] * len(turned), 0, False
        else:
            turned = [was != (character in marks) for was, marks in zip(turned, scripts.BY_TURNS, strict=True)]
        values[place] = single or depth > 0 or any(turned)
        before = character
    return values


def brackets(text: str) -> Float64Array:
    """How many brackets are open."""
    values, depth = np.zeros(len(text)), 0
    for place, character in enumerate(text):
        depth = max(depth + scripts.bracket(character), 0)
        values[place] = depth
    return values


def line(text: str) -> Float64Array:
    """Characters since the line began."""
    values, count = np.zeros(len(text)), 0
    for place, character in enumerate(text):
        count = 0 if character == "\n" else count + 1
        values[place] = count
    return values


def indent(text: str) -> Float64Array:
    """Spaces at the beginning of the line."""
    values, count, leading = np.zeros(len(text)), 0, True
    for place, character in enumerate(text):
        if character == "\n":
            count, leading = 0, True
        elif leading and character in scripts.SPACES:
            count += 1
        else:
            leading = False
        values[place] = count
    return values


def word(text: str) -> Float64Array:
    """Where words begin that are set off by spaces: runs of letters, their marks and digits, apostrophes inside."""
    values, inside = np.zeros(len(text)), False
    for place, character in enumerate(text):
        if in_word(character) or character in _JOINS:
            values[place], inside = not inside, True
        else:
            after = text[place + 1 : place + 2]
            inside = inside and character in _INNER and after != "" and (in_word(after) or after in _JOINS)
    return values
