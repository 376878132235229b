"""Training shown on a terminal that can be redrawn: a bar at its foot, everything else above."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import Any

from rich.console import RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from lstmgen.cleaning import clean
from lstmgen.cli import training_messages
from lstmgen.cli.progress import PlainDisplay
from lstmgen.signals import CleanupOnSignal
from lstmgen.terminal.streams import console_for
from lstmgen.terminal.working import COMPILING
from lstmgen.training import events


class LiveDisplay(PlainDisplay):
    """A bar at the foot of a terminal; everything else scrolls above it."""

    def __init__(self) -> None:
        super().__init__()
        self._console = console_for(sys.stderr)
        self._live = Live(console=self._console, auto_refresh=False, transient=True, redirect_stdout=False)
        self._open = False
        self._cleanups = ExitStack()

    def write_line(self, text: str, style: str = "") -> None:
        styles = {"33": "yellow", "36": "cyan", "32": "green", "2": "dim", "1": "bold"}
        self._guard(lambda: self._console.print(Text(clean(text), style=styles.get(style, ""))))

    def planned(self, event: events.Planned | events.Resumed) -> None:
        first, *_, last = training_messages.plan_lines(event)
        plan = Table.grid(padding=(0, 2))
        plan.add_column(no_wrap=True)
        plan.add_column(no_wrap=True, style="bold")
        plan.add_column(style="dim")
        for choice in event.plan.choices:
            plan.add_row(*(Text(clean(word)) for word in ("  " + choice.name, choice.value, choice.reason)))
        self.write_line(first)
        self._guard(lambda: self._console.print(plan))
        self.write_line(last)

    def sampled(self, event: events.Sampled) -> None:
        self.write_manner(event)
        for line in training_messages.sample_excerpt(clean(event.text)):
            for part in Text(line).wrap(self._console, max(20, self._console.width - 5)):
                self.write_line(f"  | {part.plain}", "36")

    def compiling(self) -> None:
        super().compiling()
        self._draw(Text("Loading kernels ...", style="dim"))

    def compilation_begins(self) -> None:
        self._draw(Text(f"{COMPILING}, which takes up to a minute ...", style="dim"))

    def compiled(self, seconds: float) -> None:
        super().compiled(seconds)
        self._draw(Text("Measuring the speed of this computer to choose sizes (a few seconds) ...", style="dim"))

    def progress(self, event: events.Progress) -> None:
        width = self._console.width - len("^C") - 1  # a terminal echoes that at the end of the line
        line = Table.grid(padding=(0, 1), expand=True)
        line.width = max(20, width)
        line.add_column(ratio=1)
        line.add_column(no_wrap=True)
        line.add_row(ProgressBar(total=1.0, completed=event.fraction), Text(training_messages.progress_text(event)))
        self._draw(line)

    def _draw(self, what: RenderableType) -> None:
        def draw() -> None:
            if not self._open:
                self._open = True
                self._cleanups.enter_context(CleanupOnSignal(self._erase))
                self._live.start()
            self._live.update(what, refresh=True)

        self._guard(draw)

    def close(self) -> None:
        """Take the bar away and leave the rows."""
        super().close()
        if self._open:
            self._open = False
            self._guard(self._live.stop)
            self._cleanups.close()

    def _erase(self) -> None:
        """The same without a lock of rich's, which may be held where a signal ends the program."""
        os.write(sys.stderr.fileno(), b"\r\x1b[2K\x1b[?25h")

    def _guard(self, act: Any) -> None:
        if self.messages.closed:
            return
        try:
            act()
        except (OSError, ValueError):
            self.messages.closed = True
