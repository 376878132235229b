"""`lstmgen inspect score`: how good a model is on a text, beside n-grams that are counted."""

from __future__ import annotations

from typing import Annotated

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

_Lines = Annotated[
    bool,
    typer.Option("--lines", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="Show one row for each line of the text instead."),
]  # fmt: skip
_Worst = Annotated[
    bool,
    typer.Option("--sort", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="With --lines, show the most surprising lines first."),
]  # fmt: skip
_NoBaselines = Annotated[
    bool,
    typer.Option("--no-baselines", metavar="", rich_help_panel=options.WHAT, show_default=False,
                 help="Leave out the comparison with n-grams of the training text."),
]  # fmt: skip


def score(
    model: options.ModelNames = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    corpus: options.TrainingTextPath = None,
    no_baselines: _NoBaselines = False,
    adapt: Adapt = False,
    adapt_rate: AdaptRate = None,
    ngram_weight: NgramWeight = None,
    lines: _Lines = False,
    sort: _Worst = False,
    json: options.Json = False,
    out: options.Out = None,
    theme: options.PictureTheme = None,
    quiet: options.Quiet = False,
) -> None:
    """See how much a text surprises a model, and whether it does better than counting n-grams.

    [bold]lstmgen inspect score[/]                     on the validation text
    [bold]lstmgen inspect score --file new.txt[/]      on your own text
    [bold]lstmgen inspect score -m one -m two[/]       two models compared
    [bold]lstmgen inspect score --lines --sort[/]      the most surprising lines first
    [bold]lstmgen inspect score --adapt --ngram-weight auto[/]
                                           adapting, mixed with n-grams
    """
    form = form_of(out, json, forms_of(table=True, arrays=not lines))
    ground = options.theme_of(theme, form)
    if sort and not lines:
        raise UsageError("--sort puts lines in order.\nAdd --lines.")
    if lines and model and len(model) > 1:
        raise UsageError("--lines looks at one model.\nName one --model.")
    settings = inference_settings(adapt, adapt_rate, ngram_weight)
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    models = load_models(model, messages)
    given = source.read(models[0].header, messages)
    with working(messages, "Reading the text", silent=json):
        chosen = models[0].text_to_score(given, name=file, corpus=corpus)
    scores = []
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
                baselines=not (no_baselines or lines or len(models) > 1),
                corpus=corpus,
            )
        scores.append(scored)
    first, *others = scores
    view = first.compare(*others) if others else first.lines(sort=sort) if lines else first
    deliver(view, form, out, messages, ground)
