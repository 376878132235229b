"""Every form that a model can be exported in, by the ending of its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lstmgen.errors import UsageError
from lstmgen.export.records import ExportForm, ExportRequest
from lstmgen.paths import checked_path

if TYPE_CHECKING:
    from lstmgen.modelfile import ModelFile


def _page(file: ModelFile, request: ExportRequest) -> bytes:
    from lstmgen.export.page import writing_page

    return writing_page(file, request)


def _module(file: ModelFile, request: ExportRequest) -> bytes:
    from lstmgen.export.module import javascript_module

    return javascript_module(file, request)


# The makers are imported when they are called, so that the list is light.
EXPORT_FORMS: dict[str, ExportForm] = {
    form.ending: form
    for form in (
        ExportForm(".html", "a page that writes, in any browser, offline", ("float16", "int8", "float32"), True, _page),
        ExportForm(
            ".js", "a JavaScript module that writes, to use and to read", ("float16", "int8", "float32"), True, _module
        ),
    )
}


def export_form(path: str | Path) -> ExportForm:
    """The form that the ending of a file's name asks for. Raises UsageError where there is none."""
    form = EXPORT_FORMS.get(checked_path(path).suffix.lower())
    if form is None:
        raise UsageError(
            f"{path} must end in {' or '.join(EXPORT_FORMS)}: the ending says the form.\n"
            "`lstmgen export --list` lists the forms."
        )
    return form


def check_export(form: ExportForm, weights: str | None, *, words: bool) -> str:
    """The kind of weights to write; None is the form's default. words: whether there is a title, author or note.

    Raises UsageError for what the form has no place for.
    """
    if weights is not None and weights not in form.weights:
        kinds = " or ".join(form.weights)
        raise UsageError(f"A {form.ending} file holds its weights as {kinds}, not {weights}.\nGive one of these.")
    if words and not form.words:
        raise UsageError(f"A {form.ending} file has no place for --title, --author and --note.\nLeave them out.")
    return form.weights[0] if weights is None else weights
