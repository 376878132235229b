"""Tokens and names as they may stand in a picture: cleaned, and visible where they are blank."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.columns import token_label


def labels_of(tokens: Sequence[str]) -> list[str]:
    """Each token as it may stand on a line."""
    return [token_label(token, on_one_line) for token in tokens]


def labels_in_text(pieces: Sequence[str]) -> list[str]:
    """Each token as it may stand in running text: spaces as they are, everything else as in `labels_of`."""
    labels = {}
    for piece in dict.fromkeys(pieces):
        spaced = piece[:1] == " "
        rest = piece[1:] if spaced else piece
        labels[piece] = " " * spaced + (token_label(rest, on_one_line) if rest or not spaced else "")
    return [labels[piece] for piece in pieces]
