"""What `sample` says of copies: how many lines, how often it drew again, and the figures that --copies asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmgen.api.copies import are_training_lines
from lstmgen.api.recorded import why_missing
from lstmgen.cleaning import clean
from lstmgen.errors import UsageError
from lstmgen.inspect.common.figures import share
from lstmgen.settings import TOKEN_NOUNS
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.sampling.novel import CopyGuard
    from lstmgen.sampling.request import SamplingRequest
    from lstmgen.sampling.sample import FinishedSample
    from lstmgen.text.copies import Copies

_SHOWN = 200  # characters of the longest stretch copied


def report_repeats(
    messages: Messages,
    model: Model,
    request: SamplingRequest,
    guard: CopyGuard,
    records: Sequence[FinishedSample],
    *,
    named: str | None = None,
    counted: bool = False,
) -> None:
    """How much was drawn again, how many lines or documents were cut, and of lines how many are in the training text.

    counted: the figures that --copies asks for say how many of lines taken as they come are in the training text.
    """
    if messages.quiet or not records:
        return
    again = sum(record.again for record in records)
    if model.lines:
        whole = [record for record in records if record.stopped != "length"]
        unsaid = whole and not (counted and request.settings.allow_copies)
        sentences = [
            _lines_words(model, request, guard, whole, named) if unsaid else "",
            _cut_words(model, request, len(records) - len(whole), len(records)),
            f"Redrawn: {again:,}." if again else "",
        ]
        if said := " ".join(sentence for sentence in sentences if sentence):
            messages.info(said)
        return
    if model.document_end is not None and (said := _cut_documents(model, request, records)):
        messages.info(said)
    if request.settings.novel is not None:
        kind = _kind(model, request.settings.novel)
        messages.info(f"Steps taken back to avoid copying more than {request.settings.novel:,} {kind}: {again:,}.")


def _lines_words(
    model: Model, request: SamplingRequest, guard: CopyGuard, records: Sequence[FinishedSample], named: str | None
) -> str:
    found = (
        are_training_lines(model, [record.line for record in records], named) if request.settings.allow_copies else []
    )
    if found is None or not guard.lines_known:
        return f"Whether these lines are in the training text is unknown: {why_missing(model, named)}."
    if request.settings.allow_copies:
        what = "line is" if len(records) == 1 else "lines are"
        return f"{sum(found):,} of {len(records):,} {what} in the training text."
    return f"{len(records):,} {'line that is' if len(records) == 1 else 'lines that are'} not in the training text."


def _cut_words(model: Model, request: SamplingRequest, cut: int, all_lines: int) -> str:
    """Lines that had not ended at the length asked for, and which length the training text's longest would need."""
    if not cut:
        return ""
    longest = model.header["corpus"].get("longest_line")
    enough = longest if type(longest) is int and longest > request.length else 2 * max(1, request.length)
    were = "line was" if all_lines == 1 else "lines were"
    at = f"{request.length:,} {_kind(model, request.length)}"
    return (
        f"{cut:,} of {all_lines:,} {were} cut at {at} and not counted; with --length {enough} more of them would end."
    )


def _cut_documents(model: Model, request: SamplingRequest, records: Sequence[FinishedSample]) -> str:
    """Documents that had not ended at the length asked for."""
    cut = sum(record.stopped == "length" for record in records)
    if not cut or not request.length:
        return ""
    at = f"{request.length:,} {_kind(model, request.length)}"
    if len(records) == 1:
        return f"Cut at {at}, before its end: a larger --length lets it end."
    return f"{cut:,} of {len(records):,} were cut at {at}, before their end: a larger --length lets them end."


def _kind(model: Model, count: int) -> str:
    return TOKEN_NOUNS[model.header["level"]] + "s" * (count != 1)


def report_copies(messages: Messages, model: Model, copies: Copies | None, named: str | None = None) -> None:
    """What --copies asks for, --quiet or not."""
    if copies is None:
        messages.notice(f"What was copied cannot be determined without the training text: {why_missing(model, named)}.")
        return
    for line in copies_lines(copies, model.header["level"]):
        messages.notice(line)
    messages.notice(copied_passage(copies))


def copied_passage(copies: Copies) -> str:
    """The longest one itself, in a line."""
    text = copies.example
    shown = clean(text if len(text) <= _SHOWN else text[:_SHOWN] + "…", one_line=True)
    return f"The longest copied passage: {shown}"


def copies_lines(copies: Copies, level: str) -> list[str]:
    """A sentence on whole lines (where lines are documents), on the longest span and on new sequences."""
    kind, new, held = TOKEN_NOUNS[level], copies.written, copies.held_out
    sentences = _passages(copies, kind)
    if new.new is not None:
        beside = f" (in validation text: {share(held.new)})" if held is not None and held.new is not None else ""
        sentences.append(f"{copies.sequence}-{kind} sequences that are new: {share(new.new)}{beside}.")
    if held is None:
        sentences[-1] += " There is no validation text to compare with."
    return sentences


def originality(copies: Copies, level: str) -> str:
    """The same in one line, without the sequences."""
    return " ".join(_passages(copies, TOKEN_NOUNS[level]))


def _passages(copies: Copies, kind: str) -> list[str]:
    new, held, sentences = copies.written, copies.held_out, []
    if new.lines is not None:
        beside = f" (of as many validation lines: {held.lines:,})" if held is not None else ""
        sentences.append(f"Generated lines that are in the training text: {new.lines:,} of {copies.texts:,}{beside}.")
    beside = f" (in {_as_much(new.tokens, held.tokens, kind)}: {held.longest:,})" if held is not None else ""
    many = f"{new.longest:,} of {_count(new.tokens, kind)}"
    return [*sentences, f"Longest passage copied from the training text{_where(copies, kind)}: {many}{beside}."]


def _count(tokens: int, kind: str) -> str:
    return f"{tokens:,} generated {kind}{'' if tokens == 1 else 's'}"


def _as_much(tokens: int, held: int, kind: str) -> str:
    """Validation text of the same length, or how long it is where there is not as much; lines differ a little."""
    return "as much validation text" if 2 * held >= tokens else f"{held:,} validation {kind}s"


def _where(copies: Copies, kind: str) -> str:
    if copies.whole:
        return ""
    why = "" if copies.seconds is None else f", as many as can be searched in {copies.seconds:g} s"
    return f" (its last {copies.searched:,} {kind}s{why})"


def refuse_unfinished(request: SamplingRequest, records: Sequence[FinishedSample]) -> None:
    """UsageError where a sample ended early because all that could come next would be a copy."""
    ended = [record for record in records if record.stopped == "copies"]
    if ended:
        many = request.settings.novel or 0
        raise UsageError(
            f"{len(ended):,} of {len(records):,} samples ended early, the first after {ended[0].tokens:,} tokens: "
            f"every continuation would have copied more than {many:,}.\n"
            "Try a larger --novel, or a higher --temperature."
        )
