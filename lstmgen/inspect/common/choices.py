"""Figures in words for beginners: a loss as so many equally likely choices, a share as so many times in a hundred."""

from __future__ import annotations

import math

_MOST = 1e15  # written out


def choices(nats: float) -> str:
    """Of how many equally likely things one would be as unsure as at this loss: exp(nats), "1.89" or "1,200"."""
    count = math.exp(min(nats, 700.0))
    if not count < _MOST:
        return "?" if math.isnan(count) else f"{count:.0e}"
    return f"{count:,.0f}" if count >= 100 else f"{count:.1f}" if count >= 10 else f"{count:.2f}"


def times(share: float, of: int = 100) -> str:
    """ "83 times in 100"; what is not quite never or always does not read as if it were."""
    if math.isnan(share):
        return f"? times in {of:,}"
    count = round(share * of)
    if count == of:
        return "always" if share == 1.0 else f"more than {of - 1:,} times in {of:,}"
    if count == 0:
        return "never" if share == 0.0 else f"less than once in {of:,}"
    return f"{count:,} times in {of:,}" if count > 1 else f"once in {of:,}"


def one_in(nats: float) -> str:
    """A probability of exp(-nats) as a chance: "1 chance in 17,000,000", in two figures."""
    if not nats < math.log(_MOST):
        return "no chance at all"
    count = math.exp(max(nats, 0.0))
    digits = max(0, math.floor(math.log10(count)) - 1)
    return f"1 chance in {round(count, -digits):,.0f}"


def counted(number: int, noun: str) -> str:
    """ "1 character", "64 characters"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
