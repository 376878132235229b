"""What a gate does, in one line: both names, its sense, how open it is, and what that amounts to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstmgen.cell_facts import Quantity
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.common.measures import Measures

_MOSTLY = 0.5  # of all values


def heading(entry: Quantity, measures: Measures, full: float = 1.0) -> tuple[str, str]:
    """Names and findings: "forgetting f, forget gate (1 keeps)" and "83 % above 0.9, it mostly keeps".

    full: the size that has the brightest colour or the digit 9; said where it is not 1.
    """
    if entry.is_gate:
        return f"{entry.names} (1 {entry.opens})", _openness(entry, measures)
    reach = f"{measures.lowest:.2g} to {measures.highest:.2g}"
    return entry.names, f"{reach}, " + (
        f"9 (or full colour) is {full:.1f}" if full != 1.0 else f"{percent(measures.above)} larger than 0.9 in size"
    )


def _openness(entry: Quantity, measures: Measures) -> str:
    above, below = f"{percent(measures.above)} above 0.9", f"{percent(measures.below)} below 0.1"
    if measures.above >= _MOSTLY:
        return f"{above}, it mostly {entry.opens}"
    if measures.below >= _MOSTLY:
        return f"{below}, it mostly {entry.shuts}"
    return f"{above}, {below}, it varies"


def extremes(entries: Sequence[Quantity], measures: Mapping[str, Measures], width: int) -> str:
    """How many units are open all through, shut all through, or never move; in fewer words where there is no room."""
    gates = [entry.letter for entry in entries if entry.is_gate]
    counts = {
        "open": {letter: len(measures[letter].always_open) for letter in gates},
        "shut": {letter: len(measures[letter].always_shut) for letter in gates},
        "still": {entry.letter: len(measures[entry.letter].never_moving) for entry in entries},
    }
    parts = {
        kind: " ".join(f"{letter} {count}" for letter, count in of.items() if count) or "none"
        for kind, of in counts.items()
        if of
    }
    text = ""
    for words in (_LONG, _SHORT):
        text = "Units " + " · ".join(f"{words[kind]}: {part}" for kind, part in parts.items())
        if len(text) <= width:
            break
    return text


_LONG = {"open": "always open", "shut": "always shut", "still": "never moving"}
_SHORT = {"open": "open", "shut": "shut", "still": "still"}
