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


def _onnx(file: ModelFile, request: ExportRequest) -> bytes:
    from lstmgen.export.onnx import onnx_model

    return onnx_model(file, request)


def _safetensors(file: ModelFile, request: ExportRequest) -> bytes:
    from lstmgen.export.safetensors import safetensors_file

    return safetensors_file(file, request)


def _pytorch(file: ModelFile, request: ExportRequest) -> bytes:
    from lstmgen.export.pytorch import pytorch_module

    return pytorch_module(file, request)


_FLOATS = ("float32", "float16")
_ROUNDED = ("float16", "int8", "float32")
_WRITES = "every cell and level, prompts, the settings of sample"
_VIEWS = "the history and all views but the gates"
_TOKENS = "every cell and level, states, vocabulary, how words are joined"

# The makers are imported when they are called, so that the list is light.
EXPORT_FORMS: dict[str, ExportForm] = {
    form.ending: form
    for form in (
        ExportForm(".html", "a page that writes, in any browser, offline", _ROUNDED, True, _page, _WRITES, _VIEWS),
        ExportForm(
            ".js",
            "a JavaScript module that writes, to use and to read",
            _ROUNDED,
            True,
            _module,
            "every cell and level, prompts, temperature and min-p",
            "top-k, top-p and all views; a seed draws another text than sample's",
        ),
        ExportForm(
            ".onnx",
            "a graph for ONNX Runtime, any steps and rows",
            _FLOATS,
            True,
            _onnx,
            _TOKENS,
            "cutting a prompt into tokens, and the draw; a text starts only at a call's first step",
        ),
        ExportForm(
            ".safetensors",
            "weights by PyTorch's names",
            _FLOATS,
            True,
            _safetensors,
            _TOKENS,
            "the computation: torch.nn has no peepholes, no identity and no skip-sum",
        ),
        ExportForm(
            ".py",
            "a PyTorch module that writes; its .safetensors comes with it",
            _FLOATS,
            True,
            _pytorch,
            "every cell and level, states, prompts, temperature and min-p",
            "speed, top-k, top-p and all views; a seed draws another text than sample's",
            beside=".safetensors",
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
