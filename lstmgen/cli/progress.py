"""Training shown: plain rows now and then, or one JSON event a line; live_display.py has the bar of a terminal.

Showing can never stop training: a stream that is gone is no longer written to.
"""

from __future__ import annotations

import math
import shutil
import sys
import time
from contextlib import ExitStack
from typing import Protocol

from lstmgen.cleaning import clean
from lstmgen.cli import training_messages
from lstmgen.compiling import told_of_compiling
from lstmgen.terminal.jsonlines import event_json
from lstmgen.terminal.streams import Messages, is_terminal
from lstmgen.terminal.working import COMPILING
from lstmgen.training import events

_SECONDS_BETWEEN_EVALUATIONS = 0.5
_SECONDS_BETWEEN_ROWS = 20.0  # of plain progress, where no bar can move
_SHARE_BETWEEN_ROWS = 0.045  # of the run: about twenty rows of the table
_UNLIMITED = 1 << 16  # columns of a file or a pipe
_SECONDS_BETWEEN_EVENTS = 1.0  # of progress in --json


class Display(Protocol):
    """Whoever shows a run."""

    def show(self, event: events.Event) -> None: ...

    def close(self) -> None: ...


class QuietDisplay:
    """--quiet: nothing."""

    def show(self, event: events.Event) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


class PlainDisplay:
    """Plain rows for a pipe or a log file."""

    def __init__(self) -> None:
        self.messages = Messages()
        self.columns = shutil.get_terminal_size().columns if is_terminal(sys.stderr) else _UNLIMITED
        self._headed = False
        self._last_row = 0.0
        self._last_evaluation: float | None = None  # seconds of training at the last row of the table
        self._last_fraction = 0.0
        self._compilation, self._compilation_told = ExitStack(), False
        self._trial_told = False  # once: a long run may be tried many times
        self._below: bool | None = None  # whether validation has been below the n-gram's; None before the first time

    def show(self, event: events.Event) -> None:
        """Say what the event says; many say nothing."""
        match event:
            case events.Compiling():
                self.compiling()
            case events.Compiled():
                self.compiled(event.seconds)
            case events.Resumed():
                self.write_lines(training_messages.resumed_lines(event))
                self.planned(event)
            case events.Planned():
                self.planned(event)
            case events.BaselineReady():
                self.write_line(training_messages.baseline_line(event), "2")
            case events.Progress():
                self.progress(event)
            case events.Evaluated():
                self.evaluated(event)
            case events.Sampled():
                self.sampled(event)
            case events.Finished():
                self.close()
                self.write_lines(["", *training_messages.summary_lines(event)])
            case _:
                self.remark(event)

    def remark(self, event: events.Event) -> None:
        """What is said in a sentence, now and then."""
        match event:
            case events.Notice(text=text):
                self.write_line(text, "33")
            case events.Trial(stops=False) if not self._trial_told:
                self._trial_told = True
                self.write_line(training_messages.trial_message(event), "2")
            case events.EarlyStop():
                self.write_line(training_messages.early_stop_message(event), "33")

    def write_line(self, text: str, style: str = "") -> None:
        """One remark, in a colour where there are any."""
        self.messages.info(text, style)

    def write_lines(self, lines: list[str]) -> None:
        """Several lines."""
        for line in lines:
            self.write_line(line)

    def planned(self, event: events.Planned | events.Resumed) -> None:
        """The plan with its reasons."""
        self.write_lines(training_messages.plan_lines(event, self.columns))

    def compiling(self) -> None:
        """Kernels are made ready: said only where they are not in the cache."""
        self._compilation.enter_context(told_of_compiling(self._compilation_begins))

    def _compilation_begins(self) -> None:
        """The first kernel that is compiled; the others are told too."""
        if not self._compilation_told:
            self._compilation_told = True
            self.compilation_begins()

    def compilation_begins(self) -> None:
        """Say that it takes a while."""
        self.write_line(f"{COMPILING}, which takes up to a minute.")

    def compiled(self, seconds: float) -> None:
        """They are ready."""
        self._compilation.close()
        if seconds > 2:
            self.write_line(f"Compiled the kernels in {seconds:.0f} s; they are cached for next time.")

    def progress(self, event: events.Progress) -> None:
        """A row now and then; evaluations bring their own."""
        now = time.monotonic()
        if not self._last_row:
            self._last_row = now
        if now - self._last_row >= _SECONDS_BETWEEN_ROWS and event.fraction < 1:
            self._last_row = now
            self.write_line(f"  update {event.step:,}: {training_messages.progress_text(event).strip()}")

    def evaluated(self, event: events.Evaluated) -> None:
        """A row of the table."""
        if not self._headed:
            self._headed = True
            for line in training_messages.table_header(self.columns, validated=event.validation is not None):
                self.write_line(line, "2")
        since = None if self._last_evaluation is None else event.seconds - self._last_evaluation
        passes = self._passes_the_ngram(event)
        near = event.fraction - self._last_fraction < _SHARE_BETWEEN_ROWS
        soon = since is not None and (since < _SECONDS_BETWEEN_EVALUATIONS or near)
        if soon and event.fraction < 1 and not passes:
            return  # it would flood the screen
        self._last_evaluation, self._last_row = event.seconds, time.monotonic()
        self._last_fraction = event.fraction
        self.write_line(training_messages.table_row(event, self.columns))
        if passes:
            self.write_line("  Now better than the baseline.", "32")

    def _passes_the_ngram(self, event: events.Evaluated) -> bool:
        """Whether validation is below the n-gram's for the first time since this session began above it."""
        if event.validation is None or event.ngram is None or self._below:
            return False
        before, self._below = self._below, event.validation < event.ngram
        return before is False and self._below

    def sampled(self, event: events.Sampled) -> None:
        """A short text, each line marked so that it cannot be taken for anything else."""
        self.write_manner(event)
        for line in training_messages.sample_excerpt(clean(event.text)):
            self.write_line(f"  | {line}", "36")

    def write_manner(self, event: events.Sampled) -> None:
        """At the end of a run: how the text was written."""
        if event.manner:
            self.write_line(f"  {event.manner}, --temperature {event.temperature:g}:", "2")

    def close(self) -> None:
        """Listen no more."""
        self._compilation.close()


class JsonDisplay:
    """One event a line on stdout: {"event": "evaluated", ...}; what is not a number is null."""

    def __init__(self) -> None:
        self._gone = False
        self._last_progress = -math.inf

    def show(self, event: events.Event) -> None:
        """Write the event, progress at most once a second."""
        if isinstance(event, events.Progress):
            now = time.monotonic()
            if now - self._last_progress < _SECONDS_BETWEEN_EVENTS and event.fraction < 1:
                return
            self._last_progress = now
        if self._gone:
            return
        try:
            sys.stdout.write(event_json(event) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read them wants no more
            self._gone = True
        except (OSError, ValueError) as error:
            self._gone = True
            Messages().notice(f"The events cannot be written any more ({error}); training goes on without them.")

    def close(self) -> None:
        """Nothing is open."""
