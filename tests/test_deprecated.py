"""Names that have changed: the old ones still work, and say the new one."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import pytest

from lstmgen import settings
from lstmgen.api import Model
from lstmgen.deprecated import Renamed, renamed_in
from lstmgen.training import events
from lstmgen.training.plan import Plan
from tests.api.test_model import TOKENS, arrays


def test_old_names_work_and_warn() -> None:
    class Thing:
        def new(self) -> int:
            return 7

        old = Renamed("new")

    with pytest.warns(DeprecationWarning, match=r"Thing\.old is now Thing\.new"):
        assert Thing().old() == 7
    find = renamed_in("lstmgen.settings", {"Old": "SamplingSettings"})
    with pytest.warns(DeprecationWarning, match=r"lstmgen\.settings\.Old is now"):
        assert find("Old") is settings.SamplingSettings
    with pytest.raises(AttributeError, match=r"lstmgen\.settings"):
        find("none")


@pytest.mark.parametrize(
    ("module", "old", "new"), [(settings, "AidSettings", "InferenceSettings"), (events, "Counted", "BaselineReady")]
)
def test_modules_keep_their_old_names(module: ModuleType, old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{old} is now {module.__name__}\.{new};"):
        assert getattr(module, old) is getattr(module, new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert getattr(module, new)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (events.BaselineReady, "mark", "baseline"),
        (events.Finished, "mark", "baseline"),
        (Plan, "window", "seq_length"),
        (Plan, "rows", "batch_size"),
        (Plan, "rate", "learning_rate"),
        (Plan, "floor", "final_rate_share"),
        (Plan, "scored", "subset_tokens"),
        (Plan, "counted", "baseline_tokens"),
        (Plan, "drops_rise", "dropout_rise"),
    ],
)
def test_records_keep_their_old_names(kind: type, old: str, new: str) -> None:
    record: Any = object.__new__(kind)
    object.__setattr__(record, new, 7)
    with pytest.warns(DeprecationWarning, match=rf"{kind.__name__}\.{old} is now {kind.__name__}\.{new};"):
        assert getattr(record, old) == 7


def test_a_model_keeps_its_old_names() -> None:
    model = Model.from_arrays(arrays(), TOKENS)
    with pytest.warns(DeprecationWarning, match=r"Model\.aids is now Model\.inference;"):
        assert model.aids is None
    with pytest.warns(DeprecationWarning, match=r"Model\.held is now Model\.clamped;"):
        clamped = model.held("f=0", "2=1")
    with pytest.warns(DeprecationWarning, match=r"Model\.holds is now Model\.clamps;"):
        assert clamped.holds == clamped.clamps != ()
