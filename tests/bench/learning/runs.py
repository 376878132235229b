"""Runs with a fixed number of updates, several at once, each kept as soon as it is there."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tests.bench.learning.command import run
from tests.bench.learning.store import Store
from tests.bench.learning.texts import Text
from tests.bench.turns import RowFailedError


def apart(text: Text, folder: Path, ingredient: str, seed: int, steps: int, settings: dict) -> dict:
    """Train on a text that was put there and score its rest, in a process of its own: what ablation's `trained` tells.

    settings: keywords of `lstmgen.train`, beside how the text is read.
    """
    read = {"level": text.level} | ({"lines": True} if text.lines else {})
    told = {"paths": [str(folder / f"{text.name}{end}") for end in (".txt", ".held.txt")],
            "ingredient": ingredient, "seed": seed, "steps": steps, "settings": read | settings}  # fmt: skip
    return json.loads(run(["tests.bench.learning.ablation", "--one", json.dumps(told)], folder).splitlines()[-1])


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those that `wanted` reads."""
    parser.add_argument("--jobs", type=int, default=2, help="runs at once, a thread each (2)")
    parser.add_argument("--again", help="run anew those whose key holds this")
    parser.add_argument("--list", action="store_true", help="only name the runs that are not there yet")


def wanted(
    args: argparse.Namespace,
    runs: Sequence[Any],
    texts: list[Text],
    go: Callable[[Any, Text, Path], dict],
    store: Store,
    version: str,
    write: Callable[[], None],
) -> None:
    """Make those that are not there yet or are asked for again, or only name them; otherwise as `made`."""
    for one in runs:
        if args.again is not None and args.again in one.key:
            store.forget(one.key)
    missing = [one for one in runs if store.get(one.key, version) is None]
    print(f"{len(missing)} of {len(runs)} runs to make.", flush=True)
    if args.list:
        print(*(one.key for one in missing), sep="\n")
    else:
        made(missing, texts, go, store, version, args.jobs, write)


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
