"""Runs with a fixed number of updates, several at once, each kept as soon as it is there."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tests.bench.learning.store import Store
from tests.bench.learning.texts import Text
from tests.bench.turns import RowFailedError


def made(
    runs: Sequence[Any],
    texts: list[Text],
    go: Callable[[Any, Text, Path], dict],
    store: Store,
    version: str,
    jobs: int,
    write: Callable[[], None],
) -> None:
    """Make runs, so many at once, into the store; `write` is called after each. Ends the program where some failed.

    A run has a `key` and the name of its `text`; `go` makes one, with the texts put into a folder.
    """
    failed, by_name = 0, {text.name: text for text in texts}
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(jobs) as pool:
        for text in texts:
            text.put(Path(temporary))
        waiting = {pool.submit(go, one, by_name[one.text], Path(temporary)): one for one in runs}
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                one = waiting[future]
                try:
                    found = future.result()
                except RowFailedError as error:
                    failed += 1
                    print(f"{one.key}: {error}", flush=True)
                    continue
                store.put(one.key, version, found)
                write()
                print(f"{done} of {len(runs)} {one.key}: {found['nats']:.4f}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    write()
    if failed:
        sys.exit(f"{failed} runs failed; the same command makes them again.")
