"""`lstmgen inspect unroll`: the chain of predictions, token by token and on beyond the text's end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.source import shown_source
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.measured import Shown
    from lstmgen.inspect.unroll.measure import Chain

_LARGEST = 1 << 23  # numbers in the trace behind the chain: 32 MB
_OWN_TOKENS = 6  # of the model's own writing: a sentence of the children's book and half of the next
_USUAL_STEPS = 24
_MOST_STEPS = 10_000

_Steps = Annotated[
    int | None,
    options.option(
        options.WHAT,
        f"Predictions to go on with. Without it: as many as fit the screen, {_USUAL_STEPS} in files.",
        "--steps",
        metavar="N",
        min=0,
        max=_MOST_STEPS,
    ),
]
_Whole = Annotated[
    bool,
    options.option(options.PICTURE, "The whole of a long text, row by row.", "--all", metavar="", show_default=True),
]


def unroll(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    steps: _Steps = None,
    whole: _Whole = False,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    quiet: options.Quiet = False,
) -> None:
    """See the chain: each token that comes, what is predicted from it, and what is carried to the next step.

    Where the text ends the model goes on alone, as in lstmgen sample --temperature 0.

    [bold]lstmgen inspect unroll[/]                              on the model's own writing
    [bold]lstmgen inspect unroll --text "Jane saw Spot. Doug"[/] on a text of yours
    [bold]lstmgen inspect unroll --text "" --steps 12[/]         from nothing
    """
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of
    from lstmgen.inspect.commands.source import read_source

    form = form_of(out, json, forms_of())
    messages = Messages(quiet)
    given = read_source(text, file, messages)

    from lstmgen import api
    from lstmgen.inspect.unroll.picture import ChainView, chain_table, draw_chain
    from lstmgen.terminal.streams import announce_model

    loaded = api.load(model)
    announce_model(messages, loaded)
    chain = _chain(loaded, given, _USUAL_STEPS if steps is None else steps, messages)
    finding = View(
        title=f"Chain of predictions of {loaded.name}",
        draw=lambda frame: draw_chain(
            chain,
            ChainView(whole=whole, own=steps, colours=frame.colours, width=frame.width, height=frame.height),
            on_one_line,
            loaded.name,
        ),
        make_data=lambda: _facts(loaded, chain),
        make_table=lambda: chain_table(chain),
    )
    return deliver(finding, form, out, messages)


def _chain(model: Model, text: str | None, steps: int, messages: Messages) -> Chain:
    from lstmgen.inspect.unroll.measure import unroll as unrolled
    from lstmgen.inspection.trace import longest_trace

    longest = max(1, longest_trace(model.network, _LARGEST) - steps)
    shown = shown_source(model, text, longest, messages, _OWN_TOKENS)
    if text is None and shown.newline is not None:
        shown = _half_a_line(shown)
    tokens, newline, banned = model.vocabulary.tokens, shown.newline, shown.banned
    return unrolled(model.network, tokens, shown.ids, steps, newline=newline, banned=banned)


def _half_a_line(shown: Shown) -> Shown:
    """Of own writing in lines: half of the first, so that there is something left to predict."""
    ends = (shown.ids == shown.newline).nonzero()[0]
    length = int(ends[0]) if len(ends) else len(shown.ids)
    return replace(shown, ids=shown.ids[: (length + 1) // 2])


def _facts(model: Model, chain: Chain) -> dict[str, Any]:
    from lstmgen.inspect.unroll.picture import carried_names

    return {
        "model": str(model.path),
        "cell": chain.cell,
        "vocabulary": chain.vocabulary,
        "carried": carried_names(chain.cell),
        "links": chain.links,
    }
