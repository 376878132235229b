"""Training shown in a notebook: one display that is updated in place, with progress, loss and the newest sample.

IPython is never imported on its own account: only where this process is a notebook's kernel, which has it already, is
it asked for its display.
"""

from __future__ import annotations

import html
import math
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import uuid4

from lstmgen.api.summary import table_html
from lstmgen.cleaning import clean, on_one_line
from lstmgen.training import events
from lstmgen.training.finalize import COPY_SEARCH_NOTICE

_EVERY = 0.5  # seconds between two updates
_NOTICES = 5  # the last ones shown
_STYLE = "white-space:pre-wrap;border-left:3px solid #888;padding-left:0.7em;max-height:16em;overflow:auto"

_Show = Callable[[str], object]


def notebook_display() -> NotebookDisplay | None:
    """A display in the notebook cell that is running; None where this process is no notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if getattr(shell, "kernel", None) is None:  # in a terminal IPython has a shell, but no kernel
        return None
    display: Any = import_module("IPython.display")
    return NotebookDisplay(_one_in_place(display))


def _one_in_place(display: Any) -> _Show:
    """What shows HTML in one place: the first call makes the display, later ones replace what it holds."""
    identity, shown = uuid4().hex, False

    def show(page: str) -> None:
        nonlocal shown
        display.display(display.HTML(page), display_id=identity, update=shown)
        shown = True

    return show


class NotebookDisplay:
    """A listener for `train`. show: takes the HTML; now: a clock in seconds."""

    def __init__(self, show: _Show, now: Callable[[], float] = time.monotonic) -> None:
        self._show, self._now = show, now
        self._next = -math.inf  # when it may be shown again
        self._headline = "Reading the text"
        self._progress: events.Progress | None = None
        self._evaluated: events.Evaluated | None = None
        self._finished: events.Finished | None = None
        self._sample = ""
        self._notices: list[str] = []

    def __call__(self, event: events.Event) -> None:
        """Take one event in; show it now, or with one that comes later."""
        match event:
            case events.Compiling():
                self._headline = "Compiling kernels (a few seconds, first run only)"
            case events.Notice():
                self._notices = [*self._notices, event.text][-_NOTICES:]
            case events.Progress():
                self._progress = event
            case events.Evaluated():
                self._evaluated = event
            case events.Sampled():
                self._sample = event.text
            case events.Finished():
                self._finished = event
                self._notices = [notice for notice in self._notices if notice != COPY_SEARCH_NOTICE]
            case _:
                return
        at = self._now()
        if at >= self._next or isinstance(event, events.Finished):
            self._next = at + _EVERY
            self._show(self.page())

    def page(self) -> str:
        """The HTML as it stands."""
        notices = "".join(f"<div>{html.escape(on_one_line(notice))}</div>" for notice in self._notices)
        sample = f'<pre style="{_STYLE}">{html.escape(clean(self._sample))}</pre>' if self._sample else ""
        return f"<div>{notices}{self._bar()}{table_html(self._rows())}{sample}</div>"

    def _bar(self) -> str:
        progress = self._progress
        if self._finished is not None:
            return f"<div>Trained in {self._finished.seconds:,.0f} s, {self._finished.step:,} updates</div>"
        if progress is None:
            return f"<div>{html.escape(self._headline)} ...</div>"
        left = "" if progress.seconds_left is None else f", {progress.seconds_left:,.0f} s left"
        percent = f"{100 * progress.fraction:.0f} %{left}"
        return f'<div><progress value="{progress.fraction:.3f}" max="1"></progress> {percent}</div>'

    def _rows(self) -> list[tuple[str, str]]:
        rows = []
        progress, evaluated, finished = self._progress, self._evaluated, self._finished
        if progress is not None and math.isfinite(progress.bits_per_character):
            rows.append(("training loss", f"{progress.bits_per_character:.3f} bits per character"))
        if evaluated is not None or finished is not None:
            bits = evaluated.bits_per_character if evaluated is not None else None
            bits = finished.bits_per_character if finished is not None else bits
            if bits is not None:
                rows.append(("validation loss", f"{bits:.3f} bits per character"))
        if progress is not None and finished is None:
            rows.append(("speed", f"{progress.tokens_per_second:,.0f} tokens per second"))
        return rows
