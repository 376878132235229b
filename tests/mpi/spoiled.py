"""lstmgen with something wrong in one rank: python -m tests.mpi.spoiled WHAT RANK CALL -- ARGUMENTS.

WHAT happens in rank RANK at its CALL-th gradient: "bug" raises, "nan" spoils the gradient, "nans" all from there on,
"weights" changes a weight behind training's back, "disk" makes every save fail from there on; "nothing" does nothing.
"long": all ranks' gradients then take until they are broken off, "long scoring": their CALL-th losses do; a file called
long says so.
"early": that rank interrupts itself before it joins the others. "no bf16": that rank's CPU has no such instructions.
"text": rank 0 takes a minute to read the text, and has begun when there is a file called reading.
All ranks are slow, and write their process's number to RANK.pid.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from lstmgen.api import training as api_training
from lstmgen.cli import main
from lstmgen.cli import ranks as cli_ranks
from lstmgen.errors import ResourceError
from lstmgen.network import Network, precision
from lstmgen.network.window import ShouldStop
from lstmgen.ranks.joining import join_ranks
from lstmgen.ranks.launcher import launched_rank
from lstmgen.training import checkpoint, probe

PAUSE = 0.01  # seconds a gradient


def spoil(what: str, rank: int, call: int) -> None:
    """Put it in place."""
    plain, calls = Network.gradient, [0]

    def gradient(self: Network, *window: Any, **how: Any) -> Any:
        if what == "long" and calls[0] == call - 1:
            wait_to_be_broken_off(window[4])
        got = plain(self, *window, **how)
        calls[0] += 1
        time.sleep(PAUSE)
        if what == "nans" and launched_rank() == rank and calls[0] >= call:
            got.gradient[5] = np.nan
        if launched_rank() == rank and calls[0] == call:
            if what == "bug":
                raise RuntimeError("the spoiled rank")
            if what == "nan":
                got.gradient[5] = np.nan
            if what == "weights":
                self.parameters[5] += np.float32(0.5)
            if what == "disk":
                checkpoint.write_state = no_room  # type: ignore[assignment]
        return got

    if what == "early" and launched_rank() == rank:
        cli_ranks.join_ranks = interrupted_joining  # type: ignore[assignment]
    if what == "no bf16" and launched_rank() == rank:
        precision.BF16 = False
    if what == "long scoring":
        spoil_scoring(call)
    if what == "text":
        api_training.load_corpus = long_reading  # type: ignore[attr-defined]
    Network.gradient = gradient  # type: ignore[method-assign]
    probe.compile_kernels.__globals__["_train_window"] = lambda *_, **__: None  # its gradients are not counted


def interrupted_joining(*how: Any) -> Any:
    signal.raise_signal(signal.SIGINT)
    return join_ranks(*how)


def spoil_scoring(call: int) -> None:
    plain, calls = Network.losses, [0]

    def losses(self: Network, *window: Any, stop: ShouldStop) -> Any:
        calls[0] += 1
        if calls[0] == call:
            wait_to_be_broken_off(stop)
        return plain(self, *window, stop=stop)

    Network.losses = losses  # type: ignore[method-assign, assignment]


def wait_to_be_broken_off(stop: ShouldStop) -> None:
    Path("long").touch()
    while not stop():
        time.sleep(0.01)


def long_reading(*_: Any, **__: Any) -> None:
    Path("reading").touch()
    time.sleep(60)


def no_room(*_: Any) -> None:
    raise ResourceError("No space left on device.\nMake room.")


if __name__ == "__main__":
    Path(f"{launched_rank()}.pid").write_text(str(os.getpid()), encoding="ascii")
    spoil(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.exit(main(sys.argv[5:]))
