"""Which tokens a vocabulary keeps."""

from __future__ import annotations

import numpy as np

from lstmgen.arrays import BoolArray, Int64Array
from lstmgen.text.tokens import UNKNOWN_TOKEN, Vocabulary, free_name

_MOST_WORDS = 20_000  # beyond that the softmax costs more than the cells
_SMALL, _LARGE = 10_000, 10_000_000  # characters: below, every word counts; from there on, three occurrences do


def default_min_count(level: str, characters: int) -> int:
    """How often a word must occur in a text of that size; every character is kept."""
    if level == "char" or characters < _SMALL:
        return 1
    return 2 if characters < _LARGE else 3


def tokens_to_keep(
    level: str, trained: Int64Array, everywhere: Int64Array, min_count: int | None, characters: int
) -> BoolArray:
    """Which tokens stay, by their occurrences in the training part.

    With a count of 1 nothing is cut: what only the validation part has is kept too. By default at most 20,000 words
    stay, the most frequent; of equally frequent ones, those met first.
    """
    least = default_min_count(level, characters) if min_count is None else min_count
    kept = everywhere > 0 if least == 1 else trained >= least
    if min_count is None and level != "char" and kept.sum() > _MOST_WORDS:
        ranked = np.argsort(-np.where(kept, trained, -1), kind="stable")
        kept = np.zeros_like(kept)
        kept[ranked[:_MOST_WORDS]] = True
    return np.asarray(kept)


def ids_in_known(known: Vocabulary | None, seen: list[str]) -> Int64Array:
    """The id that each of `seen` has in a vocabulary; -1 for those it lacks."""
    if known is None:
        return np.full(len(seen), -1, np.int64)
    ids = known.ids_of(seen)
    if known.unknown is not None:
        ids[ids == known.unknown] = -1
    return ids


def build_vocabulary(
    level: str,
    seen: list[str],
    end: int | None,
    kept: BoolArray,
    trained: Int64Array,
    known: Vocabulary | None = None,
) -> tuple[Vocabulary, Int64Array]:
    """The vocabulary, and for every id of `seen` its id there; `end`: which of them ends a document.

    Characters are in code point order, words by falling frequency, then alphabetically. The unknown token, where
    something was cut, follows them, and a document's end is the last. Tokens that occur nowhere (an emptied line's) are
    not cut: they were never there. All tokens of `known`, its unknown one and its end too, come first and keep their
    ids.
    """
    old = ids_in_known(known, seen)
    tokens, unknown = ([], None) if known is None else (list(known.tokens), known.unknown)
    first, known_end = len(tokens), None if known is None else known.end
    if end is not None:
        old[end] = -1 if known_end is None else known_end
        kept = kept.copy()
        kept[end] = True
    places = [k for k in np.flatnonzero(kept & (old < 0)).tolist() if k != end]
    places.sort(key=lambda k: (0 if level == "char" else -int(trained[k]), seen[k]))
    tokens += [seen[k] for k in places]
    if unknown is None and not (kept | (old >= 0)).all():
        unknown = len(tokens)
        tokens.append(free_name(UNKNOWN_TOKEN, tokens))
    new = np.where(old >= 0, old, unknown or 0)
    new[places] = first + np.arange(len(places))
    if end is not None and known_end is None:
        known_end = new[end] = len(tokens)
        tokens.append(free_name(seen[end], tokens))
    return Vocabulary(level, tokens, unknown, known_end), new
