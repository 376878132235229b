"""Text that copies no long span of another: what would is taken back and drawn anew.

When a token completes a span that is copied, writing goes back and draws on with new random numbers: a quarter of the
span first, then a half and so on, since the model itself may know another way. Where it always comes to the same place
again, the token that would complete the span is ruled out there, and where that rules out all, the token before it. A
place costs a bounded number of draws; then the sample ends.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import NamedTuple

from lstmgen.arrays import Float32Array
from lstmgen.text.spans import SpanSet

_FARTHEST = 8  # quarters of a span that are gone back
MAX_TRIES = 2 * _FARTHEST  # at a place, before tokens are ruled out
_MOST_TRIES = 500  # at a place, before the sample ends
MAX_LINE_TRIES = 100  # draws of a line before it is given up


@dataclass(frozen=True, eq=False)
class CopyGuard:
    """What new text must not have: spans of more than N tokens, whole lines. None allows all.

    With lines, be they none, no line is written twice. known: whether they are those of the training text.
    """

    spans: SpanSet | None = None
    lines: Container[str] | None = None
    lines_known: bool = True


class _Step(NamedTuple):
    """A token, and what it was drawn from."""

    token: int
    state: Float32Array
    last: int
    banned: frozenset[int]


class Backtracker:
    """The last tokens of a sample: those that may still be taken back.

    banned: what must not be drawn next. again: how often it went back.
    """

    def __init__(self, spans: SpanSet) -> None:
        self.banned: set[int] = set()
        self.again = 0
        self._spans = spans
        self._steps: list[_Step] = []
        self._tail: list[int] = []  # the last of those that stay
        self._staying = 0
        self._trouble, self._tries = 0, 0  # the farthest place where a span was completed, and how often since

    @property
    def pending(self) -> list[int]:
        """Tokens that may be taken back."""
        return [step.token for step in self._steps]

    def take(self, token: int, state: Float32Array, last: int) -> tuple[Float32Array, int] | None:
        """Add a token that was drawn from a state after `last`; where to go on from instead, if it cannot stay."""
        self._steps.append(_Step(token, state, last, frozenset(self.banned)))
        place, length = self._staying + len(self._steps), self._spans.length
        span = (self._tail + self.pending[-length:])[-length:]
        if len(span) < length or span not in self._spans:
            self.banned.clear()
            return None
        if place > self._trouble:
            self._trouble, self._tries = place, 0
        self._tries += 1
        self.again += 1
        if self._tries <= MAX_TRIES:
            self.banned.clear()
            back = 1 + length * (1 + (self._tries - 1) % _FARTHEST) // 4
        else:
            self.banned.add(token)
            back = 1
        back = min(back, len(self._steps))
        step = self._steps[-back]
        del self._steps[-back:]
        return step.state, step.last

    def dead_end(self) -> tuple[Float32Array, int] | None:
        """Where to go on from when every token is ruled out: the one before is ruled out too. None: nowhere."""
        if not self._steps:
            return None
        step = self._steps.pop()
        self.banned = {*step.banned, step.token}
        self._tries += 1
        self.again += 1
        return step.state, step.last

    @property
    def hopeless(self) -> bool:
        """Whether enough was tried at one place."""
        return self._tries > _MOST_TRIES

    def settled(self, everything: bool = False) -> list[int]:
        """Tokens that stay, handed out once: those too far back to be taken, or all that are left."""
        many = len(self._steps)
        if not everything:
            many = max(0, many - (1 + self._spans.length * _FARTHEST // 4))
        stay = self.pending[:many]
        del self._steps[:many]
        self._staying += many
        self._tail = (self._tail + stay)[-self._spans.length :]
        return stay
