"""What a state file must know beside the state: the plan in force and where the text came from; and reading it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmgen.errors import LstmgenError
from lstmgen.records import as_record, from_record
from lstmgen.settings import Architecture
from lstmgen.text import Corpus
from lstmgen.training.checking import BUDGET_RULES, ORIGIN_RULES, PLAN_RULES, check_record, unusable_state
from lstmgen.training.plan import Origin, Plan, PlanRow
from lstmgen.training.schedule import Budget


def state_facts(corpus: Corpus, plan: Plan) -> dict[str, Any]:
    """As JSON can hold them. Paths are here and not in the model: the state stays with whoever trains."""
    return {
        "plan": plan_record(plan),
        "text": {"paths": list(corpus.paths), "names": list(corpus.names), **_text_options(corpus)},
    }


def plan_record(plan: Plan) -> dict[str, Any]:
    """The plan as JSON can hold it; the inverse of `read_plan`."""
    record = as_record(plan)
    record["choices"] = [[c.name, c.value, c.reason] for c in plan.choices]
    return record


def _choice(row: Any) -> PlanRow:
    if type(row) is not list or any(type(part) is not str for part in row):
        raise ValueError("a row of the plan is none")
    return PlanRow(*row)


def _text_options(corpus: Corpus) -> dict[str, Any]:
    """Keywords with which `load_corpus` reads the same text again."""
    return {"level": corpus.level, "lines": corpus.lines, **corpus.load_options}


def read_plan(facts: Mapping[str, Any]) -> Plan:
    """The plan as it was; ModelFileError when the record is not whole or holds what no plan does."""
    try:
        record = check_record("the plan", facts.get("plan"), PLAN_RULES)
        record["architecture"] = Architecture(**record["architecture"])
        record["budget"] = Budget(**check_record("the budget", record["budget"], BUDGET_RULES))
        origin = record.get("origin")
        record["origin"] = None if origin is None else Origin(**check_record("the origin", origin, ORIGIN_RULES))
        record["choices"] = tuple(_choice(row) for row in record["choices"])
        plan = Plan(**from_record(record, Plan))
        budget, sizes = plan.budget, plan.architecture
        if budget.kind == "steps" and budget.steps != budget.amount:
            raise ValueError(f"the budget is {budget.amount} and {budget.steps} updates")
        if plan.shards.bit_count() != 1 or plan.batch_size % plan.shards:
            raise ValueError(f"{plan.batch_size} rows cannot be cut into {plan.shards} shards")
        if plan.parameters != sizes.parameter_count():
            raise ValueError("the plan's parameters are not those of its network")
        if plan.embedding_dropout and not sizes.embedding:
            raise ValueError("there is no embedding to drop from")
    except (TypeError, ValueError, LstmgenError) as error:
        raise unusable_state(error) from error
    return plan
