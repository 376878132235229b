"""The list of views: each a function, where it stands, how it is typed, and what it shows in a few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LESSON, TEXT, UNITS, FILE = "The lesson", "One text", "Units and weights", "The file"
GROUPS = (LESSON, TEXT, UNITS, FILE)


@dataclass(frozen=True)
class ViewEntry:
    """One command under `lstmgen inspect`.

    example: what is typed after `lstmgen inspect`; runs with any model. says: what one sees. A line has 80 cells for
    both, and examples are all given the room of the longest.
    """

    function: Callable[..., None]
    group: str
    example: str
    says: str

    @property
    def name(self) -> str:
        """The command's name."""
        return self.function.__name__.rstrip("_")


def in_order(views: Sequence[ViewEntry]) -> list[ViewEntry]:
    """By group, and within a group as they were listed."""
    return [view for group in GROUPS for view in views if view.group == group]


def listing(views: Sequence[ViewEntry]) -> str:
    """All views, a line each under their group: what to type, and what it shows."""
    room = max((len(view.example) for view in views), default=0)
    lines = ["Look inside a model. Type lstmgen inspect, followed by:"]
    for group in GROUPS:
        members = [view for view in views if view.group == group]
        if members:
            lines += [group, *(f"  {view.example:<{room}}  {view.says}" for view in members)]
    lines.append("-m NAME: another model. -o FILE.svg: write a file. --help: all options.")
    return "".join(f"{line}\n" for line in lines)
