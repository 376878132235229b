"""What a state file must know beside the state: the plan in force and where the text came from; and reading it back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from lstmgen.errors import LstmgenError, ModelFileError
from lstmgen.settings import Architecture
from lstmgen.text import Corpus
from lstmgen.training.budget import Budget
from lstmgen.training.plan import Choice, Origin, Plan


def facts_of(corpus: Corpus, plan: Plan) -> dict[str, Any]:
    """As JSON can hold them. Paths are here and not in the model: the state stays with whoever trains."""
    record = asdict(plan)
    record["choices"] = [[c.name, c.value, c.reason] for c in plan.choices]
    return {"plan": record, "text": {"paths": list(corpus.paths), "names": list(corpus.names), **text_options(corpus)}}


def text_options(corpus: Corpus) -> dict[str, Any]:
    """Keywords with which `load_corpus` reads the same text again."""
    return {"level": corpus.level, "lines": corpus.lines, **corpus.options}


def plan_from(facts: Mapping[str, Any]) -> Plan:
    """The plan as it was; ModelFileError when the record is not whole."""
    try:
        record = dict(facts["plan"])
        record["architecture"] = Architecture(**record["architecture"])
        record["budget"] = Budget(**record["budget"])
        record["origin"] = _origin(record.get("origin"))
        record["choices"] = tuple(Choice(*(str(part) for part in row)) for row in record["choices"])
        plan = Plan(**record)
        for one in fields(Plan):
            value = getattr(plan, one.name)
            if isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{one.name} is {value!r}")
        whole = (plan.window, plan.rows, plan.threads, plan.seed)
        if any(type(value) is not int for value in whole) or min(plan.window, plan.rows, plan.threads) < 1:
            raise ValueError("a size is not a whole number")
    except (KeyError, TypeError, ValueError, LstmgenError) as error:
        raise ModelFileError(f"The state file's plan cannot be used ({error}).\nTrain again with --force.") from error
    return plan


def _origin(record: Any) -> Origin | None:
    if record is None:
        return None
    origin = Origin(**record)
    if (type(origin.name), type(origin.digest), type(origin.vocabulary)) != (str, str, int) or origin.vocabulary < 1:
        raise ValueError("what it began with is told wrongly")
    return origin
