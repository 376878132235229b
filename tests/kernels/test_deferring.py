"""Signals whose handlers raise, as a program's of others may: they come out, and nothing is taken for a fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from lstmgen.kernels.deferring import signals_deferred
from lstmgen.kernels.elementwise import squared_norm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")


class Ended(Exception):
    """What a handler raises."""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[list[int]]:
    """They note what came, and raise."""
    came = []

    def end(number: int, frame: object) -> None:
        came.append(number)
        raise Ended

    before = {number: signal.signal(number, end) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    yield came
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_raises_at_the_end() -> None:
    done = []
    with pytest.raises(Ended), signals_deferred(), signals_deferred():
        signal.raise_signal(signal.SIGUSR1)
        done.append("all")
    assert done == ["all"]
    with pytest.raises(Ended):  # from here on at once again
        signal.raise_signal(signal.SIGUSR1)


def test_none_of_two_is_lost(handlers: list[int]) -> None:
    with pytest.raises(Ended), signals_deferred():
        signal.raise_signal(signal.SIGUSR1)
        signal.raise_signal(signal.SIGUSR2)
    assert handlers == [signal.SIGUSR1, signal.SIGUSR2]


def test_one_that_raises_nothing_does_not_wait() -> None:
    came = []

    class Noting:
        raises_nothing = True

        def __call__(self, number: int, frame: object) -> None:
            came.append(number)

    signal.signal(signal.SIGUSR1, Noting())
    with signals_deferred():
        signal.raise_signal(signal.SIGUSR1)
        assert came == [signal.SIGUSR1]


# In the cache's own code, or where LLVM calls back; while the words are tried, or for a kernel on its own.
STRUCK = """
import os, signal, sys
from pathlib import Path
import numpy as np
from numba.core import caching, codegen
from lstmgen.kernels.compile import CompiledWith
folder = Path(CompiledWith.cache_folder)
where, when = sys.argv[1:]
struck = False
def end(number, frame):
    raise RuntimeError("ended")
def striking(load):
    def loading(*arguments):
        global struck
        if when in sys.modules and not struck:
            struck = True
            os.kill(os.getpid(), signal.SIGTERM)
        return load(*arguments)
    return loading
signal.signal(signal.SIGTERM, end)
if where == "cache":
    caching.Cache.load_overload = striking(caching.Cache.load_overload)
else:
    library = codegen.CPUCodeLibrary
    library._object_getbuffer_hook = staticmethod(striking(library._object_getbuffer_hook))
kept = {path: path.stat().st_mtime_ns for path in folder.rglob("*.nb[ic]")}
try:
    from lstmgen.kernels.elementwise import squared_norm
    squared_norm(np.arange(5, dtype=np.float32), 0, 5)
except RuntimeError as error:
    print(error)
print(kept == {path: path.stat().st_mtime_ns for path in folder.rglob("*.nb[ic]")}, CompiledWith.fallback)
"""


@pytest.mark.parametrize(
    ("where", "when"), [("cache", "lstmgen.kernels.vector"), ("callback", "lstmgen.kernels.elementwise")]
)
def test_what_a_handler_raises_comes_out_and_the_kernels_stay(where: str, when: str) -> None:
    squared_norm(np.ones(5, np.float32), 0, 5)  # so it is on this machine's disk
    env = os.environ | {"LSTMGEN_TILE": ""}
    command = [sys.executable, "-c", STRUCK, where, when]
    told = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True)
    assert (told.stdout, told.stderr) == ("ended\nTrue False\n", "")
