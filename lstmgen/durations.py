"""How a duration is spoken."""

from __future__ import annotations

_UNITS = (("year", 365), ("month", 30), ("day", 1))  # in days


def spoken_duration(seconds: float) -> str:
    """As in 45 s, 5 min 3 s and 1 h 20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = round(whole / 60)
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def spoken_age(seconds: float) -> str:
    """Roughly how long ago something was, as in 45 s, 9 min, 3 h, 2 days, 5 months and 2 years."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h"
    days = whole // 86_400
    unit, length = next((unit, length) for unit, length in _UNITS if days >= length)
    count = days // length
    return f"{count} {unit}{'' if count == 1 else 's'}"
