"""Amounts as people write them: whole numbers read from options; clock times, speeds and sizes shown."""

from __future__ import annotations

import math


def is_whole_number(text: str) -> bool:
    """Whether it is a whole number from 0 on, of so many digits as anything here can be counted with."""
    return text.isascii() and text.isdigit() and len(text) < 10


def clock_time(seconds: float | None) -> str:
    """As in 0:09, 4:59 and 2:03:00; a dash where it is not known."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def short_count(tokens_per_second: float) -> str:
    """As in 950, 12.3k and 1.2M."""
    if not math.isfinite(tokens_per_second):
        return "-"
    for scale, letter in ((1e6, "M"), (1e3, "k")):
        if tokens_per_second >= scale:
            scaled = tokens_per_second / scale
            return f"{scaled:.0f}{letter}" if scaled >= 100 else f"{scaled:.1f}{letter}"
    return f"{tokens_per_second:.0f}"


def size(count: float) -> str:
    """Bytes, as in 820 KB, 5.1 MB and 1.2 GB (powers of ten)."""
    for scale, unit in ((1e9, "GB"), (1e6, "MB")):
        if count >= scale:
            return f"{count / scale:.0f} {unit}" if count >= 100 * scale else f"{count / scale:.1f} {unit}"
    return f"{count / 1e3:.0f} KB"


def nats(value: float | None) -> str:
    """A loss; a dash where there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"
