"""What is said of a reading that was helped: with what, what the model does without, and the parts token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmgen.arrays import Float64Array
from lstmgen.inspect.canvas.figures import decimal
from lstmgen.inspection.score import figures_of

if TYPE_CHECKING:
    from lstmgen.inspect.score.picture import Scored


def aid_words(scored: Scored) -> list[str]:
    """What it was helped with, and what it does without; nothing where it was not."""
    read = scored.aided
    if read is None:
        return []
    how = [] if read.rate is None else [f"learning while reading, rate {read.rate:.2g}"]
    if read.ngram is not None and read.final is not None:
        weight = f"weight {read.final:.2f} in the end" if read.auto else f"weight {read.final:g}"
        how.append(f"with the {read.order}-gram, {weight}")
    without = figures_of(read.alone, scored.passage)
    bits, nats = decimal(without.bits_a_character, 4), decimal(without.nats, 4)
    alone = f"as trained: {bits} bits, {nats} nats a token"
    parts = [("learning", read.adapted), (f"{read.order}-gram", read.ngram)]
    alone += "".join(f" · {name} {decimal(float(found.mean()), 4)}" for name, found in parts if found is not None)
    return [" · ".join(how), alone]


def aid_facts(scored: Scored) -> dict[str, Any]:
    """The same for machines: every figure of the model as trained, and of what it was helped with."""
    read = scored.aided
    if read is None:
        return {"as_trained": None, "adapted": None, "ngram": None}
    adapted = None if read.adapted is None else {"rate": read.rate, "nats": float(read.adapted.mean())}
    ngram = None
    if read.ngram is not None and read.weights is not None:
        weights = {"auto": read.auto, "weight": float(read.weights.mean()), "final_weight": read.final}
        ngram = {"order": read.order, "nats": float(read.ngram.mean()), **weights}
    return {"as_trained": figures_of(read.alone, scored.passage), "adapted": adapted, "ngram": ngram}


def aid_columns(scored: Scored) -> dict[str, Float64Array]:
    """Where it was helped, a number a token more: what there was before, and the n-gram's part."""
    read = scored.aided
    if read is None:
        return {}
    more = {"nats_as_trained": read.alone, "nats_adapted": read.adapted, "nats_ngram": read.ngram}
    more["ngram_weight"] = read.weights
    return {name: values for name, values in more.items() if values is not None}
