"""State files that were changed, with checksums that fit: each is refused clearly, or trains on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmgen.api import resume as api_resume
from lstmgen.errors import ModelFileError, ResourceError
from lstmgen.modelfile import read_state
from lstmgen.records import key_of
from lstmgen.training import checking, memory, resume
from lstmgen.training import events as E  # noqa: N812
from lstmgen.training.ngram_baseline import NgramBaseline
from lstmgen.training.plan import Origin, Plan
from lstmgen.training.plan_io import read_plan
from lstmgen.training.schedule import Budget
from lstmgen.training.state import Counters, TrainingState
from tests.campaigns.mutations import Parts, mutate, put_together, taken_apart
from tests.training.runs import TINY, Clock, corpus_file, finish, settings, stop_at

FIRST = {  # what the states of 0.1.0 hold
    "counters": """step moments_step tokens_seen seconds epoch smoothed first_step first_second stopped stopped_step
        best_loss best_step best_tokens best_averaged best_temperature low low_step low_second worse evaluated_step
        evaluated_second loss_sum norm_sum clipped updates train averaged failures skipped halvings finished""",
    "plan": """architecture window rows rate floor dropout weight_drop weight_decay clip_norm seed threads budget speed
        passes seconds parameters scored memory choices origin counted embedding_dropout""",
}


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("genuine")
    _, c = corpus_file(folder)
    stop_at(9, folder / "m.npz", c, TINY, settings())
    return taken_apart(folder / "m.state.npz")


@pytest.mark.parametrize(
    ("record", "rules"),
    [
        (Counters, checking.COUNTER_RULES),
        (Plan, checking.PLAN_RULES),
        (Budget, checking.BUDGET_RULES),
        (Origin, checking.ORIGIN_RULES),
        (NgramBaseline, checking.BASELINE_RULES),
    ],
)
def test_every_field_has_a_rule(record: Any, rules: dict[str, checking.Rule]) -> None:
    assert {key_of(one) for one in fields(record)} == set(rules)


def test_states_of_the_first_version_go_on(tmp_path: Path, genuine: Parts) -> None:
    """Whatever was added since is optional and has its default; whatever was taken away is passed over."""
    parts = genuine.copy()
    parts.facts["counters"] |= {"epoch": 0, "best_tokens": 0}  # which no state has any more
    for name, first in FIRST.items():
        assert set(first.split()) <= set(parts.facts[name])
        parts.facts[name] = {field: parts.facts[name][field] for field in first.split()}
    put_together(parts, tmp_path / "m.state.npz")
    file, arrays, facts = read_state(tmp_path / "m.state.npz")
    state, plan = TrainingState.from_arrays(arrays, facts, file.history, file.clock), read_plan(facts)
    for one in fields(Counters):
        if one.name not in FIRST["counters"].split():
            assert getattr(state.counters, one.name) == one.default
    for two in fields(Plan):
        if key_of(two) not in FIRST["plan"].split():
            assert getattr(plan, two.name) == two.default
    assert finish(resume(tmp_path / "m.state.npz", now=Clock())).step == 24


def put(*path: Any) -> Callable[[Parts], None]:
    """The last is the value, those before it the way there among the facts."""

    def change(parts: Parts) -> None:
        holder: Any = parts.facts
        for key in path[:-2]:
            holder = holder[key]
        holder[path[-2]] = path[-1]

    return change


def without(*path: Any) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        holder: Any = parts.facts
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]

    return change


def array(name: str, make: Callable[[Any], Any]) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        holder = parts.model if name in parts.model else parts.further
        holder[name] = np.ascontiguousarray(make(holder.get(name)))

    return change


ZEROS = "0" * 32
CHANGES: dict[str, Callable[[Parts], None]] = {
    # the place in the text
    "a place beyond the text": put("cursor", "position", 2**20),
    "a place before it": put("cursor", "position", -1),
    "a place that is no number": put("cursor", "position", "3"),
    "a place in halves": put("cursor", "position", 3.0),
    "no place": without("cursor", "position"),
    "one more": put("cursor", "order", 1),
    "no order drawn, and yet a place": put("cursor", "seed", -1),
    "a seed that is none": put("cursor", "seed", -2),
    "a seed too large": put("cursor", "seed", 2**62),
    "tokens served below 0": put("cursor", "served", -1),
    # the random generators
    "an even increment": put("generators", "data", "increment", ZEROS),
    "a state of other digits": put("generators", "data", "state", "0x" + ZEROS[2:]),
    "a state below 0": put("generators", "dropout", "state", "-" + ZEROS[1:]),
    "half a draw too large": put("generators", "dropout", "kept", 2**32),
    "half a draw that is true": put("generators", "samples", "kept", True),
    # counters
    "updates below 0": put("counters", "step", -1),
    "more updates than the budget": put("counters", "step", 25),
    "more moments than updates": put("counters", "moments_step", 10),
    "more seen than shown": put("counters", "tokens_seen", 9 * 8 * 4 + 1),
    "time below 0": put("counters", "seconds", -1.0),
    "no end of time": put("counters", "seconds", 1e300),
    "a stop beyond the end": put("counters", "stopped", 1.5),
    "a temperature of 0": put("counters", "best_temperature", 0.0),
    "evaluated in the future": put("counters", "evaluated_step", 10),
    "a count in halves": put("counters", "updates", 0.5),
    "no count of updates": without("counters", "step"),
    "a count of something else": put("counters", "stepz", 3),
    # the plan
    "a rate that is a text": put("plan", "rate", ""),
    "a rate of 0": put("plan", "rate", 0.0),
    "a rate of 1e300": put("plan", "rate", 1e300),
    "all weights dropped": put("plan", "weight_drop", 1.0),
    "all outputs dropped": put("plan", "dropout", 1.0),
    "less than nothing dropped": put("plan", "dropout", -0.1),
    "an embedding dropped that is not there": put("plan", "embedding_dropout", 0.5),
    "clipped to 0": put("plan", "clip_norm", 0.0),
    "decay without end": put("plan", "weight_decay", 1e30),
    "a floor above the peak": put("plan", "floor", 2.0),
    "other rows": put("plan", "rows", 5),
    "rows without end": put("plan", "rows", 2**62),
    "a window of 0": put("plan", "window", 0),
    "a seed below 0": put("plan", "seed", -1),
    "no threads": put("plan", "threads", 0),
    "threads without end": put("plan", "threads", 10**9),
    "no tokens scored": put("plan", "scored", 0),
    "more tokens scored than there are": put("plan", "scored", 10**6),
    "more counted than there are": put("plan", "counted", 10**6),
    "other sizes": put("plan", "architecture", "units", 6),
    "a vocabulary without end": put("plan", "architecture", "vocabulary", 10_000_000),
    "no sizes": put("plan", "architecture", []),
    "another budget than it says": put("plan", "budget", "steps", 10**6),
    "a budget of nothing": put("plan", "budget", "amount", 0),
    "a budget of a text": put("plan", "budget", "amount", "24"),
    "a reason that is none": put("plan", "choices", 3, 1, None),
    "it began with more than it has": put("plan", "origin", {"name": "m", "digest": "", "vocabulary": 10**6}),
    "no plan": put("plan", None),
    # the text, and what counting reached
    "a level that is none": put("text", "level", "line"),
    "a path that is a number": put("text", "paths", [3]),
    "a share above 1": put("text", "validation", 1.5),
    "an option of its own": put("text", "known", None),
    "no text": put("text", [1]),
    "a loss below 0": put("mark", "sample_nats", -1.0),
    # arrays
    "moments below 0": array("second", lambda a: a - 1),
    "weights of another type": array("weights", lambda a: a.astype(np.float64)),
    "a weight too few": array("weights", lambda a: a[:-1]),
    "all arrays a number too short": lambda parts: parts.further.update(
        {name: parts.further[name][:-1] for name in ("weights", "best", "first", "second")}
    ),
    "a carried state that is no number": array("carried", lambda a: a + np.nan),
    "carried states of other rows": array("carried", lambda a: a[:, :, :-1]),
    "an average that is missing": put("counters", "averaged", 3),
    "a history of the future": array("history", lambda a: a * 10),
    "a history backwards": array("history", lambda a: a[::-1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_no_run_leaves_is_refused(tmp_path: Path, genuine: Parts, change: str) -> None:
    parts = genuine.copy()
    CHANGES[change](parts)
    put_together(parts, tmp_path / "m.state.npz")
    with pytest.raises(ModelFileError) as caught:
        finish(resume(tmp_path / "m.state.npz", now=Clock()))
    what, way_out = str(caught.value).splitlines()
    assert what.startswith("The state file cannot be used: ")
    assert way_out == "Train again with --force."


def test_what_it_refuses_is_named() -> None:
    rules = {
        "rate": checking.number_rule(0.0, 1.0),
        "step": checking.integer_rule(none=True),
        "new": checking.boolean_rule(new=True),
    }
    assert checking.check_record("x", {"rate": 1, "step": None}, rules) == {"rate": 1, "step": None}
    for record, words in [
        ({"rate": float("nan"), "step": 0}, "rate of x is nan"),
        ({"rate": True, "step": 0}, "rate of x is True"),
        ({"rate": 0.5, "step": 1.0}, "step of x is 1.0"),
        ({"rate": 0.5, "step": 2**63}, "step of x is 9223372036854775808"),
        ({"rate": None, "step": 0}, "rate of x is None"),
        ({"rate": 0.5}, "x lacks step"),
        ({"rate": 0.5, "step": 0, "new": 1}, "new of x is 1"),
        ({"rate": "\x1b" * 99, "step": 0}, "rate of x is '" + "\\x1b" * 9 + "..."),
        ([], "x is no record"),
    ]:
        with pytest.raises(ValueError, match=r".") as caught:
            checking.check_record("x", record, rules)
        assert str(caught.value) == words


def test_what_it_would_take_is_compared_with_the_machine_again(
    tmp_path: Path, genuine: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the file says of that."""
    parts = genuine.copy()
    parts.facts["plan"]["memory"] = 0
    put_together(parts, tmp_path / "m.state.npz")
    monkeypatch.setattr(memory, "_machine_memory", lambda: 100_000)
    with pytest.raises(ResourceError, match=r"need about 0\.0 GB of memory"):
        finish(resume(tmp_path / "m.state.npz", now=Clock()))


def test_options_are_compared_with_a_text_that_is_told_wrongly(tmp_path: Path, genuine: Parts) -> None:
    parts = genuine.copy()
    parts.facts["text"] = [1]
    put_together(parts, tmp_path / "m.state.npz")
    with pytest.raises(ModelFileError, match="the text is no record"):
        api_resume(tmp_path / "m.state.npz", level="char")


@pytest.mark.parametrize("seed", range(4))
def test_changes_by_chance(tmp_path: Path, genuine: Parts, seed: int) -> None:
    """Some of those that `make campaign-states` tries by thousands."""
    states = pytest.importorskip("tests.campaigns.states", reason="POSIX only")
    codes = set()
    for k in range(25):
        parts, rng = genuine.copy(), random.Random(f"{seed} {k}")
        what = mutate(parts, rng)
        put_together(parts, tmp_path / "m.state.npz")
        code, said, where = states.gone_on(tmp_path / "m.state.npz", tmp_path / "o.npz", {})
        assert code in (0, 2, 3, 4, 130) and not where, f"{what}: {said}"
        codes.add(code)
    assert {4, 130} <= codes  # both are among them


def test_the_genuine_one_goes_on(tmp_path: Path, genuine: Parts) -> None:
    put_together(genuine.copy(), tmp_path / "m.state.npz")
    heard = list(resume(tmp_path / "m.state.npz", now=Clock()))
    assert isinstance(heard[-1], E.Finished)
    assert heard[-1].step == 24
