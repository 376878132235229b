"""Ingredients that no option names are left out by a hook: for a while, something of the package is something else.

A hook that finds nothing where it points raises HookError: the package has changed, and so must the hook. One that
points at something nobody reads any more shows in the table, for its run then makes the same model to the byte.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any


class HookError(Exception):
    """What a hook points at is not there."""


@dataclass(frozen=True)
class Hook:
    """target: "module:name" or "module:Class.name"; make: from what is there to what shall be there instead.

    A name that a module has imported must be hooked in that module, where it is read.
    """

    target: str
    make: Callable[[Any], Any]


def place_of(target: str) -> tuple[Any, str]:
    """Module or class that holds it, and its name there."""
    module, _, path = target.partition(":")
    *holders, name = path.split(".")
    try:
        owner = import_module(module)
        for holder in holders:
            owner = vars(owner)[holder]
        vars(owner)[name]
    except (ImportError, KeyError, ValueError) as error:
        raise HookError(f"{target}: there is nothing of that name any more; bring the hook up to date.") from error
    return owner, name


def instead(value: Any) -> Callable[[Any], Any]:
    """Whatever was there."""
    return lambda _: value


@contextmanager
def patched(hooks: Sequence[Hook]) -> Iterator[None]:
    """While it lasts the hooks are in place; afterwards all is as it was, whatever has happened."""
    places = [(*place_of(hook.target), hook) for hook in hooks]
    before = []
    try:
        for owner, name, hook in places:
            old = vars(owner)[name]
            setattr(owner, name, hook.make(old))
            before.append((owner, name, old))
        yield
    finally:
        for owner, name, old in reversed(before):
            setattr(owner, name, old)
