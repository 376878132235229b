"""What `--set-gate` and `--set-unit` hold, in the words in which a model takes it."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.errors import UsageError


def what_to_hold(gates: Sequence[str] | None, units: Sequence[str] | None) -> list[str]:
    """All of them for `Model.held`. Raises UsageError where a gate stands for a unit or the other way round."""
    found = []
    for flag, other, of_gate, texts in (
        ("--set-gate", "--set-unit", True, gates),
        ("--set-unit", "--set-gate", False, units),
    ):
        for text in texts or ():
            name = text.partition("=")[0].rpartition(":")[2].strip()
            if name and name[0].isalpha() is not of_gate:
                example = "f=0, f.17=0 or 0:f=0" if of_gate else "17=1 or 0:17=1"
                raise UsageError(f"{flag} {text}: {flag} wants {example}.\nPerhaps {other} is meant.")
            found.append(text)
    return found
