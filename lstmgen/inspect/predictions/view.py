"""What `predictions` shows: what a model expected at every place of a text."""

from __future__ import annotations

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import labels_in_text, labels_of, title_line
from lstmgen.inspect.canvas.picture import Picture
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.predictions.measure import predict
from lstmgen.inspect.predictions.picture import (
    TokenLabels,
    draw_calibration,
    draw_predictions,
    draw_worst,
    predictions_arrays,
    predictions_facts,
    predictions_table,
)
from lstmgen.inspect.predictions.summary_picture import calibration_summary, predictions_summary
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.inspection.passage import Passage

_MOST_TOP = 1000


def predictions_view(
    model: LoadedModel, passage: Passage, about: str, kind: str, *, top: int, at: int, worst: bool, calibration: bool
) -> View:
    """The view of a passage, as `Model.predictions` says; about: which text it is; kind: the same for machines."""
    if worst and calibration:
        raise UsageError("--worst and --calibration are two pictures.\nAsk for one of them.")
    if not 1 <= top <= _MOST_TOP:
        raise UsageError(f"--top must be a number from 1 to {_MOST_TOP:,}, not {top}.")
    passage = passage.known_only()
    if not 0 <= at < len(passage):
        raise UsageError(f"There is no place {at:,}: they are numbered 0 to {len(passage) - 1:,}.")
    predictions, tokens = predict(model.network, passage, top), model.vocabulary.tokens
    title = title_line(model.name, about)

    def draw(frame: Frame) -> Picture:
        if calibration:
            return draw_calibration(predictions, title, frame)
        labels = TokenLabels(labels_of(tokens), labels_in_text(passage.pieces))
        if worst:
            return draw_worst(predictions, labels, title, frame)
        return draw_predictions(predictions, passage, labels, title, frame, at)

    return View(
        title=f"What {model.name} expected of {about}",
        draw=draw,
        make_data=lambda: {
            "path": str(model.path), "text": kind, **predictions_facts(predictions, passage, tokens),
        },
        make_table=lambda: predictions_table(predictions, passage, tokens),
        make_arrays=lambda: predictions_arrays(predictions, passage),
        make_summary=lambda: (
            calibration_summary(predictions) if calibration else predictions_summary(predictions, passage, tokens)
        ),
    )  # fmt: skip
