"""The losses of a text that is read as one stream, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from lstmgen.arrays import Float64Array, Int32Array
from lstmgen.network.protocols import InferenceNetwork
from lstmgen.network.window import ShouldStop


def stream_losses(
    network: InferenceNetwork, windows: Iterable[tuple[Int32Array, Int32Array]], stop: ShouldStop | None = None
) -> Iterator[Float64Array]:
    """Nats of the targets of each window, inputs and targets (T, 1) of one text, read from zero states.

    stop is asked often; when true, InterruptedTraining is raised.
    """
    state = network.zero_state(1)
    for x, y in windows:
        nats, state = network.losses(x, y, state, stop=stop)
        yield nats[y >= 0].astype(np.float64)
