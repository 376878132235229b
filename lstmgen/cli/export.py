"""`lstmgen export`: a model as other programs read it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from lstmgen.errors import UsageError
from lstmgen.export.forms import EXPORT_FORMS
from lstmgen.terminal import options
from lstmgen.terminal.options import BASICS, CORPUS_HELP, MODEL_HELP, option
from lstmgen.terminal.streams import OutputStream

_WORDS = "What is said of the model"


class _Weights(StrEnum):
    """Of the numbers in the file."""

    float32 = "float32"
    float16 = "float16"
    int8 = "int8"


_Exported = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL", help=MODEL_HELP.replace("[", "\\["), rich_help_panel="What to export", show_default=False
    ),
]
_Named = Annotated[
    str | None, option(BASICS, "The model, named as sample and inspect have it.", "--model", "-m", metavar="NAME")
]
_Out = Annotated[str | None, option(BASICS, "File to write; its ending says the form.", "--out", "-o", metavar="PATH")]
_ListForms = Annotated[bool, option(BASICS, "List the forms instead.", "--list", metavar="")]
_StoredAs = Annotated[
    _Weights | None,
    option(BASICS, "How the weights are stored: fewer bytes, a little less exact. [default: the form's]", "--weights"),
]
_Title = Annotated[str | None, option(_WORDS, "Title shown to readers.", "--title", metavar="TEXT")]
_Author = Annotated[str | None, option(_WORDS, "Who made it.", "--author", metavar="TEXT")]
_Note = Annotated[str | None, option(_WORDS, "Anything readers should know.", "--note", metavar="TEXT")]
_Corpus = Annotated[str | None, option(BASICS, CORPUS_HELP, "--corpus", metavar="PATH")]


def export(
    model: _Exported = None,
    named: _Named = None,
    out: _Out = None,
    list_forms: _ListForms = False,
    weights: _StoredAs = None,
    corpus: _Corpus = None,
    title: _Title = None,
    author: _Author = None,
    note: _Note = None,
    quiet: options.Quiet = False,
) -> None:
    """Write a model as other programs read it, such as a page that writes in any browser.

    [bold]lstmgen export story -o story.html[/]           a page that writes, offline
    [bold]lstmgen export -o page.html --weights int8[/]   half as large, less exact
    [bold]lstmgen export story -o story.onnx[/]           a graph for ONNX Runtime
    [bold]lstmgen export story -o story.py[/]             a PyTorch module
    [bold]lstmgen export --list[/]                        which forms there are

    It says beforehand what leaves with the file. Names of texts and the command that trained the model stay behind.
    """
    if model is not None and named is not None:
        raise UsageError(f"{model} and --model {named} both name the model.\nUse only one of them.")
    if list_forms:
        _list_forms()
        return
    if out is None:
        raise UsageError(
            "Name the file to write; its ending says the form: --out story.html\n"
            "`lstmgen export --list` lists the forms."
        )

    from lstmgen.cli.export_run import export_to_file

    words = {"title": title or "", "author": author or "", "note": note or ""}
    export_to_file(model or named, out, None if weights is None else weights.value, words, corpus=corpus, quiet=quiet)


def _list_forms() -> None:
    """For each form its ending, what it is, the weights it can hold (the default first), what it carries and loses."""
    forms = EXPORT_FORMS.values()
    wide = 2 + max(len(form.ending) for form in forms)
    product = OutputStream()
    for form in forms:
        lines = (
            form.summary,
            f"weights: {', '.join(form.weights)}",
            f"carries: {form.carries}",
            f"loses: {form.loses}",
        )
        for first, line in zip((form.ending, "", "", ""), lines, strict=True):
            product.write(f"{first:{wide}}{line}\n")
    product.finish()
