"""Kernels that are called again and again with arguments of the same types.

At every call Numba looks up the type of every argument, each array of each record: 14 microseconds for the sixty arrays
of a window, as much as a twentieth of an update of a small network. The machine code itself is called in two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Kernel = Callable[..., Any]


class EntryPoints:
    """Where the machine code of kernels begins, found at the first call of each.

    For callers whose arguments have the same types and layouts every time. That they do is not checked again: an array
    of other numbers raises TypeError where these have another size, and is read wrongly where they have not.
    """

    def __init__(self) -> None:
        self._found: dict[_Kernel, _Kernel] = {}

    def call(self, kernel: _Kernel, *arguments: Any) -> Any:
        """What the kernel gives."""
        entry = self._found.get(kernel)
        if entry is not None:
            return entry(*arguments)
        result = kernel(*arguments)  # it is compiled, if it has to be
        self._found[kernel] = _entry_point(kernel, arguments)
        return result


def _entry_point(kernel: _Kernel, arguments: tuple[Any, ...]) -> _Kernel:
    """Of a kernel that was called with such arguments; a function that is not compiled is its own."""
    overloads = getattr(kernel, "overloads", None)
    if overloads is None:
        return kernel
    types = tuple(kernel.typeof_pyval(argument) for argument in arguments)  # type: ignore[attr-defined] # Numba's
    return overloads[types].entry_point if types in overloads else kernel
