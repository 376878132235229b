"""What a chain of predictions shows, in a sentence for beginners."""

from __future__ import annotations

import math

from lstmgen.inspect.canvas.labels import labels_in_text, labels_of, token_words
from lstmgen.inspect.canvas.picture import fit
from lstmgen.inspect.common.choices import counted
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.unroll.measure import Chain

_WRITTEN = 14  # cells of what it writes itself: all is one line


def unroll_summary(chain: Chain, *, spaced: bool) -> str:
    """How many of the given tokens were its first guess, and how it goes on. spaced: a blank between tokens (words)."""
    links = chain.links
    given = [after for after in links[1:] if not after.own]
    right = sum(before.predicted[0].id == before.next_id for before in links[: len(given)])
    parts = [f"it guessed {right} of {counted(len(given), 'token')} given"] if given else []
    own = [link.token or "" for link in links if link.own]
    if own:
        written = " ".join(labels_of(own)) if spaced else "".join(labels_in_text(own))
        parts.append(f"alone it goes on: {fit(written.strip(), _WRITTEN)}")
    else:
        best = links[-1].predicted[0]
        parts.append(f"it expects {token_words(best.token)} next" + _sure(best.p))
    return "; ".join(parts) + ("" if parts[-1].endswith((".", "…")) else ".")


def _sure(p: float) -> str:
    return "" if math.isnan(p) else f" ({percent(p)})"
