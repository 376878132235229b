"""What a token is, level by level: how a text is cut, and where a space is understood between two tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from lstmgen.text import whitespace, words


class Level(NamedTuple):
    """How a text is cut.

    split: its tokens; split_chunks: pieces of a text in chunks (`words.token_of` makes tokens of them), None for
    characters, which need no cutting; gives_space, takes_space: whether one is understood after, before a token.
    """

    split: Callable[[str], list[str]]
    split_chunks: Callable[[Iterable[str]], Iterator[list[str]]] | None
    gives_space: Callable[[str], bool]
    takes_space: Callable[[str], bool]

    def space_implied(self, before: str, after: str) -> bool:
        """Whether a single space, that no token says, stands between two tokens."""
        return self.gives_space(before) and self.takes_space(after)


def _never(token: str) -> bool:
    return False


LEVEL_RULES = {
    "char": Level(list, None, _never, _never),
    "word": Level(words.split, words.split_chunks, words.gives_space, words.takes_space),
    "token": Level(whitespace.split_at_spaces, whitespace.split_chunks_at_spaces, whitespace.spaced, whitespace.spaced),
}
