"""Token level: a text cut at white space alone, for what is in tokens already.

Music as events, segmented Japanese or Thai, part-of-speech tags, `<unk>`: what stands between white space is one token.
One space is understood between two of them. All other white space is spelled out as tokens: runs of one kind, line ends
one by one; so joining gives the text back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lstmgen.text.words import LINE_END, SPACE_CHARACTERS, pieces_of_chunks, token_of

_PATTERN = re.compile(
    rf"(?:(?<=\S) )?\S+|{LINE_END}|{'|'.join(f'{re.escape(space)}+' for space in SPACE_CHARACTERS)}", re.DOTALL
)


def _matches(text: str, position: int = 0) -> list[str]:
    return _PATTERN.findall(text, position)


def spaced(token: str) -> bool:
    """Whether a space may be understood before and after the token: not beside white space."""
    return bool(token) and not token[0].isspace()


def split_chunks_at_spaces(chunks: Iterable[str]) -> Iterator[list[str]]:
    """Pieces of a document that arrives in chunks, as `words.split_chunks` gives them."""
    return pieces_of_chunks(chunks, _matches)


def split_at_spaces(text: str) -> list[str]:
    """Tokens of a text."""
    return [token_of(piece) for piece in _matches(text)]
