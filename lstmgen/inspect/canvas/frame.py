"""What a picture is drawn for: the room there is, and the colours that can be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """width: cells of a line; height: lines; colours: "truecolor", "256", or None for none at all."""

    width: int = 80
    height: int = 22  # of a screen of 24: the model's name and the shell's next line need one each
    colours: str | None = None
