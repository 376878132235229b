"""The sentences and rows that training is shown with, as plain strings; who shows them cleans them."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstmgen.cli.copies import originality
from lstmgen.cli.next_commands import NEXT_LINES, model_argument, next_commands, next_minutes
from lstmgen.durations import spoken_duration
from lstmgen.inspect.common.history import scored_whole
from lstmgen.terminal.amounts import clock_time, nats, short_count, size
from lstmgen.text.advice import WORDS_READ_BETTER
from lstmgen.training.events import BaselineReady, EarlyStop, Evaluated, Finished, Planned, Progress, Resumed, Trial

_SAMPLE_LINES, _SAMPLE_WIDTH = 4, 300
_AGAIN = ", and needs the same text from standard input again"
_FULL_TABLE = 72  # columns of a terminal in which the whole table fits
_LOSS_UNIT = "Loss in nats per token: lower is better."
_STAR = " * marks the best validation loss so far."


def plan_lines(event: Planned | Resumed, columns: int = 1 << 16) -> list[str]:
    """The plan, each choice with its reason, and what it will take; reasons wrap below themselves."""
    plan = event.plan
    names = max((len(choice.name) for choice in plan.choices), default=0)
    values = max((len(choice.value) for choice in plan.choices), default=0)
    room = max(columns - names - values - 6, 20)
    lines = []
    for choice in plan.choices:
        first, *more = textwrap.wrap(choice.reason, room) or [""]
        lines.append(f"  {choice.name:<{names}}  {choice.value:<{values}}  {first}".rstrip())
        lines += [" " * (names + values + 6) + part for part in more]
    return [
        "Plan",
        *lines,
        f"  {event.parameters:,} parameters (numbers to learn), about {size(event.memory)} of memory",
    ]


def resumed_lines(event: Resumed) -> list[str]:
    """Where a run continues."""
    best = f", best validation loss {nats(event.best)}" if event.best is not None else ""
    return [f"Continuing after update {event.step:,} ({spoken_duration(event.seconds)} of training so far{best})."]


def baseline_line(event: BaselineReady) -> str:
    """The n-gram's figures, above the table whose validation column they are to be compared with."""
    mark = event.baseline
    how = "counting only" if mark.tokens == event.training else f"counting {short_count(mark.tokens)} tokens"
    return f"  Baseline, a {mark.name} ({how}): validation {nats(mark.sample_nats)}, {mark.sample_bits:.3f} bits/char"


def baseline_comparison(event: Finished) -> str:
    """How the model compares with the n-gram, where both were scored on the whole validation part; else nothing."""
    mark, bits = event.baseline, event.bits_per_character
    if mark is None or mark.bits is None or bits is None or not scored_whole(event.model.header):
        return ""
    better = round(mark.bits, 3) - round(bits, 3)
    gap = f"{'better' if better > 0 else 'worse'} by {abs(better):.3f}" if round(better, 3) else "equally good"
    whole = mark.tokens == event.model.header["corpus"]["split"]
    where = "" if whole else f" in the last {mark.tokens:,} tokens"
    said = f" A {mark.name} baseline, which only counts{where}, needs {mark.bits:.3f}: this model is {gap}."
    return said if better >= 0 else f"{said} {_what_helps(event)}"


def _what_helps(event: Finished) -> str:
    """What makes a model better that is worse than counting."""
    ways = [] if event.stopped_early or event.path is None else ["more time (the last command below)"]
    ways.append("more text")
    header = event.model.header
    if header["level"] == "char" and not header.get("lines") and header["corpus"]["characters"] < WORDS_READ_BETTER:
        ways.append("--level word for a text this short")
    return f"What helps: {', '.join(ways)}."


def table_header(columns: int, *, validated: bool = True) -> list[str]:
    """The unit and the names of the columns, for a terminal so wide; a narrow one has fewer.

    validated: whether there is a validation loss.
    """
    tokens, best, speed = ("   tokens", "    best", "  tokens/s") if columns >= _FULL_TABLE else ("", "", "")
    return [
        f"  {_LOSS_UNIT}{_STAR * validated}",
        f"   update{tokens}     time   train  validation{best} bits/char{speed}",
    ]


def table_row(event: Evaluated, columns: int = _FULL_TABLE) -> str:
    """One evaluation below `table_header`; a star marks a new best."""
    bits = "-" if event.bits_per_character is None else f"{event.bits_per_character:.3f}"
    star = "*" if event.is_best and event.validation is not None else " "
    tokens, best, speed = (
        (
            f" {short_count(event.tokens_seen):>8}",
            f" {nats(event.best):>7}",
            f" {short_count(event.tokens_per_second):>9}",
        )
        if columns >= _FULL_TABLE
        else ("", "", "")
    )
    return (
        f"{event.step:>9,}{tokens} {clock_time(event.seconds):>8} {nats(event.train):>7} "
        f"{nats(event.validation):>10}{star}{best} {bits:>9}{speed}"
    )


def progress_text(event: Progress) -> str:
    """What stands beside the bar, or in a plain row of its own."""
    words = [
        f"{event.fraction:4.0%}",
        f"training loss {nats(event.loss)}",
        f"{short_count(event.tokens_per_second)} tokens/s",
        "annealing" if event.finishing else "",
        f"{clock_time(event.seconds_left)} left",
    ]
    return "  ".join(word for word in words if word)


def trial_message(event: Trial) -> str:
    """Why training paused for a moment, and continued."""
    return (
        f"The validation loss has risen since update {event.best_step:,}. As a test, a copy of those weights was "
        f"annealed for a moment: it reaches {nats(event.annealed)}, and more training should end lower. Training "
        "continues."
    )


def early_stop_message(event: EarlyStop) -> str:
    """Why it ends before its time."""
    left = f" ({spoken_duration(event.seconds_left)} more)" if event.seconds_left is not None else ""
    return (
        f"Overfitting since update {event.best_step:,}: more training would end at a validation loss of about "
        f"{nats(event.projected)}, but the best weights reach {nats(event.annealed)} after only a short annealing "
        f"(lowering the learning rate to its end). Training returns to them, anneals{left} and ends."
    )


def summary_lines(event: Finished) -> list[str]:
    """How good it is, compared with what; how original; where it is; what to type next. All else: `inspect model`."""
    lines = [_how_good(event)]
    if event.copies is not None:
        lines.append(originality(event.copies, event.model.header["level"]))
    what = (
        f"{event.step:,} updates in {spoken_duration(event.seconds)} of training "
        f"({spoken_duration(event.total_seconds)} for the whole command), {_passes(event.passes)} over the text"
    )
    if event.path is None:
        return [*lines, f"Done: {what}."]
    model = model_argument(event.path)
    lines.append(
        f"Saved {event.path} ({size(_size_of(event.path))}): {what}. More figures: lstmgen inspect model -m {model}"
    )
    piped, alone = _is_piped(event.repeat), bool(event.model.header.get("lines"))
    commands = next_commands(event.path, event.seconds, alone, piped=piped, few_new=_few_new(event))
    more = f" (the last command continues training, to {next_minutes(event.seconds)} min in total{_AGAIN * piped})"
    more *= not event.stopped_early
    lines += ["", f"Next{more}:", *(commands[:-1] if event.stopped_early else commands)]
    if event.stopped_early:
        lines.append("  More text would help more than more time.")
    return lines


def _how_good(event: Finished) -> str:
    if event.validation is None:
        return f"Training loss: {nats(event.train)} nats per token (there is no validation text)."
    bits = nats(event.validation) + " nats per token"
    if event.bits_per_character is not None:
        bits = f"{event.bits_per_character:.3f} bits per character"
    scored = _scored_tokens(event.model.header)
    return f"Validation: {bits} on {scored} (lower is better).{baseline_comparison(event)}"


def _scored_tokens(header: Mapping[str, Any]) -> str:
    count, corpus = header["training"].get("final_tokens", 0), header["corpus"]
    if scored_whole(header):
        return f"all {count:,} validation tokens"
    return f"{count:,} of the {corpus['tokens'] - corpus['split']:,} validation tokens"


def _passes(count: float) -> str:
    return f"{count:,.0f} passes" if count >= 100 else f"{count:.1f} passes"


def _is_piped(command: str) -> bool:
    """Whether a command takes its text from standard input; one that no shell could read does not."""
    try:
        return "-" in shlex.split(command)
    except ValueError:
        return False


def _few_new(event: Finished) -> bool:
    """Whether of the lines written to be measured fewer were new than the next command would ask for."""
    return event.copies is not None and event.copies.new_lines is not None and event.copies.new_lines < NEXT_LINES


def sample_excerpt(text: str) -> list[str]:
    """The first lines of a sample, a screen's width each."""
    lines = [line for line in text.strip().split("\n") if line.strip()]
    shown = [line if len(line) <= _SAMPLE_WIDTH else line[: _SAMPLE_WIDTH - 1] + "…" for line in lines[:_SAMPLE_LINES]]
    return shown + ["…"] * (len(lines) > _SAMPLE_LINES)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0
