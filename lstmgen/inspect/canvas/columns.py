"""The token axis: how wide the column of each token is, and which tokens fit beside one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from lstmgen.inspect.canvas.picture import fill


@dataclass(frozen=True)
class Columns:
    """Tokens `start` to `stop` side by side: `widths` without the gap that follows each column but the last."""

    start: int
    labels: list[str]
    widths: list[int]
    gap: int

    @property
    def stop(self) -> int:
        """The first token that is not in it."""
        return self.start + len(self.labels)

    def row(self, texts: Sequence[str]) -> str:
        """One text a column, cut or padded to it."""
        return (" " * self.gap).join(fill(text, width) for text, width in zip(texts, self.widths, strict=True))


def split_columns(labels: Sequence[str], room: int, *, spaced: bool) -> list[Columns]:
    """Blocks of tokens that fit into `room` cells, in order; `spaced` puts a blank between tokens (words)."""
    gap = 1 if spaced else 0
    blocks: list[Columns] = []
    start, used, widths = 0, 0, list[int]()
    for at, label in enumerate(labels):
        width = min(max(cell_len(label), 1), max(room, 1))
        if widths and used + gap + width > room:
            blocks.append(Columns(start, list(labels[start:at]), widths, gap))
            start, used, widths = at, 0, []
        used += width + (gap if widths else 0)
        widths.append(width)
    if widths:
        blocks.append(Columns(start, list(labels[start:]), widths, gap))
    return blocks
