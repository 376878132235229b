"""What `unroll` shows: the chain of predictions, through a text and on from its end."""

from __future__ import annotations

from collections.abc import Sequence

from lstmgen.arrays import IntArray, UInt8Array
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.unroll.data import chain_facts, chain_table
from lstmgen.inspect.unroll.measure import unroll_chain
from lstmgen.inspect.unroll.picture import draw_chain
from lstmgen.inspect.unroll.summary_picture import unroll_summary
from lstmgen.inspection.loaded import LoadedModel


def unroll_view(
    model: LoadedModel,
    ids: IntArray,
    *,
    banned: UInt8Array,
    steps: int,
    shown_steps: int | None,
    whole: bool = False,
    notes: Sequence[str] = (),
) -> View:
    """The view of a text's ids (T,), as `Model.unroll` says.

    banned (V,): 1 for what is never written. shown_steps: how many of the steps are drawn; None: as many as fit.
    """
    chain = unroll_chain(
        model.network, model.vocabulary.tokens, ids, steps, document_end=model.document_end, banned=banned
    )
    return View(
        title=f"Chain of predictions of {model.name}",
        draw=lambda frame: draw_chain(chain, frame, whole=whole, own=shown_steps, name=model.name),
        make_data=lambda: {"model": str(model.path), **chain_facts(chain)},
        make_table=lambda: chain_table(chain),
        notes=notes,
        make_summary=lambda: unroll_summary(chain, spaced=model.header["level"] != "char"),
    )
