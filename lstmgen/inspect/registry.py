"""The views of `lstmgen inspect`: the one place where they are named.

A view NAME is the folder lstmgen/inspect/NAME/ whose command.py has the function NAME, and a line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LESSON, TEXT, UNITS, FILE = "The lesson", "One text", "Units and weights", "The file"
GROUPS = (LESSON, TEXT, UNITS, FILE)


@dataclass(frozen=True)
class ViewEntry:
    """One command under `lstmgen inspect`.

    group: under which heading it is listed. options: of the example in the list, which runs with any model. summary:
    what one sees. A line has 80 cells for all, and examples are all given the room of the longest.
    """

    name: str
    group: str
    options: str
    summary: str

    @property
    def example(self) -> str:
        """What is typed after `lstmgen inspect`."""
        return f"{self.name} {self.options}".rstrip()


VIEWS = (
    ViewEntry("unroll", LESSON, "-m lesson", "the chain of predictions, step by step"),
    ViewEntry("step", LESSON, "-m lesson --at 2", "one time step: the wiring with its numbers"),
    ViewEntry("mistakes", LESSON, "-m lesson", "the lecture's three mistakes, counted"),
    ViewEntry("tour", LESSON, "", "a guided tour of the children's book"),
    ViewEntry("gates", TEXT, "--words", "what every gate does, token by token"),
    ViewEntry("predictions", TEXT, "", "what it expected at every position, how surely"),
    ViewEntry("score", TEXT, "", "how well it predicts, compared with n-grams"),
    ViewEntry("report", TEXT, "", "everything in one page for a browser"),
    ViewEntry("units", UNITS, "", "which unit follows quotes, capitals, line ends ..."),
    ViewEntry("reach", UNITS, "", "how far back it looks"),
    ViewEntry("weights", UNITS, "--layer 0", "weight heat maps, statistics, similar tokens"),
    ViewEntry("training", FILE, "--what bits", "how it learned: loss, gradient, rate, speed"),
    ViewEntry("model", FILE, "", "everything about a model file"),
)


def listing(views: Sequence[ViewEntry] = VIEWS) -> str:
    """All views, a line each under their group: what to type, and what it shows."""
    room = max((len(view.example) for view in views), default=0)
    lines = ["Look inside a model. Type lstmgen inspect, followed by:"]
    for group in GROUPS:
        members = [view for view in views if view.group == group]
        if members:
            lines += [group, *(f"  {view.example:<{room}}  {view.summary}" for view in members)]
    lines.append("-m NAME: another model. -o FILE.svg: write a file. --help: all options.")
    return "".join(f"{line}\n" for line in lines)
