"""Whether Numba is compiling: told when it begins, so that somebody can say what the seconds go to."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def told_of_compiling(tell: Callable[[], object]) -> Iterator[None]:
    """Meanwhile `tell` is called whenever a function begins to be compiled; not where it comes from the cache.

    It may be called in any thread, and often: of one kernel each part is told.
    """
    from numba.core import event

    class Listener(event.Listener):  # type: ignore[misc] # numba has no types
        def on_start(self, event: Any) -> None:
            tell()

        def on_end(self, event: Any) -> None:
            """Nothing to do."""

    with event.install_listener("numba:compile", Listener()):
        yield
