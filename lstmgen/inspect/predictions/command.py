"""`lstmgen inspect predictions`: what a model expected at every place of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_in_text, labels_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.passages import Corpus, choose_passage
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.frame import Frame
    from lstmgen.inspect.canvas.picture import Picture

_USUAL_TOP, _MOST_TOP = 5, 1000

_Top = Annotated[
    int,
    options.option(
        options.PICTURE,
        "Guesses to keep of every place; the screen shows those that fit.",
        "--top",
        "-k",
        metavar="N",
        show_default=True,
    ),
]
_At = Annotated[int, options.option(options.PICTURE, "First place of the table, numbered from 0.", "--at", metavar="N")]
_Worst = Annotated[
    bool, options.option(options.PICTURE, "The 20 most surprising places instead.", "--worst", metavar="")
]
_Curve = Annotated[
    bool, options.option(options.PICTURE, "Instead: is it right as often as it says?", "--calibration", metavar="")
]


def predictions(
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    corpus: Corpus = None,
    top: _Top = _USUAL_TOP,
    at: _At = 0,
    worst: _Worst = False,
    calibration: _Curve = False,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See what a model expected at every place of a text, and whether its probabilities can be believed.

    [bold]lstmgen inspect predictions[/]                  on what was held back
    [bold]lstmgen inspect predictions --file new.txt[/]  on a text of yours
    [bold]lstmgen inspect predictions --worst[/]          where it was most wrong
    """
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    if worst and calibration:
        raise UsageError("--worst and --calibration are two pictures.\nAsk for one of them.")

    if not 1 <= top <= _MOST_TOP:
        raise UsageError(f"--top must be a number from 1 to {_MOST_TOP:,}, not {top}.")

    from lstmgen import api
    from lstmgen.api.recorded import training_text
    from lstmgen.inspect.predictions import picture as render
    from lstmgen.inspect.predictions.measure import predict
    from lstmgen.inspect.score.picture import Canvas
    from lstmgen.terminal.streams import announce_model

    messages, loaded = Messages(quiet), api.load(model)
    announce_model(messages, loaded)
    wanted = corpus is not None or (text is None and file is None)
    chosen = choose_passage(loaded, text, file, training_text(loaded, corpus) if wanted else None, messages)
    passage, tokens = chosen.passage, loaded.vocabulary.tokens
    if not 0 <= at < len(passage):
        raise UsageError(f"There is no place {at:,}: they are numbered 0 to {len(passage) - 1:,}.")
    found, title = predict(loaded.network, passage, top), f"{loaded.name} · {chosen.about}"

    def picture(frame: Frame) -> Picture:
        canvas = Canvas(frame.width, frame.height, frame.colours)
        if calibration:
            return render.draw_calibration(found, title, canvas)
        words = render.Words(labels_of(tokens), labels_in_text(passage.pieces))
        if worst:
            return render.draw_worst(found, words, title, canvas)
        return render.draw_predictions(found, passage, words, title, canvas, at)

    finding = View(
        title=f"What {loaded.name} expected of {chosen.about}",
        draw=picture,
        make_data=lambda: {
            "path": str(loaded.path),
            "text": chosen.kind,
            **render.predictions_facts(found, passage, tokens),
        },
        make_table=lambda: render.predictions_table(found, passage, tokens),
        make_arrays=lambda: render.predictions_arrays(found, passage),
    )
    return deliver(finding, form, out, messages)
