"""The lines of the lecture's wiring pictures: what stands to the left of each wire's name, from the bottom upwards.

A gate's line runs up at the left of the possibilities; where it meets them is a times junction. The memory joins from
the right at the plus junction. Dotted lines carry what is one step old, and a peephole's view of the memory.
"""

from __future__ import annotations

NEXT = "next"  # the row above the prediction

_LSTM = {
    NEXT: "    ▲   ",
    "h": "╭┄┄┄┤   ",
    "o": "┊ ├▶⊗   ",
    "tanh(c)": "┊ │ │   ",
    "c": "┊ │ │   ",
    "f∘c'": "┊ │ ⊕◀╮ ",
    "f": "┊ ├─┼▶⊗ ",
    "c'": "┊ │ │ ┊ ",
    "i∘g": "┊ │ │   ",
    "i": "┊ ├▶⊗   ",
    "g": "┊ ├─╯   ",
    "h'": "╰┄┤     ",
    "x": "  │     ",
}
_PEEPHOLE = {
    NEXT: "    ▲     ",
    "h": "╭┄┄┄┤     ",
    "o": "┊ ├▶⊗◀┄┄╮ ",
    "tanh(c)": "┊ │ │   ┊ ",
    "c": "┊ │ ├┄┄┄╯ ",
    "f∘c'": "┊ │ ⊕◀╮   ",
    "f": "┊ ├─┼▶⊗◀╮ ",
    "c'": "┊ │ │ ┊┄┤ ",
    "i∘g": "┊ │ │   ┊ ",
    "i": "┊ ├▶⊗◀┄┄╯ ",
    "g": "┊ ├─╯     ",
    "h'": "╰┄┤       ",
    "x": "  │       ",
}
_GRU = {
    NEXT: "    ▲   ",
    "h": "╭┄┄┄┤   ",
    "z∘h'": "┊   ⊕◀╮ ",
    "(1-z)∘n": "┊   │ │ ",
    "z": "┊ ├▶⊗▶⊗ ",
    "n": "┊ │ │ ┊ ",
    "r∘U h'": "┊ ├▶⊕ ┊ ",
    "r": "┊ ├▶⊗ ┊ ",
    "U h'": "┊ │ ├┄╮ ",
    "h'": "╰┄┼┄╯   ",
    "x": "  │     ",
}
_RNN = {
    NEXT: "   ▲  ",
    "h": "╭┄┄┤  ",
    "z": "┊  │  ",
    "U h'": "┊╭▶⊕  ",
    "h'": "╰┤ │  ",
    "W x + b": "   │  ",
    "x": "   │  ",
}
WIRING = {"lstm": _LSTM, "peephole": _PEEPHOLE, "gru": _GRU, "rnn": _RNN}

KEYS = {
    "lstm": "⊕ adds, ⊗ multiplies, unit by unit. Dotted is what comes from the step before.",
    "peephole": "⊕ adds, ⊗ multiplies, unit by unit. Dotted: of the step before, or a peephole.",
    "gru": "⊕ adds, ⊗ multiplies unit by unit, n by 1-z. Dotted: of the step before.",
    "rnn": "⊕ adds unit by unit, tanh squashes. Dotted is what comes from the step before.",
}


def gutter(cell: str, letter: str, *, clamped: bool = False) -> str:
    """The lines beside one wire; a gate that is clamped is cut off from what comes in."""
    text = WIRING[cell][letter]
    return text.replace("▶", "■").replace("├", "│", 1) if clamped else text
