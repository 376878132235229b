"""Train a character- or word-level LSTM on a text of your own, write with it, and see its gates.

Nothing heavy is imported here: `lstmgen.train`, `lstmgen.load` and `lstmgen.Model` arrive when first asked for.
"""

from __future__ import annotations

from lstmgen.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing takes longer to load than all the rest before the command line meets Ctrl-C
    from typing import Any

__all__ = ["Model", "__version__", "load", "train"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from lstmgen import api

        return getattr(api, name)
    raise AttributeError(f"module 'lstmgen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
