"""What of a new text is copied, in words, beside what human text of the same length shows."""

from __future__ import annotations

from lstmgen.inspect.canvas.figures import share
from lstmgen.text.copies import Copies


def copies_lines(copies: Copies, level: str) -> list[str]:
    """A sentence on whole lines (where lines are documents), on the longest span and on new sequences."""
    kind = "character" if level == "char" else "word"
    new, held = copies.written, copies.held_out
    found = []
    if new.lines is not None:
        beside = f"; of as many held out {held.lines:,}" if held is not None else ""
        found.append(f"Lines that are in the training text: {new.lines:,} of {copies.texts:,} written{beside}.")
    beside = f"; in {_as_much(new.tokens, held.tokens, kind)} {held.longest:,}" if held is not None else ""
    many = f"{new.longest:,} of {_count(new.tokens, kind)}"
    found.append(f"Longest stretch copied from the training text{_where(copies, kind)}: {many}{beside}.")
    if new.new is not None:
        beside = f"; in held-out text {share(held.new)}" if held is not None and held.new is not None else ""
        found.append(f"New {copies.sequence}-{kind} sequences: {share(new.new)}{beside}.")
    if held is None:
        found[-1] += " No text was held back to compare with."
    return found


def _count(tokens: int, kind: str) -> str:
    return f"{tokens:,} new {kind}{'' if tokens == 1 else 's'}"


def _as_much(tokens: int, held: int, kind: str) -> str:
    """Held-out text of the same length, or how long it is where there is not as much; lines differ a little."""
    return "as much held-out text" if 2 * held >= tokens else f"{held:,} held-out {kind}s"


def _where(copies: Copies, kind: str) -> str:
    if copies.whole:
        return ""
    why = "" if copies.seconds is None else f", as many as {copies.seconds:g} s allow"
    return f" (its last {copies.searched:,} {kind}s{why})"
