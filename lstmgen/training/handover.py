"""What rank 0 hands to the other ranks: each function is called by all of them, and gives the others what it had."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Int64Array
from lstmgen.ranks.single import Ranks
from lstmgen.settings import DEFAULT_MMAP_ABOVE
from lstmgen.text import Corpus, Streams
from lstmgen.text.beginnings import Beginnings
from lstmgen.text.bits import BitsPerCharacter
from lstmgen.text.spool import BLOCK, Spool, release_pages
from lstmgen.training.plan import Plan
from lstmgen.training.plan_io import plan_record, read_plan
from lstmgen.training.state import TrainingState, generator_from, generator_state
from lstmgen.training.validation import ValidationSubset


@dataclass(frozen=True, eq=False)
class TextPart:
    """The training part of a text: all that updates need of it."""

    ids: AnyArray
    starts: Int64Array
    beginnings: Beginnings | None
    stand_alone: bool

    @classmethod
    def of(cls, corpus: Corpus) -> TextPart:
        """That of a corpus; long lines are begun in the middle too, as in 0.1.0."""
        alone = corpus.stand_alone and not corpus.lines
        return cls(corpus.training, corpus.training_starts, corpus.beginnings, alone)

    def streams(self, plan: Plan, generator: np.random.Generator) -> Streams:
        """Windows of it."""
        return Streams(
            self.ids,
            self.starts,
            plan.batch_size,
            plan.seq_length,
            generator,
            beginnings=self.beginnings,
            stand_alone=self.stand_alone,
        )


def broadcast_text(
    ranks: Ranks, corpus: Corpus | None = None, memory_megabytes: float = DEFAULT_MMAP_ABOVE
) -> TextPart:
    """The training part, block by block; the others keep it in memory or in a file as rank 0 does."""
    text = None if corpus is None else TextPart.of(corpus)
    told = ranks.broadcast_record(None if text is None else _text_facts(text))
    starts = np.zeros(told["documents"], np.int64) if text is None else np.ascontiguousarray(text.starts, np.int64)
    ranks.broadcast(starts)
    spool, kind = Spool(memory_megabytes), np.dtype(told["kind"])
    for begin in range(0, told["tokens"], BLOCK):
        size = min(BLOCK, told["tokens"] - begin)
        block = np.zeros(size, kind) if text is None else np.ascontiguousarray(text.ids[begin : begin + size])
        ranks.broadcast(block)
        if text is None:
            spool.add(block)
        else:
            release_pages(text.ids)
    if text is not None:
        if text.beginnings is not None:
            ranks.broadcast(text.beginnings.flags)
        return text
    ids, beginnings = spool.finish(), None
    if told["kinds"] is not None:
        flags = np.zeros(told["kinds"], np.uint8)
        ranks.broadcast(flags)
        beginnings = Beginnings(ids, flags, told["line_starts_count"])
    return TextPart(ids, starts, beginnings, told["stand_alone"])


def _text_facts(text: TextPart) -> dict[str, Any]:
    places = text.beginnings
    return {
        "documents": len(text.starts),
        "tokens": len(text.ids),
        "kind": text.ids.dtype.str,
        "stand_alone": text.stand_alone,
        "kinds": None if places is None else len(places.flags),
        "line_starts_count": places is not None and places.line_starts_count,
    }


def broadcast_plan(ranks: Ranks, plan: Plan | None = None) -> Plan:
    """The plan in force."""
    told = ranks.broadcast_record(None if plan is None else plan_record(plan))
    return plan or read_plan({"plan": told})


def broadcast_subset(ranks: Ranks, subset: ValidationSubset | None = None) -> ValidationSubset:
    """The tokens that evaluations score. What is made of their losses is rank 0's."""
    arrays = {} if subset is None else {"ids": subset.ids, "starts": subset.starts, "first": subset.first}
    told = ranks.broadcast_record({name: [len(a), a.dtype.str] for name, a in arrays.items()})
    for name, (length, kind) in told.items():
        arrays[name] = np.ascontiguousarray(arrays[name]) if name in arrays else np.zeros(length, np.dtype(kind))
        ranks.broadcast(arrays[name])
    return subset or ValidationSubset(
        **arrays, scored=np.ones(len(arrays["ids"]), np.bool_), bits_per_character=BitsPerCharacter(1.0, 0.0)
    )


def broadcast_state(ranks: Ranks, state: TrainingState, streams: Streams) -> None:
    """Weights, moments, carried states, counters, generators and the place in the text."""
    for array in (state.weights, state.first, state.second, state.carried):
        ranks.broadcast(array)
    told = ranks.broadcast_record(
        {
            "counters": vars(state.counters),
            "generators": {name: generator_state(state.generators[name]) for name in ("data", "dropout")},
            "cursor": streams.cursor(),
        }
    )
    if not ranks.rank:
        return
    vars(state.counters).update(told["counters"])
    streams.restore(told["cursor"])
    for name, record in told["generators"].items():
        state.generators[name].bit_generator.state = generator_from(record).bit_generator.state


def digest(state: TrainingState) -> tuple[float, float]:
    """Of weights and moments, as numbers that float64 holds exactly."""
    found = hashlib.blake2b(digest_size=8)
    for array in (state.weights, state.first, state.second):
        found.update(array.tobytes())
    low, high = np.frombuffer(found.digest(), np.uint32)
    return float(low), float(high)
