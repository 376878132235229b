"""`lstmgen inspect`: look inside a model. One file a view; without a view, the list of them."""

from __future__ import annotations

import sys

import typer

from lstmgen.inspect.gates.command import gates
from lstmgen.inspect.mistakes.command import mistakes
from lstmgen.inspect.model.command import model
from lstmgen.inspect.predictions.command import predictions
from lstmgen.inspect.reach.command import reach
from lstmgen.inspect.registry import FILE, LESSON, TEXT, UNITS, ViewEntry, in_order, listing
from lstmgen.inspect.report.command import report
from lstmgen.inspect.score.command import score
from lstmgen.inspect.step.command import step
from lstmgen.inspect.tour.command import tour
from lstmgen.inspect.training.command import training
from lstmgen.inspect.units.command import units
from lstmgen.inspect.unroll.command import unroll
from lstmgen.inspect.weights.command import weights

VIEWS = (
    ViewEntry(unroll, LESSON, "unroll -m lesson", "the chain of predictions, step by step"),
    ViewEntry(step, LESSON, "step -m lesson --at 2", "one time step: the wiring with its numbers"),
    ViewEntry(mistakes, LESSON, "mistakes -m lesson", "the lecture's three mistakes, counted"),
    ViewEntry(tour, LESSON, "tour", "a guided tour of the children's book"),
    ViewEntry(gates, TEXT, "gates --words", "what every gate does, token by token"),
    ViewEntry(predictions, TEXT, "predictions", "what it expected at every position, how surely"),
    ViewEntry(score, TEXT, "score", "how well it predicts, compared with n-grams"),
    ViewEntry(units, UNITS, "units", "which unit follows quotes, capitals, line ends ..."),
    ViewEntry(reach, UNITS, "reach", "how far back it looks"),
    ViewEntry(weights, UNITS, "weights --layer 0", "weight heat maps, statistics, similar tokens"),
    ViewEntry(training, FILE, "training --what bits", "how it learned: loss, gradient, rate, speed"),
    ViewEntry(report, TEXT, "report", "everything in one page for a browser"),
    ViewEntry(model, FILE, "model", "everything about a model file"),
)

inspect_app = typer.Typer(
    name="inspect",
    help="Look inside a model: gates, units, weights, training. Without a view, lists them all.",
    rich_markup_mode="rich",
)
for view in in_order(VIEWS):
    inspect_app.command(short_help=view.says, rich_help_panel=view.group)(view.function)


@inspect_app.callback(invoke_without_command=True)
def _inspect(context: typer.Context) -> None:
    """Look inside a model: gates, units, weights, training. Without a view, lists them all."""
    if context.invoked_subcommand is None:
        sys.stdout.write(listing(VIEWS))
