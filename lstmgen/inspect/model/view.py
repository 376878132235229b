"""What `model` shows: all that a model file says of itself."""

from __future__ import annotations

from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.model.measure import ModelCard, card_facts
from lstmgen.inspect.model.picture import draw_card
from lstmgen.inspect.model.summary_picture import model_summary
from lstmgen.inspection.loaded import LoadedModel


def card_view(model: LoadedModel) -> View:
    """The view, as `Model.card` says."""
    card = ModelCard(
        path=str(model.path),
        size=None if model.path is None else model.path.stat().st_size,
        header=model.header,
        history=model.history,
        clock=model.file.clock,
        shapes={key: array.shape for key, array in model.file.arrays.items()},
    )
    return View(
        title=f"What {model.name} says of itself",
        draw=lambda frame: draw_card(card, frame),
        make_data=lambda: card_facts(card),
        make_summary=lambda: model_summary(card),
    )
