"""Whether more processes pay: what computing and exchanging an update costs on any number of them, and in words.

Recursive halving and the way back (Thakur, Rabenseifner & Gropp 2005): each of R ranks sends 2 (1 - 1/R) of the
gradient in 2 log2 R messages. Computing is shared out as long as every core has rows enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

ROWS_A_CORE = 6
"""Rows that keep a core busy: fewer take hardly less time, since each reads all weights."""

_WORTH = 1.15  # times as fast, for twice as many


@dataclass(frozen=True)
class Wire:
    """What lies between the ranks: seconds a message, bytes a second."""

    latency: float
    bandwidth: float

    def seconds(self, size: float, ranks: int) -> float:
        """To sum `size` bytes among so many ranks."""
        if ranks == 1:
            return 0.0
        return 2.0 * math.log2(ranks) * self.latency + 2.0 * (1.0 - 1.0 / ranks) * size / self.bandwidth

    @classmethod
    def measured(cls, little: float, much: float, size: float, ranks: int) -> Wire:
        """From the seconds that summing next to nothing and `size` bytes took among so many ranks."""
        moved = 2.0 * (1.0 - 1.0 / ranks) * size
        return cls(little / (2.0 * math.log2(ranks)), moved / max(much - little, 1e-9))


@dataclass(frozen=True)
class Scaling:
    """An update of `rows` rows that takes one process `seconds`, with a gradient of `size` bytes, `threads` a process.

    passes: over the text that one process makes; enough: after which more teach little.
    """

    wire: Wire
    seconds: float
    rows: int
    size: float
    threads: int
    passes: float = 0.0
    enough: float = math.inf

    @classmethod
    def measured(cls, wire: Wire, update: float, ranks: int, rows: int, size: float, threads: int) -> Scaling:
        """From the seconds that an update took on so many ranks, exchange included."""
        alone = cls(wire, 1.0, rows, size, threads)
        computing = max(update - wire.seconds(size, ranks), 0.05 * update)
        return replace(alone, seconds=computing * alone.busy(ranks))

    def reading(self, passes: float, ranks: int, enough: float) -> Scaling:
        """The same where so many ranks make `passes` over the text in their time."""
        return replace(self, passes=passes * self.update(ranks) / self.update(1), enough=enough)

    def busy(self, ranks: int) -> float:
        """How many of the ranks have rows enough."""
        return min(float(ranks), max(1.0, self.rows / (ROWS_A_CORE * self.threads)))

    def update(self, ranks: int) -> float:
        """Seconds of an update on so many."""
        return self.seconds / self.busy(ranks) + self.wire.seconds(self.size, ranks)

    def efficiency(self, ranks: int) -> float:
        """Of so many that each have as many rows as one has here: speed, as a share of that many times one's."""
        return self.seconds / (self.seconds + self.wire.seconds(self.size, ranks))

    def useful(self, ranks: int) -> int:
        """Of so many, how many are of use: each doubling makes it faster, and there is still something to learn."""
        many = 1
        while 2 * many <= ranks and self.update(many) / self.update(2 * many) >= _WORTH:
            if self.passes * self.update(1) / self.update(many) >= self.enough:
                break
            many *= 2
        return many

    def words(self, ranks: int) -> str:
        """What so many bring, in a sentence or two."""
        exchange, update = self.wire.seconds(self.size, ranks), self.update(ranks)
        useful, faster = self.useful(ranks), self.update(1) / update
        threads = f"{self.threads} thread{'s' * (self.threads != 1)}"
        each = self.rows / (ranks * self.threads)
        said = (
            f"{ranks} processes with {threads} each, {each:.2g} sequences a core: about {faster:.1f} times as fast as "
            f"one; {100 * exchange / update:.0f} % of an update sums the gradients."
        )
        if useful >= ranks:
            return said
        fewer = f"{useful} of them {'are' if useful > 1 else 'is'} as good"
        if self.passes * self.update(1) / self.update(useful) >= self.enough:
            return f"{said} More processes are no use here: {fewer}, since the text is used up before the time."
        if each < ROWS_A_CORE:
            return (
                f"{said} More processes are no use here: {fewer}. A core needs at least {ROWS_A_CORE} sequences "
                f"(--batch-size {ROWS_A_CORE * self.threads * ranks})."
            )
        return f"{said} More processes are no use here: {fewer}. Larger batches exchange less (--batch-size)."
