"""Tokens and names as they may stand in a picture: cleaned, and visible where they are blank."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.cells import cell_len

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.picture import fit

LABEL_CELLS = 14  # of a token, at most; more would leave no room for others
_WHITE = {" ": "·", "\n": "↵", "\t": "→"}


def token_label(token: str) -> str:
    """A token on one line, at least a cell wide: white space made visible, control characters spelt out."""
    seen = "".join(_WHITE.get(c, "␣" if c.isspace() and c.isprintable() is False and c > "\x7f" else c) for c in token)
    label = on_one_line(seen)
    if cell_len(label) == 0:  # a mark that would stand on the neighbour's letter, or something invisible
        return "◌" + (label if label and unicodedata.category(label[0]) in {"Mn", "Me"} else "")
    return fit(label, LABEL_CELLS)


def token_words(token: str) -> str:
    """A token as it stands in a sentence: in quotation marks, white space by its name."""
    names = {" ": "a space", "\n": "a line end", "\t": "a tab"}
    return names.get(token) or quoted_label(token_label(token))


def quoted_label(label: str) -> str:
    """A label in quotation marks other than its own."""
    return f"'{label}'" if '"' in label else f'"{label}"'


def labels_of(tokens: Sequence[str]) -> list[str]:
    """Each token as it may stand on a line."""
    return [token_label(token) for token in tokens]


def labels_in_text(pieces: Sequence[str]) -> list[str]:
    """Each token as it may stand in running text: spaces as they are, everything else as in `labels_of`."""
    labels = {}
    for piece in dict.fromkeys(pieces):
        spaced = piece[:1] == " "
        rest = piece[1:] if spaced else piece
        labels[piece] = " " * spaced + (token_label(rest) if rest or not spaced else "")
    return [labels[piece] for piece in pieces]


def title_line(*parts: str) -> str:
    """The parts of a title that there are, as in "ready · layer 0 · all 9 tokens"."""
    return " · ".join(part for part in parts if part)


def layer_label(layer: int, layers: int) -> str:
    """Such as "layer 1 of 0-2"; "layer 0" where there is only one."""
    return f"layer {layer}" if layers == 1 else f"layer {layer} of 0-{layers - 1}"
