"""What every unit did while a text was read: plain arrays, straight from what the forward pass keeps anyway.

T tokens, L layers, H units, V vocabulary. Row t is after reading token t.
"""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array, Int32Array, IntArray
from lstmgen.cell_facts import CELL_FACTS, CellFacts
from lstmgen.errors import TextError
from lstmgen.network.losses import stream_losses

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork
    from lstmgen.text.tokens import Vocabulary

TRACE_WINDOW = 256  # tokens a call: what the network keeps for a window stays small however long the text


@dataclass(frozen=True)
class Trace:
    """The inside of a network over a text.

    cell           what kind of cell it is: the key to its facts
    values         gates and states by letter, each (T, L, H)
    initial        states by letter before the first token, each (L, H): nothing read yet, but the biases have spoken
    logits         (T, V): of the token that comes after token t
    first_logits   (V,): of the first token
    tokens, ids    the text, token by token; list[str] and int32 (T,)
    """

    cell: str
    values: dict[str, Float32Array]
    initial: dict[str, Float32Array]
    logits: Float32Array
    first_logits: Float32Array
    tokens: list[str]
    ids: Int32Array

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, letter: str) -> Float32Array:
        """A gate or state by its letter, (T, L, H); KeyError, which lists the letters there are."""
        if letter not in self.values:
            raise KeyError(f"{letter!r} is not in this trace; it has {', '.join(self.values)}")
        return self.values[letter]

    def __contains__(self, letter: object) -> bool:
        return letter in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def keys(self) -> KeysView[str]:
        """The letters, so that `dict(trace)` and `np.savez(path, **trace)` have every gate and state."""
        return self.values.keys()

    @property
    def facts(self) -> CellFacts:
        """What its cell is."""
        return CELL_FACTS[self.cell]

    @property
    def layers(self) -> int:
        """L."""
        return int(self.values["h"].shape[1])

    @property
    def units(self) -> int:
        """H."""
        return int(self.values["h"].shape[2])

    def arrays(self) -> Iterator[tuple[str, AnyArray]]:
        """Name and array of everything numeric, in the order in which files list them."""
        yield "ids", self.ids
        yield from self.values.items()
        for letter, array in self.initial.items():
            yield f"initial_{letter}", array
        yield "logits", self.logits
        yield "first_logits", self.first_logits


def trace_ids(
    network: InferenceNetwork, tokens: Sequence[str], ids: IntArray, *, document_end: int | None = None
) -> Trace:
    """Read `ids` from nothing, as any text is read, and keep what happened.

    tokens: the vocabulary's strings in id order. document_end: the id after which everything starts anew, where one
    is learned. Raises TextError for an empty text.
    """
    if len(ids) == 0:
        raise TextError(
            "There is nothing to look at: the text is empty, or the model knows none of its tokens.\nGive another text."
        )
    whole = _run(network, network_inputs(ids, document_end))
    logits = whole.pop("logits")
    return Trace(
        cell=network.architecture.cell,
        values={name: array[1:] for name, array in whole.items()},
        initial={name: array[0] for name, array in whole.items() if name in network.architecture.facts.states},
        logits=logits[1:],
        first_logits=logits[0],
        tokens=[tokens[k] for k in ids],
        ids=np.asarray(ids, dtype=np.int32),
    )


def network_inputs(ids: IntArray, document_end: int | None = None) -> Int32Array:
    """What a network reads of a text: -1 (nothing read yet), then `ids`, with -1 where a document ends."""
    x = np.concatenate([np.array([-1]), ids]).astype(np.int32)
    if document_end is not None:
        x[x == document_end] = -1
    return x


def token_losses(network: InferenceNetwork, read: Int32Array, ids: IntArray) -> Float64Array:
    """Nats of every token of `ids` (T,), each with all that came before it; read (T,): what is read before each."""
    places = (slice(at, at + TRACE_WINDOW) for at in range(0, len(ids), TRACE_WINDOW))
    windows = ((read[part, None], ids[part, None].astype(np.int32)) for part in places)
    return np.concatenate([np.empty(0), *stream_losses(network, windows)])


def _run(network: InferenceNetwork, x: Int32Array) -> dict[str, Float32Array]:
    """What the network's trace gives for one row of ids, (T, L, H) and (T, V), in windows with the state carried."""
    state = network.zero_state(1)
    facts, arrays = network.architecture.facts, dict[str, Float32Array]()
    for at in range(0, len(x), TRACE_WINDOW):
        seen = network.trace(x[at : at + TRACE_WINDOW, None], state)
        for name in (*facts.letters, "logits"):
            part = np.asarray(seen[name], dtype=np.float32)[:, 0]
            whole = arrays.setdefault(name, np.empty((len(x), *part.shape[1:]), np.float32))
            whole[at : at + len(part)] = part
        state = np.stack([seen[name][-1].transpose(1, 0, 2) for name in facts.states])
    return arrays


def trace_text(
    network: InferenceNetwork, vocabulary: Vocabulary, text: str, *, lines: bool = False
) -> tuple[Trace, list[str]]:
    """The trace of a text, and what of it the model never saw. lines: every line is a document of its own."""
    ids, unseen = vocabulary.encode(text)
    return trace_ids(network, vocabulary.tokens, ids, document_end=vocabulary.document_end(lines)), unseen


def longest_trace(network: InferenceNetwork, numbers: int) -> int:
    """How many tokens a trace of at most so many numbers has room for."""
    return max(1, numbers // numbers_per_token(network))


def numbers_per_token(network: InferenceNetwork) -> int:
    """How many numbers a trace holds for each token."""
    shape = network.architecture
    return len(shape.facts.letters) * shape.layers * shape.units + shape.vocabulary
