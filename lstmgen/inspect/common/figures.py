"""Numbers as pictures show them: short, of fixed width, and so rounded that printed sums add up."""

from __future__ import annotations

import math

NUMBER_CELLS = 6  # cells of a number
_LARGEST = 99_999.0  # written out; beyond, in powers of ten


def decimals_for(*values: float) -> int:
    """As many as leave room for the largest, two at most."""
    size = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return 2 if size < 99.99 else 1 if size < 999.9 else 0


def signed(value: float, decimals: int | None = None) -> str:
    """With its sign, which zero has not: "+0.98", "-1.20", "0.00"."""
    if not math.isfinite(value):
        return "?" if math.isnan(value) else f"{value:+}"
    if abs(value) > _LARGEST:
        return f"{value:+.0e}"
    text = f"{value:+.{decimals_for(value) if decimals is None else decimals}f}"
    return text[1:] if float(text) == 0.0 else text


def unsigned(value: float) -> str:
    """What lies between 0 and 1: "0.98"."""
    return "?" if math.isnan(value) else f"{value:.2f}"


def share(value: float) -> str:
    """A probability: "49.9 %", "100 %"."""
    if math.isnan(value):
        return "?"
    text = f"{100 * value:.1f} %"
    return text if len(text) <= NUMBER_CELLS else "100 %"


def add_up(first: float, second: float, total: float) -> tuple[str, str, str]:
    """Three numbers, of which the third is the sum of the others, so rounded that the printed ones add up too.

    The total is rounded as ever. Where the other two then miss it by one in the last place, the one that rounding
    moved most that way is rounded the other way: each stays within one unit of its last place.
    """
    if not all(math.isfinite(value) and abs(value) <= _LARGEST for value in (first, second, total)):
        return signed(first), signed(second), signed(total)
    decimals = decimals_for(first, second, total)
    unit = 10**decimals
    whole = [round(float(f"{value:.{decimals}f}") * unit) for value in (first, second, total)]  # as `signed` rounds
    missed = whole[0] + whole[1] - whole[2]
    if missed:
        way = 1 if missed > 0 else -1
        moved = [way * (count - value * unit) for count, value in zip(whole, (first, second), strict=False)]
        whole[0 if moved[0] >= moved[1] else 1] -= missed
    a, b, c = (signed(count / unit, decimals) for count in whole)
    return a, b, c


def percent(value: float) -> str:
    """A share as a whole percentage, such as "83 %"; what is not quite all or nothing never reads as if it were."""
    whole = round(100 * value)
    if whole in (0, 100) and 0.0 < value < 1.0:
        return "<1 %" if whole == 0 else ">99 %"
    return f"{whole} %"


def digit(value: float, scale: float = 1.0) -> str:
    """Tenths of `scale` in the value's size: 0 for less than one, 9 for nine and more, ? for what is no number."""
    return "?" if math.isnan(value) else str(min(int(min(abs(value) / scale, 1.0) * 10), 9))


def decimal(value: float, digits: int) -> str:
    """With so many decimals; what is absurdly large in few figures."""
    return f"{value:.{digits}f}" if not abs(value) >= 1e6 else f"{value:.3g}"
