"""In what precision training multiplies: a table by CPU, sizes and budget, never a measurement.

bf16: the factors of all products are rounded to bfloat16 (8 bits of precision), which halves what a product costs on
CPUs that have instructions for it; sums, weights, states, gates and the loss are float32. Whatever is evaluated is
computed in float32, as `sample` will read the file.
"""

from __future__ import annotations

from lstmgen.network.precision import NEEDED
from lstmgen.settings import Architecture

_FASTER_FROM = 16
"""Units from which on bf16 has been seen to be faster with every cell: a twentieth at 16, a third at 128, twice at 512
"""

MOST_GAIN = 2.0
"""Times that products are faster in bf16, at most."""


def choose_precision(
    asked: str, budget_kind: str, sizes: Architecture, rows: int, window: int, *, has_bf16: bool, ranks: int = 1
) -> tuple[str, str]:
    """The precision, and why. asked: of the settings, auto among them; rows, window: of an update.

    has_bf16: whether the CPUs of all ranks have the instructions. Asked for, bf16 is taken as it is: the caller has
    refused it where it cannot be.
    """
    if asked != "auto":
        return asked, "asked for"
    if budget_kind != "time":
        return "float32", "the default with --steps and --epochs"
    if not has_bf16:
        return "float32", f"bf16 needs {NEEDED}{' on every machine' if ranks > 1 else ''}"
    if sizes.units < _FASTER_FROM:
        return "float32", f"bf16 gains nothing below {_FASTER_FROM} units"
    return "bf16", "faster on this CPU; products take 16-bit numbers, all else is float32"


def scoring_cost(precision: str) -> float:
    """What scoring a token, always in float32, costs beside training on it: times as much as in a float32 run."""
    return MOST_GAIN if precision == "bf16" else 1.0
