"""How a duration is written and spoken."""

from __future__ import annotations

import re

from lstmgen.errors import UsageError

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)
_UNITS = (("year", 365), ("month", 30), ("day", 1))  # in days


def parse_duration(text: str, option: str = "--time") -> float:
    """Seconds in 90, 90s, 5m, 1h30m or 2.5h. Raises UsageError for anything else."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()) or len(text) > 40:
        raise UsageError(f"{option} {text!r} is not a duration.\nWrite it as 90, 90s, 5m or 1h30m.")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


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
