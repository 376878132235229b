"""What `export` says: what leaves with the file and what stays behind, before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lstmgen import api
from lstmgen.api.exporting import Export, copies_that_leave, export_target, prepare_export
from lstmgen.api.recorded import why_missing
from lstmgen.cleaning import on_one_line
from lstmgen.cli.copies import copied_passage, originality
from lstmgen.export.forms import check_export
from lstmgen.settings import TOKEN_NOUNS
from lstmgen.terminal.amounts import size
from lstmgen.terminal.model_name import announce_model
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

if TYPE_CHECKING:
    from lstmgen.api import Model


def export_to_file(
    name: str | None, out: str, weights: str | None, words: Mapping[str, str], *, corpus: str | None, quiet: bool
) -> None:
    """Load the model, say what leaves, and write."""
    check_export(export_target(out), weights, words=any(words.values()))
    messages, model = Messages(quiet), api.load(name)
    announce_model(messages, model)
    with working(messages, "Measuring the model on held-out text"):
        prepared = prepare_export(model, out, weights=weights, corpus=corpus, **words)
    _say_what_leaves(messages, model, prepared, corpus)
    for path, length in prepared.write(Path(out)).items():
        messages.info(f"wrote {path} ({size(length)})")


def _say_what_leaves(messages: Messages, model: Model, prepared: Export, corpus: str | None) -> None:
    request, noun = prepared.request, TOKEN_NOUNS[model.header["level"]]
    numbers = sum(array.size for array in model.file.arrays.values())
    tokens = f"{len(model.vocabulary):,} {noun}{'' if len(model.vocabulary) == 1 else 's'} from its training text"
    messages.info(f"Leaves with the file: {numbers:,} weights as {request.weights}, the vocabulary of {tokens}.")
    stays = "Stays behind: the names of texts, the command that trained it, and all else that the header says."
    said = [f'{what} "{on_one_line(text)}"' for what, text in _words_said(prepared).items()]
    messages.info(stays + (f" Said instead: {', '.join(said)}." if said else ""))
    if prepared.learned is None:
        messages.info(
            f"What a sample copies cannot be determined without the training text: {why_missing(model, corpus)}."
        )
    else:
        with working(messages, "Looking for copies of the training text"):
            copies = copies_that_leave(model, prepared.learned)
        messages.info(originality(copies, model.header["level"]))
        if copies.written.longest:
            messages.info(copied_passage(copies))
    if request.loss is not None:
        rounded = "" if request.weights == "float32" else f"; rounded to {request.weights}: {request.loss.rounded:.4f}"
        messages.info(f"On held-out text: {request.loss.exact:.4f} bits per character{rounded}.")
    elif request.weights != "float32":
        messages.info(f"What rounding to {request.weights} costs is not known: no held-out text was found.")


def _words_said(prepared: Export) -> dict[str, str]:
    request = prepared.request
    words = {"title": request.title, "author": request.author, "note": request.note}
    return {what: text for what, text in words.items() if text}
