"""A terminal picture as a value: lines of pieces of text with styles, to be printed by rich or taken as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

FAINT = Style(dim=True)
STRONG = Style(bold=True)
_INSET = 2  # cells by which a line that was folded goes on further in


@dataclass
class Picture:
    """Lines from top to bottom. A rich renderable that is never wrapped, nor read as markup."""

    lines: list[list[Segment]] = field(default_factory=list)

    def add(self, *pieces: Segment | str) -> None:
        """One more line."""
        self.lines.append([Segment(piece) if isinstance(piece, str) else piece for piece in pieces])

    def crop(self, width: int) -> Picture:
        """The same, with what goes past so many cells cut off."""
        return Picture([Segment.adjust_line_length(line, width, pad=False) for line in self.lines])

    def fold(self, width: int) -> Picture:
        """The same in lines of at most so many cells: longer ones go on below, two cells in, broken at blanks."""
        lines = []
        for line in self.lines:
            rest, inset = line, list[Segment]()
            while Segment.get_line_length(rest) > width - len(inset) * _INSET:
                head, rest = _divided(rest, width - len(inset) * _INSET)
                lines.append([*inset, *head])
                inset = [Segment(" " * _INSET)]
            lines.append([*inset, *rest])
        return Picture(lines)

    @property
    def plain(self) -> str:
        """The text alone, without trailing spaces; every line ends with a newline."""
        return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in self.lines)

    @property
    def width(self) -> int:
        """Cells of the widest line."""
        return max((sum(cell_len(piece.text) for piece in line) for line in self.lines), default=0)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line in self.lines:
            yield from line
            yield Segment.line()


def _divided(line: list[Segment], width: int) -> tuple[list[Segment], list[Segment]]:
    """The line's beginning of at most so many cells, up to a blank where there is one, and what comes after it."""
    text = "".join(piece.text for piece in line)
    head = beginning(text, width) or text[0]
    if text[len(head)] != " " and head[: head.rfind(" ") + 1].strip():
        head = head[: head.rfind(" ") + 1]
    blanks = len(text) - len(head) - len(text[len(head) :].lstrip(" "))
    cuts = [cell_len(head), cell_len(head) + blanks, cell_len(text)]
    first, _, rest = Segment.divide(line, cuts)
    return first, rest


def beginning(text: str, width: int) -> str:
    """As much of the text as fits into so many cells."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[:place]
    return text


def fit(text: str, width: int) -> str:
    """The text cut to so many cells, its last one an ellipsis if something went."""
    return text if cell_len(text) <= width else beginning(text, width - 1) + "…"


def fill(text: str, width: int) -> str:
    """The text cut or padded to exactly so many cells."""
    cut = fit(text, width)
    return cut + " " * (width - cell_len(cut))


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells, cut between words where it can be."""
    lines: list[str] = []
    for word in text.split(" "):
        rest = word
        if lines and cell_len(lines[-1]) + 1 + cell_len(rest) <= width:
            lines[-1] += " " + rest
            continue
        while cell_len(rest) > width:
            head = beginning(rest, width) or rest[0]
            lines.append(head)
            rest = rest[len(head) :]
        lines.append(rest)
    return lines
