"""What is clamped: a gate or a unit's output that keeps one value whatever the network computes.

Written as `f=0` (the whole gate), `f.17=0` (of one unit), `17=1.0` (the unit's output h), each with `LAYER:` before it
where it is not the last layer.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lstmgen.cell_facts import CellFacts
from lstmgen.errors import UsageError
from lstmgen.settings import Architecture

OUTPUT_LETTER = "h"
_FARTHEST = 1000.0  # of a clamped output: far beyond what a cell gives, and no product of it overflows
_EXAMPLES = "Write it as f=0, f.17=0 or 17=1.0, and in a lower layer as 0:f=0."
_FORM = re.compile(r"(?:(\d{1,9}):)?(?:([A-Za-z])(?:\.(\d{1,9}))?|(\d{1,9}))=(.+)", re.ASCII)


@dataclass(frozen=True)
class Clamp:
    """One clamped thing: `letter` f, i, o, g for a gate, h for an output; `unit` None is every unit of the layer."""

    layer: int
    letter: str
    unit: int | None
    value: float

    def __str__(self) -> str:
        gate = "" if self.letter == OUTPUT_LETTER else self.letter
        unit = "" if self.unit is None else str(self.unit)
        return f"{self.layer}:{gate}{'.' if gate and unit else ''}{unit}={self.value:g}"

    @property
    def target(self) -> tuple[int, str, int | None]:
        """What of the network it clamps, whatever the value."""
        return self.layer, self.letter, self.unit


def parse_clamp(text: str, architecture: Architecture) -> Clamp:
    """Read `[LAYER:]GATE[.UNIT]=VALUE` or `[LAYER:]UNIT=VALUE`. Raises UsageError for what the network lacks."""
    match = _FORM.fullmatch(re.sub(r"\s", "", text))
    if match is None:
        raise UsageError(f"{text!r} does not say what to clamp.\n{_EXAMPLES}")
    layer, letter, of_gate, unit, value = match.groups()
    clamp = Clamp(
        layer=architecture.layers - 1 if layer is None else int(layer),
        letter=OUTPUT_LETTER if letter is None else letter.lower(),
        unit=_whole(of_gate if unit is None else unit),
        value=_number(text, value),
    )
    check_clamp(clamp, architecture)
    return clamp


def check_clamp(clamp: Clamp, architecture: Architecture) -> None:
    """Raise UsageError for a layer, gate or unit that is not there, or a value that it cannot have."""
    if not 0 <= clamp.layer < architecture.layers:
        last = architecture.layers - 1
        raise UsageError(
            f"There is no layer {clamp.layer}: "
            + (f"they are numbered 0 to {last}." if last else "this model has only layer 0.")
        )
    facts = architecture.facts
    gates = [gate for gate in facts.gates if gate != OUTPUT_LETTER]
    if clamp.letter != OUTPUT_LETTER and clamp.letter not in gates:
        raise UsageError(
            f"There is no gate {clamp.letter!r}: the {architecture.cell} has {', '.join(gates)}."
            if gates
            else f"There is no gate {clamp.letter!r}: a {facts.title} has none.\nClamp a unit instead, such as 0=1."
        )
    if clamp.letter == OUTPUT_LETTER and clamp.unit is None:
        raise UsageError(f"Which unit is to be clamped?\n{_EXAMPLES}")
    if clamp.unit is not None and not 0 <= clamp.unit < architecture.units:
        raise UsageError(f"There is no unit {clamp.unit}: they are numbered 0 to {architecture.units - 1}.")
    low, high = _range_of(facts, clamp.letter)
    if not low <= clamp.value <= high:  # false for NaN
        what = "A unit's output" if clamp.letter == OUTPUT_LETTER else f"The gate {clamp.letter}"
        raise UsageError(f"{what} can be clamped to a number from {low:g} to {high:g}, not to {clamp.value:g}.")


def _range_of(facts: CellFacts, letter: str) -> tuple[float, float]:
    """The lowest and highest value to which something can be clamped."""
    if letter == OUTPUT_LETTER:
        return -_FARTHEST, _FARTHEST
    return (0.0, 1.0) if facts.quantity(letter).is_gate else (-1.0, 1.0)


def merge_clamps(clamps: tuple[Clamp, ...], more: Clamp) -> tuple[Clamp, ...]:
    """All of them; the later one takes the place of one for the same thing, a whole gate that of its units."""
    kept = [
        clamp
        for clamp in clamps
        if clamp.target != more.target and (more.unit is not None or clamp.target[:2] != more.target[:2])
    ]
    return (*kept, more)


def _whole(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _number(text: str, digits: str) -> float:
    try:
        value = float(digits)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"{text!r} does not give a number to clamp it to.\n{_EXAMPLES}")
    return value
