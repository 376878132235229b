"""How far an export's logits are from those of the equations: step by step with carried states, and in one call."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstmgen.api import Model
from lstmgen.modelfile import architecture_of
from tests import naive

Compute = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]  # ids, states -> logits, states


def equations(model: Model) -> Compute:
    """The plain numpy network, in float64."""
    arrays = {name: array.astype(np.float64) for name, array in model.file.arrays.items()}
    shape = architecture_of(model.header)
    return lambda ids, states: naive.logits(arrays, ids, states.astype(np.float64), shape.squashing, shape.skip_sum)


def zero_states(model: Model, rows: int = 1) -> np.ndarray:
    """(S, L, B, H) float32."""
    shape = architecture_of(model.header)
    return np.zeros((len(shape.facts.states), shape.layers, rows, shape.units), np.float32)


def largest_difference(model: Model, compute: Compute, steps: int = 1000, read: np.ndarray | None = None) -> float:
    """Of logits and states: over single steps from nothing read, and over a window of rows that begin or go on.

    read: the tokens that are read, at least steps; None for random ones, at which a trained network may turn chaotic
    (the program's own float32 then leaves the float64 of the equations altogether).
    """
    rng, exact, V = np.random.default_rng(3), equations(model), len(model.vocabulary)
    read = rng.integers(0, V, max(steps, 60)) if read is None else read
    ids = np.append(-1, read[: steps - 1])[:, None]
    wanted, after = exact(ids, zero_states(model))
    states, logits = zero_states(model), []
    for now in ids:
        one, states = compute(now[None], states)
        logits.append(one[0])
    pairs = [(np.stack(logits), wanted), (states, after)]
    ids = read[:60].reshape(3, 20).T.copy()
    ids[0, 1] = -1
    states = rng.normal(size=zero_states(model, 3).shape).astype(np.float32) / 2
    pairs += list(zip(compute(ids, states), exact(ids, states), strict=True))
    for ours, theirs in pairs:
        assert ours.shape == theirs.shape
    return max(float(np.abs(np.asarray(ours, np.float64) - theirs).max()) for ours, theirs in pairs)
