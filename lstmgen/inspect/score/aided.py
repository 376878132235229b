"""What is said of a reading that was helped: with what, what the model does without, and the parts token by token."""

from __future__ import annotations

from typing import Any

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.figures import decimal
from lstmgen.inspect.score.measure import Scored
from lstmgen.inspection.score import score_figures


def aid_words(scored: Scored) -> list[str]:
    """What it was helped with, and what it does without; nothing where it was not."""
    reading = scored.aided
    if reading is None:
        return []
    how = [] if reading.rate is None else [f"learning while reading, rate {reading.rate:.2g}"]
    if reading.ngram is not None and reading.final is not None:
        weight = f"weight {reading.final:.2f} in the end" if reading.auto else f"weight {reading.final:g}"
        how.append(f"with the {reading.order}-gram, {weight}")
    without = score_figures(reading.alone, scored.passage)
    bits, nats = decimal(without.bits_a_character, 4), decimal(without.nats, 4)
    alone = f"as trained: {bits} bits, {nats} nats a token"
    parts = [("learning", reading.adapted), (f"{reading.order}-gram", reading.ngram)]
    alone += "".join(f" · {name} {decimal(float(nats.mean()), 4)}" for name, nats in parts if nats is not None)
    return [" · ".join(how), alone]


def aid_facts(scored: Scored) -> dict[str, Any]:
    """The same for machines: every figure of the model as trained, and of what it was helped with."""
    reading = scored.aided
    if reading is None:
        return {"as_trained": None, "adapted": None, "ngram": None}
    adapted = None if reading.adapted is None else {"rate": reading.rate, "nats": float(reading.adapted.mean())}
    ngram = None
    if reading.ngram is not None and reading.weights is not None:
        weights = {"auto": reading.auto, "weight": float(reading.weights.mean()), "final_weight": reading.final}
        ngram = {"order": reading.order, "nats": float(reading.ngram.mean()), **weights}
    return {"as_trained": score_figures(reading.alone, scored.passage), "adapted": adapted, "ngram": ngram}


def aid_columns(scored: Scored) -> dict[str, Float64Array]:
    """Where it was helped, a number a token more: what there was before, and the n-gram's part."""
    reading = scored.aided
    if reading is None:
        return {}
    more = {"nats_as_trained": reading.alone, "nats_adapted": reading.adapted, "nats_ngram": reading.ngram}
    more["ngram_weight"] = reading.weights
    return {name: values for name, values in more.items() if values is not None}
