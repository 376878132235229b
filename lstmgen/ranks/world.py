"""The ranks that this process has joined, for whoever ends it: an error of one must not leave the others waiting."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lstmgen.ranks.single import Ranks

_joined: list[Ranks] = []


def remember(ranks: Ranks) -> None:
    """They were joined."""
    _joined.append(ranks)


def has_joined() -> bool:
    """Whether this process is one of several and has found them."""
    return bool(_joined)


def leave(code: int) -> None:
    """This process ends with an exit code: the others are told, or ended."""
    while _joined:
        _joined.pop().leave(code)
