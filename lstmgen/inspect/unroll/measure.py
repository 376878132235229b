"""The chain of predictions: what came, what was predicted from it, and on from the text's end on the net's own account.

The unrolled network of the lecture: yesterday's information and yesterday's prediction give today's prediction; where
information is missing, the prediction itself takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Int32Array, IntArray, UInt8Array
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import ModelFileError
from lstmgen.inspect.common.expected import likeliest, softmax
from lstmgen.inspection.trace import Trace, trace_ids
from lstmgen.text.lines import banned_at_start

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork

_TOP = 5  # predicted tokens that a link keeps
_BEFORE = "'"  # what is carried has the name that it has in the next step


@dataclass(frozen=True)
class Guess:
    """One token that may come next, and its probability (0 to 1)."""

    id: int
    token: str
    p: float


@dataclass(frozen=True)
class Link:
    """One time step.

    id, token      what came; -1 and None where nothing was read yet
    own            it is the step before's own prediction, not the text's
    anew           no state is carried in: the first link, and where every line stands alone a line's end
    predicted      the likeliest tokens to come next, the likeliest first, ties by id
    next_id        id of the token of the link after it, None at the chain's end
    next_p         the probability that was given to it
    """

    id: int
    token: str | None
    own: bool
    anew: bool
    predicted: tuple[Guess, ...]
    next_id: int | None
    next_p: float | None


@dataclass(frozen=True)
class Chain:
    """The links from "nothing read yet" on. vocabulary: length V of the list of values that stands for a token."""

    cell: str
    vocabulary: int
    links: tuple[Link, ...]

    @property
    def own(self) -> int:
        """How many of the tokens are the net's own."""
        return sum(link.own for link in self.links)


def carried_names(cell: str) -> str:
    """What goes from step to step, in both vocabularies: "memory c (cell state) and prediction h (output)"."""
    facts = CELL_FACTS[cell]
    legend = {entry.letter: entry for entry in facts.legend}
    *memories, output = facts.states
    names = [f"{legend[letter + _BEFORE].lecture} {letter} ({legend[letter].textbook})" for letter in memories]
    return " and ".join([*names, f"{legend[output].lecture} {output} ({legend[output].textbook})"])


def unroll_chain(
    network: InferenceNetwork,
    tokens: Sequence[str],
    ids: IntArray,
    steps: int,
    *,
    document_end: int | None = None,
    banned: UInt8Array | None = None,
) -> Chain:
    """Read `ids` from nothing, then go on for `steps` likeliest tokens, or to the line's end where lines stand alone.

    tokens: the vocabulary's strings in id order. banned (V,): 1 is never written (a word that stands for unknown
    ones). Raises TextError where there is neither a text nor a step; ModelFileError for weights that are not finite.
    """
    ids = np.asarray(ids, dtype=np.int32)
    trace = trace_ids(network, tokens, ids, document_end=document_end) if len(ids) else None
    own = _continuation(network, ids, trace, steps, document_end, banned)
    if len(own) or trace is None:
        trace = trace_ids(network, tokens, np.concatenate([ids, own]), document_end=document_end)
    return _chain_of(trace, tokens, len(ids), document_end)


def _continuation(
    network: InferenceNetwork,
    ids: IntArray,
    trace: Trace | None,
    steps: int,
    document_end: int | None,
    banned: UInt8Array | None,
) -> Int32Array:
    """The likeliest token each time, by the kernel that writes samples too; a line's end is the last of them."""
    if steps < 1:
        return np.zeros(0, np.int32)
    last, state = -1, network.zero_state(1)
    if trace is not None:
        last = -1 if ids[-1] == document_end else int(ids[-1])
        letters = trace.facts.states
        before = trace.initial if len(ids) == 1 else {letter: trace[letter][-2] for letter in letters}
        state = np.stack([before[letter][:, None] for letter in letters])
    writer = network.sampler(1)
    banned = np.zeros(network.architecture.vocabulary, np.uint8) if banned is None else banned
    first = banned_at_start(banned, document_end if last < 0 else None)
    written, state = writer.next_tokens(np.array([last]), state, np.zeros((1, 1)), temperature=0.0, banned=first)
    if steps > 1 and written[0, 0] >= 0:
        more, _ = writer.next_tokens(written[0], state, np.zeros((steps - 1, 1)), temperature=0.0, banned=banned)
        written = np.concatenate((written, more))
    own = written[:, 0]
    if own.min() < 0:
        raise ModelFileError(
            "The model's weights give no usable numbers: the file was damaged or changed.\nTrain it again."
        )
    ends = np.flatnonzero(own == document_end) if document_end is not None else own[:0]
    return own[: ends[0] + 1] if len(ends) else own


def _chain_of(trace: Trace, tokens: Sequence[str], given: int, document_end: int | None) -> Chain:
    """The links of a trace whose tokens from `given` on are the net's own."""
    logits = np.concatenate([trace.first_logits[None], trace.logits])
    ids = [-1, *trace.ids.tolist()]
    links = []
    for t, token in enumerate(ids):
        p, after = softmax(logits[t]), ids[t + 1] if t + 1 < len(ids) else None
        first = likeliest(p[None], _TOP)[0].tolist()
        links.append(
            Link(
                id=token,
                token=tokens[token] if t else None,
                own=t > given,
                anew=t == 0 or token == document_end,
                predicted=tuple(Guess(k, tokens[k], float(p[k])) for k in first),
                next_id=after,
                next_p=None if after is None else float(p[after]),
            )
        )
    return Chain(trace.cell, len(tokens), tuple(links))
