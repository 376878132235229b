"""Names that have changed: the old ones work for one release more, with a DeprecationWarning that says the new one.

Of a module, `if not TYPE_CHECKING: __getattr__ = renamed_in(__name__, {"Old": "New"})`; of a class,
`old = Renamed("new")` in its body.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any


def _warn(old: str, new: str) -> None:
    import warnings  # most programs never need it

    warnings.warn(f"{old} is now {new}; the old name goes in the next release", DeprecationWarning, stacklevel=3)


def renamed_in(module: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """A module's `__getattr__`: each old name gives what has the new one."""

    def getattr_(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        _warn(f"{module}.{name}", f"{module}.{names[name]}")
        return getattr(sys.modules[module], names[name])

    return getattr_


class Renamed:
    """A method or attribute under its old name."""

    def __init__(self, new: str) -> None:
        self._new = new

    def __set_name__(self, owner: type, name: str) -> None:
        self._old = name

    def __get__(self, instance: Any, owner: type) -> Any:
        _warn(f"{owner.__name__}.{self._old}", f"{owner.__name__}.{self._new}")
        return getattr(owner if instance is None else instance, self._new)
