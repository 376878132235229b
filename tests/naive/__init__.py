"""The naive twin: every cell, the whole network, the filters and the optimiser, from their equations.

Plain float64 loops over time steps and rows, slow and easy to check by eye; nothing of the package is imported here.
What the package computes is compared with this, and this is compared with central differences.
"""

from tests.naive.cells import (
    gru_backward,
    gru_forward,
    logistic,
    lstm_backward,
    lstm_forward,
    rnn_backward,
    rnn_forward,
)
from tests.naive.network import (
    Result,
    gradient,
    layer_backward,
    layer_forward,
    log_softmax,
    logits,
    loss,
    losses,
    random_arrays,
    softmax,
    trace,
)
from tests.naive.optimiser import adamw, clipping_scale, global_norm
from tests.naive.sampling import filtered, keep_min_p, keep_top_k, keep_top_p, tempered

__all__ = [
    "Result",
    "adamw",
    "clipping_scale",
    "filtered",
    "global_norm",
    "gradient",
    "gru_backward",
    "gru_forward",
    "keep_min_p",
    "keep_top_k",
    "keep_top_p",
    "layer_backward",
    "layer_forward",
    "log_softmax",
    "logistic",
    "logits",
    "loss",
    "losses",
    "lstm_backward",
    "lstm_forward",
    "random_arrays",
    "rnn_backward",
    "rnn_forward",
    "softmax",
    "tempered",
    "trace",
]
