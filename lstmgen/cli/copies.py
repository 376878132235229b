"""What `sample` says of copies: how many lines, how often it drew again, and the figures that --copies asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmgen.cli.terminal import Talk, clean
from lstmgen.errors import UsageError

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.sampling.novel import Guard
    from lstmgen.sampling.request import Request
    from lstmgen.sampling.sample import Record
    from lstmgen.text.copies import Copies

SHOWN = 200  # characters of the longest stretch copied


def tell_copies(talk: Talk, model: Model, request: Request, guard: Guard, records: Sequence[Record]) -> None:
    """How much was drawn again, and of lines how many are in the training text."""
    if talk.quiet or not records:
        return
    again = sum(record.again for record in records)
    if model.lines:
        talk.say(_lines_words(model, request, guard, records) + (f" Drawn again: {again:,}." if again else ""))
    elif request.settings.novel is not None:
        kind = "characters" if model.header["level"] == "char" else "words"
        talk.say(f"Times it went back rather than copy more than {request.settings.novel:,} {kind}: {again:,}.")


def _lines_words(model: Model, request: Request, guard: Guard, records: Sequence[Record]) -> str:
    from lstmgen.api.copies import copied, missing

    found = copied(model, [record.line for record in records]) if request.settings.allow_copies else []
    if found is None or not guard.known:
        return f"Whether these lines are in the training text cannot be told: {missing(model)}."
    if request.settings.allow_copies:
        what = "line is" if len(records) == 1 else "lines are"
        return f"{sum(found):,} of {len(records):,} {what} in the training text."
    return f"{len(records):,} {'line that is' if len(records) == 1 else 'lines that are'} not in the training text."


def say_figures(talk: Talk, model: Model, copies: Copies | None) -> None:
    """What --copies asks for, --quiet or not."""
    from lstmgen.api.copies import missing
    from lstmgen.render.copies import copies_lines

    if copies is None:
        talk.insist(f"What of this is copied cannot be told from the training text: {missing(model)}.")
        return
    for line in copies_lines(copies, model.header["level"]):
        talk.insist(line)
    text = copies.example
    shown = clean(text if len(text) <= SHOWN else text[:SHOWN] + "…", one_line=True)
    talk.insist(f"The longest stretch copied: {shown}")


def refuse_unfinished(request: Request, records: Sequence[Record]) -> None:
    """UsageError where a sample ended early because all that could come next would be a copy."""
    ended = [record for record in records if record.stopped == "copies"]
    if ended:
        many = request.settings.novel or 0
        raise UsageError(
            f"{len(ended):,} of {len(records):,} samples ended early, the first after {ended[0].tokens:,} tokens: "
            f"whatever came next would have copied more than {many:,}.\n"
            "Try a larger --novel, or a higher --temperature."
        )
