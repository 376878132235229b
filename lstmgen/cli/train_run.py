"""A run of `train`, once nothing stands against it: the call, and who shows what it says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from lstmgen import api
from lstmgen.cli.progress import Display, JsonDisplay, PlainDisplay, QuietDisplay
from lstmgen.ranks.single import SINGLE, Ranks
from lstmgen.terminal.streams import Messages, console_for, is_terminal
from lstmgen.training.events import Compiling, Event, Resumed


def _choose_display(quiet: bool, for_machines: bool) -> Display:
    """The way to show training that fits where it is shown."""
    if for_machines:
        return JsonDisplay()
    if quiet:
        return QuietDisplay()
    if not is_terminal(sys.stderr) or console_for(sys.stderr).is_dumb_terminal:
        return PlainDisplay()
    from lstmgen.cli.live_display import LiveDisplay

    return LiveDisplay()


def run_training(
    state: Path | None,
    corpus: Sequence[str],
    target: Path | None,
    settings: dict[str, Any],
    begin: dict[str, Any],
    ranks: Ranks | None = None,
    *,
    dry_run: bool,
    quiet: bool,
    json: bool,
) -> None:
    """Train, or only plan. state: the run to resume. begin: `force` and `from_model` of a new one.

    ranks: processes that share the work, if there are others.
    """
    display = _choose_display(quiet, json)
    more: dict[str, Any] = {"ranks": ranks or SINGLE}

    def on_event(event: Event) -> None:
        if isinstance(event, Resumed):
            Messages(quiet).info(f"Resuming {state}")
        if isinstance(event, Compiling) and target is not None and not dry_run:  # the text could be read
            target.parent.mkdir(parents=True, exist_ok=True)
        display.show(event)

    with closing(display):
        if state is not None and dry_run:
            api.plan_resume(state, *corpus, on_event=on_event, **more, **settings)
        elif state is not None:
            api.resume(state, *corpus, out=target, on_event=on_event, **more, **settings)
        elif dry_run:
            api.plan(*corpus, from_model=begin["from_model"], on_event=on_event, **more, **settings)
        else:
            api.train(*corpus, out=target, on_event=on_event, **begin, **more, **settings)
