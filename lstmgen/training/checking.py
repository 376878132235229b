"""What a state file may say: one row a field. Nothing of a state is used before it has passed here.

A field that is added to `Counters` or `Plan` gets a row (a test asks for it), with `new=True` where the states of
versions before do not have it: it then has its default.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lstmgen.errors import ModelFileError
from lstmgen.settings import LEVELS

_MANY = 2**62  # more than anything is counted to
_LONG = 1e12  # seconds
_LOSS = 1e300  # nats a token; whatever was finite was saved


@dataclass(frozen=True)
class Rule:
    """What may stand in a field: a value of these types, a number within its bounds, one of some words, or None."""

    types: tuple[type, ...]
    low: float = -math.inf
    high: float = math.inf
    words: tuple[str, ...] | None = None
    none: bool = False
    new: bool = False

    def allows(self, value: Any) -> bool:
        """Whether this value may stand there. An int is no bool here, nor a float NaN."""
        if value is None:
            return self.none
        if type(value) not in self.types or (self.words is not None and value not in self.words):
            return False
        return not isinstance(value, int | float) or self.low <= value <= self.high


def whole(low: int = 0, high: int = _MANY, *, none: bool = False, new: bool = False) -> Rule:
    """A whole number."""
    return Rule((int,), low, high, none=none, new=new)


def number(low: float, high: float, *, none: bool = False, new: bool = False) -> Rule:
    """A number."""
    return Rule((int, float), low, high, none=none, new=new)


def truth(*, new: bool = False) -> Rule:
    """True or false."""
    return Rule((bool,), new=new)


def words(*among: str) -> Rule:
    """A text, one of these if any are named."""
    return Rule((str,), words=among or None)


_ANYTHING = Rule((dict, list), none=True)  # a record that is looked at on its own

COUNTERS = {
    "step": whole(),
    "moments_step": whole(),
    "tokens_seen": whole(),
    "seconds": number(0.0, _LONG),
    "smoothed": number(-_LOSS, _LOSS, none=True),
    "first_step": whole(),
    "first_second": number(0.0, _LONG),
    "stopped": number(-1.0, 1.0, none=True),  # in a budget that was enlarged since it may lie before the beginning
    "stopped_step": whole(none=True),
    "best_loss": number(-_LOSS, _LOSS, none=True),
    "best_step": whole(),
    "best_averaged": truth(),
    "best_temperature": number(1e-3, 1e3),
    "low": number(-_LOSS, _LOSS, none=True),
    "low_train": number(-_LOSS, _LOSS, none=True, new=True),
    "low_step": whole(),
    "low_second": number(0.0, _LONG),
    "worse": whole(),
    "suspicious": truth(new=True),
    "tried": number(-1.0, 1.0, new=True),
    "measured": whole(0, 1_000, new=True),
    "evaluated_step": whole(),
    "evaluated_second": number(0.0, _LONG),
    "loss_sum": number(-_LOSS, _LOSS),
    "norm_sum": number(0.0, _LOSS),
    "clipped": whole(),
    "updates": whole(),
    "train": number(-_LOSS, _LOSS, none=True),
    "averaged": whole(),
    "failures": whole(),
    "skipped": whole(),
    "halvings": whole(),
    "finished": truth(),
}

_AT_MOST = [
    *((name, "step") for name in ("moments_step", "first_step", "stopped_step", "best_step", "low_step")),
    *((name, "step") for name in ("evaluated_step", "updates", "averaged", "failures", "skipped", "halvings")),
    *((name, "seconds") for name in ("first_second", "low_second", "evaluated_second")),
    ("clipped", "updates"),
]
"""Counters that cannot be above another."""

PLAN = {
    "architecture": _ANYTHING,
    "window": whole(1, 65_536),
    "rows": whole(1, 65_536),
    "rate": number(1e-12, 100.0),
    "floor": number(0.0, 1.0),
    "dropout": number(0.0, 0.95),
    "weight_drop": number(0.0, 0.95),
    "embedding_dropout": number(0.0, 0.95, new=True),
    "weight_decay": number(0.0, 10.0),
    "clip_norm": number(1e-9, 1e9),
    "seed": whole(0, 2**63 - 1),
    "threads": whole(1, 1024),
    "budget": _ANYTHING,
    "speed": number(0.0, 1e300, none=True),
    "passes": number(0.0, 1e300),
    "seconds": number(0.0, _LONG, none=True),
    "parameters": whole(1),
    "scored": whole(),
    "memory": whole(),
    "choices": Rule((list,)),
    "origin": Rule((dict,), none=True, new=True),
    "counted": whole(new=True),
    "warm_up": number(1e-9, 1.0, new=True),
    "drops_rise": number(0.0, 1.0, new=True),
}

BUDGET = {
    "kind": words("time", "steps", "epochs"),
    "amount": number(1e-9, 2.0**41),
    "steps": whole(1, 2**100, none=True),
}
ORIGIN = {"name": words(), "digest": words(), "vocabulary": whole(1)}
MARK = {
    "order": whole(1, 1_000),
    "tokens": whole(1),
    **dict.fromkeys(("sample_nats", "sample_bits"), number(0.0, 1e6)),
    **dict.fromkeys(("nats", "bits"), number(0.0, 1e6, none=True)),
}
_TEXT = {
    "level": words(*LEVELS),
    "lines": truth(),
    "encoding": words(),
    "errors": words(),
    "keep_newlines": truth(),
    "min_count": whole(1, none=True),
    "validation": number(0.0, 0.9, none=True),
    "repeats_together": truth(new=True),
    "paths": Rule((list,)),
    "names": Rule((list,)),
}
_GENERATOR = {"state": words(), "increment": words(), "kept": whole(0, 2**32 - 1, none=True)}
_HEXADECIMAL = re.compile(r"[0-9a-f]{32}")


def checked(name: str, record: Any, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """A copy of the record; ValueError naming the first field that lacks, or holds what it may not.

    Fields without a rule are left to whoever makes something of the record.
    """
    if type(record) is not dict:
        raise ValueError(f"{name} is no record")
    for field, rule in rules.items():
        if field not in record:
            if rule.new:
                continue
            raise ValueError(f"{name} lacks {field}")
        if not rule.allows(record[field]):
            raise ValueError(f"{field} of {name} is {_shown(record[field])}")
    return dict(record)


def check_order(counters: Mapping[str, Any]) -> None:
    """ValueError for a counter above one that it cannot be above."""
    for name, other in _AT_MOST:
        value, most = counters[name], counters[other]
        if value is not None and value > most:
            raise ValueError(f"{name} of the counters is {_shown(value)}, above {other}, {_shown(most)}")


def checked_generator(name: str, record: Any) -> dict[str, Any]:
    """The record of a PCG64; its increment is always odd."""
    found = checked(f"the generator {name}", record, _GENERATOR)
    whole_ones = all(_HEXADECIMAL.fullmatch(found[part]) for part in ("state", "increment"))
    if not whole_ones or int(found["increment"], 16) % 2 == 0:
        raise ValueError(f"the generator {name} is in no state that it can be in")
    return found


def text_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """How the text was read and from where, of a state's facts; ModelFileError where they do not say so."""
    try:
        found = checked("the text", facts.get("text"), _TEXT)
        if not all(type(item) is str for item in (*found["paths"], *found["names"])):
            raise ValueError("a path is no text")
    except ValueError as error:
        raise refusal(error) from error
    return found


def refusal(error: object) -> ModelFileError:
    """The error for a state that cannot be gone on from, whatever of it is wrong."""
    return ModelFileError(f"The state file cannot be used: {error}.\nTrain again with --force.")


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else text[:37] + "..."
