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
from lstmgen.settings import LEVELS, PRECISIONS

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


def integer_rule(low: int = 0, high: int = _MANY, *, none: bool = False, new: bool = False) -> Rule:
    """A whole number."""
    return Rule((int,), low, high, none=none, new=new)


def number_rule(low: float, high: float, *, none: bool = False, new: bool = False) -> Rule:
    """A number."""
    return Rule((int, float), low, high, none=none, new=new)


def boolean_rule(*, new: bool = False) -> Rule:
    """True or false."""
    return Rule((bool,), new=new)


def text_rule(*among: str, new: bool = False) -> Rule:
    """A text, one of these if any are named; new: states of 0.1.0 lack it."""
    return Rule((str,), words=among or None, new=new)


_ANYTHING = Rule((dict, list), none=True)  # a record that is looked at on its own

COUNTER_RULES = {
    "step": integer_rule(),
    "moments_step": integer_rule(),
    "tokens_seen": integer_rule(),
    "seconds": number_rule(0.0, _LONG),
    "smoothed": number_rule(-_LOSS, _LOSS, none=True),
    "first_step": integer_rule(),
    "first_second": number_rule(0.0, _LONG),
    "stopped": number_rule(-1.0, 1.0, none=True),  # in a budget that was enlarged since it may lie before the beginning
    "stopped_step": integer_rule(none=True),
    "best_loss": number_rule(-_LOSS, _LOSS, none=True),
    "best_step": integer_rule(),
    "best_averaged": boolean_rule(),
    "best_temperature": number_rule(1e-3, 1e3),
    "low": number_rule(-_LOSS, _LOSS, none=True),
    "low_train": number_rule(-_LOSS, _LOSS, none=True, new=True),
    "low_step": integer_rule(),
    "low_second": number_rule(0.0, _LONG),
    "worse": integer_rule(),
    "suspicious": boolean_rule(new=True),
    "tried": number_rule(-1.0, 1.0, new=True),
    "measured": integer_rule(0, 1_000, new=True),
    "evaluated_step": integer_rule(),
    "evaluated_second": number_rule(0.0, _LONG),
    "loss_sum": number_rule(-_LOSS, _LOSS),
    "norm_sum": number_rule(0.0, _LOSS),
    "clipped": integer_rule(),
    "updates": integer_rule(),
    "train": number_rule(-_LOSS, _LOSS, none=True),
    "averaged": integer_rule(),
    "failures": integer_rule(),
    "skipped": integer_rule(),
    "halvings": integer_rule(),
    "finished": boolean_rule(),
    "bf16_updates": integer_rule(new=True),
}

_AT_MOST = [
    *((name, "step") for name in ("moments_step", "first_step", "stopped_step", "best_step", "low_step")),
    *((name, "step") for name in ("evaluated_step", "updates", "averaged", "failures", "skipped", "halvings")),
    ("bf16_updates", "step"),
    *((name, "seconds") for name in ("first_second", "low_second", "evaluated_second")),
    ("clipped", "updates"),
]
"""Counters that cannot be above another."""

PLAN_RULES = {
    "architecture": _ANYTHING,
    "window": integer_rule(1, 65_536),
    "rows": integer_rule(1, 65_536),
    "rate": number_rule(1e-12, 100.0),
    "floor": number_rule(0.0, 1.0),
    "dropout": number_rule(0.0, 0.95),
    "weight_drop": number_rule(0.0, 0.95),
    "embedding_dropout": number_rule(0.0, 0.95, new=True),
    "weight_decay": number_rule(0.0, 10.0),
    "clip_norm": number_rule(1e-9, 1e9),
    "seed": integer_rule(0, 2**63 - 1),
    "threads": integer_rule(1, 1024),
    "budget": _ANYTHING,
    "speed": number_rule(0.0, 1e300, none=True),
    "passes": number_rule(0.0, 1e300),
    "seconds": number_rule(0.0, _LONG, none=True),
    "parameters": integer_rule(1),
    "scored": integer_rule(),
    "memory": integer_rule(),
    "choices": Rule((list,)),
    "origin": Rule((dict,), none=True, new=True),
    "counted": integer_rule(new=True),
    "warm_up": number_rule(1e-9, 1.0, new=True),
    "drops_rise": number_rule(0.0, 1.0, new=True),
    "shards": integer_rule(1, 4096, new=True),
    "exchange": text_rule(*PRECISIONS, new=True),
    "precision": text_rule(*PRECISIONS, new=True),
}

BUDGET_RULES = {
    "kind": text_rule("time", "steps", "epochs"),
    "amount": number_rule(1e-9, 2.0**41),
    "steps": integer_rule(1, 2**100, none=True),
}
ORIGIN_RULES = {"name": text_rule(), "digest": text_rule(), "vocabulary": integer_rule(1)}
BASELINE_RULES = {
    "order": integer_rule(1, 1_000),
    "tokens": integer_rule(1),
    **dict.fromkeys(("sample_nats", "sample_bits"), number_rule(0.0, 1e6)),
    **dict.fromkeys(("nats", "bits"), number_rule(0.0, 1e6, none=True)),
}
_TEXT = {
    "level": text_rule(*LEVELS),
    "lines": boolean_rule(),
    "encoding": text_rule(),
    "errors": text_rule(),
    "keep_newlines": boolean_rule(),
    "min_count": integer_rule(1, none=True),
    "validation": number_rule(0.0, 0.9, none=True),
    "repeats_together": boolean_rule(new=True),
    "document_ends": boolean_rule(new=True),
    "documents": text_rule(new=True),
    "unpack": boolean_rule(new=True),
    "paths": Rule((list,)),
    "names": Rule((list,)),
}
_GENERATOR = {"state": text_rule(), "increment": text_rule(), "kept": integer_rule(0, 2**32 - 1, none=True)}
_HEXADECIMAL = re.compile(r"[0-9a-f]{32}")


def check_record(name: str, record: Any, rules: Mapping[str, Rule]) -> dict[str, Any]:
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


def check_counter_order(counters: Mapping[str, Any]) -> None:
    """ValueError for a counter above one that it cannot be above."""
    for name, other in _AT_MOST:
        value, most = counters[name], counters[other]
        if value is not None and value > most:
            raise ValueError(f"{name} of the counters is {_shown(value)}, above {other}, {_shown(most)}")


def check_generator_record(name: str, record: Any) -> dict[str, Any]:
    """The record of a PCG64; its increment is always odd."""
    generator = check_record(f"the generator {name}", record, _GENERATOR)
    whole_ones = all(_HEXADECIMAL.fullmatch(generator[part]) for part in ("state", "increment"))
    if not whole_ones or int(generator["increment"], 16) % 2 == 0:
        raise ValueError(f"the generator {name} is in no state that it can be in")
    return generator


def recorded_text_options(facts: Mapping[str, Any]) -> dict[str, Any]:
    """How the text was read and from where, of a state's facts; ModelFileError where they do not say so."""
    try:
        options = check_record("the text", facts.get("text"), _TEXT)
        if not all(type(item) is str for item in (*options["paths"], *options["names"])):
            raise ValueError("a path is no text")
    except ValueError as error:
        raise unusable_state(error) from error
    return options


def unusable_state(error: object) -> ModelFileError:
    """The error for a state that cannot be gone on from, whatever of it is wrong."""
    return ModelFileError(f"The state file cannot be used: {error}.\nTrain again with --force.")


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else text[:37] + "..."
