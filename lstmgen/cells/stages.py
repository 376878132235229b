"""The stages that a window is computed in: what each row of an order names (see `window_loop.py`).

A row is (stage, layer, first, last, meets, counter). Most stages cover time steps `first` to `last` of a layer, each
thread for rows of its own; SHARED_STEPS and SHARED_STEPS_BACK are done by all threads together, a part of the panels
each; of WEIGHTS, first and last are numbers of panels, which threads take as they come, counted at `counter`. Where
`meets` is 1, nobody goes on before all are done.
"""

from __future__ import annotations

STAGE_FIELDS = 6
BEGIN, TABLE, INPUT_SIDE, OWN_STEPS, SHARED_STEPS, DROPOUT, SUM_LAYERS, LOGITS, SCORE, END = range(10)
CLEAR, OUTPUT_BACK, ABOVE_BACK, STEPS_BACK, SHARED_STEPS_BACK, END_BACK = range(10, 16)
CLEAR_RARE, PAIR, WEIGHTS, PLACE, EMBEDDING_BACK = range(16, 21)
NAMES = (
    "state", "table", "input side", "forward steps", "forward steps, shared", "dropout", "sum of layers", "output",
    "softmax", "final state", "clearing", "output back", "input back", "steps back", "steps back, shared",
    "initial state back", "clearing rare", "pairing inputs", "weight gradients", "vector gradients", "embedding back",
)  # fmt: skip
