"""What `training` shows: how one model, or several over one another, learned."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.cleaning import on_one_line
from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.dots import CURVE_COLOURS
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.history import training_history
from lstmgen.inspect.training import data
from lstmgen.inspect.training.picture import NamedHistory, draw_training
from lstmgen.inspect.training.summary_picture import training_summary
from lstmgen.inspection.loaded import LoadedModel


def training_view(models: Sequence[LoadedModel], *, what: str = "loss", over: str = "updates", since: int = 0) -> View:
    """The view, as `Model.training` says. Raises UsageError for more models than colours tell apart."""
    if len(models) > len(CURVE_COLOURS):
        raise UsageError(f"{len(models)} models are more than can be told apart.\nGive at most {len(CURVE_COLOURS)}.")
    histories = [training_history(model.header, model.history, model.file.clock) for model in models]
    names, paths = _distinct_names(models), [str(model.path) for model in models]
    named = [NamedHistory(name, history) for name, history in zip(names, histories, strict=True)]
    several_units = what == "loss" and len({_unit_of_loss(model) for model in models}) > 1
    note = "Nats per token cannot be compared where tokens differ; --what bits can."
    return View(
        title=f"How {', '.join(names)} learned",
        draw=lambda frame: draw_training(named, what, over, frame, since=since),
        make_data=lambda: {"models": [data.history_facts(*pair) for pair in zip(paths, histories, strict=True)]},
        make_table=lambda: data.history_table(paths, histories),
        make_arrays=lambda: data.history_arrays(paths, histories),
        notes=[note] if several_units else [],
        make_summary=lambda: training_summary(named),
    )


def _unit_of_loss(model: LoadedModel) -> str:
    """What a loss is counted by: characters, or the words of this text."""
    return "char" if model.header["level"] == "char" else str(model.header["vocabulary"])


def _distinct_names(models: Sequence[LoadedModel]) -> list[str]:
    """A name for each model: its file's, or the whole path where two are called the same."""
    names = [model.name for model in models]
    paths = [on_one_line(str(model.path)) for model in models]
    return [name if names.count(name) == 1 else path for name, path in zip(names, paths, strict=True)]
