"""`lstmgen inspect score`: how good a model is on a text, beside n-grams that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.view import forms_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_models
from lstmgen.inspect.commands.output import deliver, form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.terminal.inference_options import Adapt, AdaptRate, NgramWeight, inference_settings
from lstmgen.terminal.streams import Messages
from lstmgen.terminal.working import working

if TYPE_CHECKING:
    from lstmgen.api.scored import Score
    from lstmgen.inspect.canvas.view import View

_Lines = Annotated[
    bool,
    typer.Option("--lines", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="Show one row for each line of the text instead."),
]  # fmt: skip
_Worst = Annotated[
    bool,
    typer.Option("--sort", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="With --lines or --words, show the most surprising ones first."),
]  # fmt: skip
_Words = Annotated[
    bool,
    typer.Option("--words", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="Show one row for each word of the text instead: what its characters cost together."),
]  # fmt: skip
_Files = Annotated[
    list[str] | None,
    options.option(
        options.WHAT,
        "Read the text from a file; - for standard input. Give several to see their figures side by side.",
        "--file",
        metavar="PATH",
    ),
]
_NoBaselines = Annotated[
    bool,
    typer.Option("--no-baselines", metavar="", rich_help_panel=options.WHAT, show_default=False,
                 help="Leave out the comparison with n-grams of the training text."),
]  # fmt: skip


def score(
    model: options.ModelNames = None,
    text: options.TextToMeasure = None,
    file: _Files = None,
    encoding: options.FileEncoding = None,
    corpus: options.TrainingTextPath = None,
    no_baselines: _NoBaselines = False,
    adapt: Adapt = False,
    adapt_rate: AdaptRate = None,
    ngram_weight: NgramWeight = None,
    lines: _Lines = False,
    words: _Words = False,
    sort: _Worst = False,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See how much a text surprises a model, and whether it does better than counting n-grams.

    [bold]lstmgen inspect score[/]                     on the validation text
    [bold]lstmgen inspect score --file new.txt[/]      on your own text
    [bold]lstmgen inspect score --file a --file b[/]   two texts side by side
    [bold]lstmgen inspect score -m one -m two[/]       two models compared
    [bold]lstmgen inspect score --lines --sort[/]      the most surprising lines first
    [bold]lstmgen inspect score --adapt --ngram-weight auto[/]
                                           adapting, mixed with n-grams
    """
    files: Sequence[str | None] = file or [None]
    by_rows = lines or words
    form = form_of(out, json, forms_of(table=True, arrays=not by_rows and len(files) == 1))
    ground = options.theme_of(theme, form)
    _check_rows(lines, words, sort, several=len(files) > 1 or len(model or []) > 1)
    settings = inference_settings(adapt, adapt_rate, ngram_weight)
    messages = Messages(quiet)
    sources = [take_source(text, path, encoding, messages) for path in files]
    models = load_models(model, messages)
    several = len(files) > 1 or len(models) > 1
    scores = []
    for path, source in zip(files, sources, strict=True):
        given = source.read(models[0].header, messages)
        with working(messages, "Reading the text", silent=json):
            chosen = models[0].text_to_score(given, name=path, corpus=corpus)
        for number, one in enumerate(models):
            read = one.text_to_score(chosen) if number else chosen
            if adapt:
                messages.info(f"learning while reading {len(read.passage):,} tokens")
            with working(messages, "Scoring the text", silent=json):
                scored = one.score(
                    read,
                    adapt=adapt,
                    adapt_rate=adapt_rate,
                    ngram_weight=settings.ngram_weight,
                    baselines=not (no_baselines or by_rows or several),
                    corpus=corpus,
                )
            scores.append(scored)
    deliver(_view_of(scores, lines, words, sort, texts=len(files)), form, out, messages, ground)


def _check_rows(lines: bool, words: bool, sort: bool, *, several: bool) -> None:
    """Raise UsageError where rows are asked for that there are not."""
    if lines and words:
        raise UsageError("--lines and --words are two different views; give one of them.")
    if sort and not (lines or words):
        raise UsageError("--sort puts lines or words in order.\nAdd --lines or --words.")
    if (lines or words) and several:
        flag = "--lines" if lines else "--words"
        raise UsageError(f"{flag} looks at one text of one model.\nName one --file and one --model.")


def _view_of(scores: Sequence[Score], lines: bool, words: bool, sort: bool, *, texts: int) -> View:
    """What is asked for of the scores: of one model on one text, of several models, or of several texts."""
    first, *others = scores
    if texts > 1:
        return first.beside(*others)
    if others:
        return first.compare(*others)
    return first.lines(sort=sort) if lines else first.words(sort=sort) if words else first
