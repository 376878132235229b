"""`lstmgen inspect score`: how good a model is on a text, beside what counting alone makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstmgen.cleaning import on_one_line
from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_in_text
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.passages import Corpus, choose_passage, read_by
from lstmgen.inspect.score.scoring import Aids, measured
from lstmgen.terminal.inference_options import Adapt, AdaptRate, NgramWeight, inference_settings
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.recorded import TrainingText
    from lstmgen.inspect.canvas.frame import Frame
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.passages import Chosen
    from lstmgen.inspect.score.picture import Canvas, Scored
    from lstmgen.inspection.baselines import Baseline
    from lstmgen.text.mixture import NgramCorpus

_Lines = Annotated[
    bool,
    typer.Option("--lines", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="A row for each line of the text instead."),
]  # fmt: skip
_Worst = Annotated[
    bool,
    typer.Option("--sort", metavar="", rich_help_panel=options.PICTURE, show_default=False,
                 help="With --lines: the most surprising first."),
]  # fmt: skip
_NoBaselines = Annotated[
    bool,
    typer.Option("--no-baselines", metavar="", rich_help_panel=options.WHAT, show_default=False,
                 help="Do not count n-grams in the training text."),
]  # fmt: skip


def score(
    model: options.ModelNames = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    corpus: Corpus = None,
    no_baselines: _NoBaselines = False,
    adapt: Adapt = False,
    adapt_rate: AdaptRate = None,
    ngram_weight: NgramWeight = None,
    lines: _Lines = False,
    sort: _Worst = False,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See how much a text surprises a model, and whether it does better than counting n-grams.

    [bold]lstmgen inspect score[/]                     on what was held back
    [bold]lstmgen inspect score --file new.txt[/]      on a text of yours
    [bold]lstmgen inspect score -m one -m two[/]       two models compared
    [bold]lstmgen inspect score --lines --sort[/]      the strangest lines first
    [bold]lstmgen inspect score --adapt --ngram-weight auto[/]
                                           learning as it reads, beside n-grams
    """
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    names: list[str | None] = [*model] if model else [None]
    form = form_of(out, json, forms_of(table=True, arrays=not lines))
    if sort and not lines:
        raise UsageError("--sort puts lines in order.\nAdd --lines.")
    if lines and len(names) > 1:
        raise UsageError("--lines looks at one model.\nName one --model.")
    wishes = inference_settings(adapt, adapt_rate, ngram_weight)

    from lstmgen import api
    from lstmgen.api.recorded import training_text
    from lstmgen.terminal.streams import announce_model

    messages, models = Messages(quiet), [api.load(name) for name in names]
    for one in models:
        announce_model(messages, one)
    wanted = corpus is not None or ngram_weight is not None or (text is None and file is None)
    recorded = training_text(models[0], corpus) if wanted or not (no_baselines or lines or len(models) > 1) else None
    chosen = choose_passage(models[0], text, file, recorded, messages)
    aids = Aids(wishes, messages, [recorded, *(training_text(one, corpus) for one in models[1:] if ngram_weight)])
    if len(models) > 1:
        finding = _comparison(models, chosen, aids)
    elif lines:
        finding = _lines(models[0], chosen, aids, sort)
    else:
        finding = _score(models[0], chosen, aids, not no_baselines)
    return deliver(finding, form, out, messages)


def _score(model: Model, chosen: Chosen, aids: Aids, with_baselines: bool) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.score.picture import draw_score, score_arrays, score_facts, score_table

    counted, recorded = aids.counted(model), aids.texts[0]
    scored = measured(model, chosen.passage, aids, counted)
    baselines, remark = _baselines(model, scored, recorded, counted) if with_baselines else ([], "")

    def picture(frame: Frame) -> Any:
        labels = labels_in_text(chosen.passage.pieces)
        return draw_score(scored, chosen.about, baselines, remark, labels, _canvas(frame))

    return View(
        title=f"How much {chosen.about} surprises {model.name}",
        draw=picture,
        make_data=lambda: {**_source(model, chosen, recorded), **score_facts(scored, baselines)},
        make_table=lambda: score_table(scored),
        make_arrays=lambda: score_arrays(scored),
    )


def _baselines(
    model: Model, scored: Scored, recorded: TrainingText | None, counted: NgramCorpus | None
) -> tuple[list[Baseline], str]:
    """The baselines, and what there is to say about them. counted: the n-grams, where they are there already."""
    from lstmgen.api.aided import counted_in
    from lstmgen.api.recorded import missing
    from lstmgen.inspection.baselines import baselines_of

    remark = f"No n-grams of the training text: {missing(model)}. Name it with --corpus."
    if recorded is not None:
        counted = counted or counted_in(model, recorded)
        whose = "" if recorded.same else " (not what it learned from)"
        name, tokens = on_one_line(recorded.name), len(counted.ids)
        remark = f"Counted in {tokens:,} tokens of {name}{whose}: bits a character, gap ± error"
    return baselines_of(scored.passage, scored.nats, len(model.vocabulary), counted), remark


def _lines(model: Model, chosen: Chosen, aids: Aids, sort: bool) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.score.aided import aid_facts, aid_words
    from lstmgen.inspect.score.picture import draw_lines, lines_table
    from lstmgen.inspection.score import lines_of

    scored = measured(model, chosen.passage, aids, aids.counted(model))
    for words in aid_words(scored):
        aids.messages.info(words)
    rows = lines_of(scored.nats, chosen.passage)
    if sort:
        rows.sort(key=lambda line: -line.bits_a_character)
    return View(
        title=f"How much each line of {chosen.about} surprises {model.name}",
        draw=lambda frame: draw_lines(rows, _canvas(frame), on_one_line),
        make_data=lambda: {**_source(model, chosen, aids.texts[0]), **aid_facts(scored), "lines": rows},
        make_table=lambda: lines_table(rows),
    )


def _comparison(models: list[Model], chosen: Chosen, aids: Aids) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.score import comparison
    from lstmgen.inspection.score import difference

    passages = [chosen.passage, *(read_by(model, chosen, aids.messages) for model in models[1:])]
    pairs = enumerate(zip(models, passages, strict=True))
    scored = [measured(model, passage, aids, aids.counted(model, k)) for k, (model, passage) in pairs]
    first = scored[0]
    differences = [difference(first.nats, first.passage, other.nats, other.passage) for other in scored[1:]]

    def picture(frame: Frame) -> Any:
        labels = labels_in_text(chosen.passage.pieces)
        return comparison.draw_comparison(scored, differences, chosen.about, labels, _canvas(frame))

    return View(
        title=f"{' and '.join(model.name for model in scored)} on {chosen.about}",
        draw=picture,
        make_data=lambda: {"text": chosen.kind, **comparison.comparison_facts(scored, differences)},
        make_table=lambda: comparison.comparison_table(scored),
        make_arrays=lambda: comparison.comparison_arrays(scored),
    )


def _source(model: Model, chosen: Chosen, recorded: TrainingText | None) -> dict[str, Any]:
    """What was looked at, for machines."""
    return {
        "path": str(model.path),
        "text": chosen.kind,
        "corpus": None if recorded is None else {"names": recorded.corpus.names, "same": recorded.same},
    }


def _canvas(frame: Frame) -> Canvas:
    from lstmgen.inspect.score.picture import Canvas

    return Canvas(frame.width, frame.height, frame.colours)
