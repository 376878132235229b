"""`cached_property`: what an object makes when it is first asked for, and then keeps.

It is functools' own, but for Python 3.11, whose has one lock for all objects: a process that is forked while another
thread holds it would wait for it forever.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801 - it stands for the one of that name
        """Without a lock: of two threads that come at once both make it, and both get what the first one made."""

        def __init__(self, make: Callable[[Any], Any]) -> None:
            self.make, self.__doc__ = make, make.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            kept = vars(instance)
            return kept[self.name] if self.name in kept else kept.setdefault(self.name, self.make(instance))


__all__ = ["cached_property"]
