"""The order of a window: each stage covers all that it is of once, and the calls are the whole order, cut."""

import itertools
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from lstmgen.cells import stages
from lstmgen.network import order
from lstmgen.network.geometry import Geometry
from lstmgen.settings import Architecture

SIZES = st.fixed_dictionaries(
    {
        "T": st.integers(1, 30), "B": st.integers(1, 40), "L": st.integers(1, 3), "H": st.integers(1, 200),
        "V": st.integers(2, 300), "E": st.sampled_from([0, 7]), "threads": st.integers(1, 4), "masked": st.booleans(),
        "shared": st.booleans(), "call_flop": st.sampled_from([1.0, 1e5, 1e7, 1e12]),
    }
)  # fmt: skip


def written(how):
    """A geometry, and the rows and calls of its training order."""
    geometry = Geometry.of(Architecture("lstm", how["V"], how["E"], how["H"], how["L"]))
    with patch.object(order, "_CALL_FLOP", how["call_flop"]):
        made = order.training_order(geometry, how["T"], how["B"], how["threads"], how["masked"], how["shared"])
    return geometry, made, made.rows.reshape(-1, stages.STAGE_FIELDS).tolist()


@given(SIZES)
def test_every_step_of_every_layer_is_made_once_and_in_order(how):
    _, _, rows = written(how)
    there = stages.SHARED_STEPS if how["shared"] else stages.OWN_STEPS
    back = stages.SHARED_STEPS_BACK if how["shared"] else stages.STEPS_BACK
    for stage, layers, turn in ((there, range(how["L"]), 1), (back, range(how["L"])[::-1], -1)):
        of_stage = [row for row in rows if row[0] == stage]
        assert [layer for layer, _ in itertools.groupby(row[1] for row in of_stage)] == list(layers)
        for layer in layers:
            parts = [(first, last) for _, k, first, last, *_ in of_stage if k == layer][::turn]
            assert [t for first, last in parts for t in range(first, last)] == list(range(how["T"]))


@given(SIZES)
def test_every_panel_of_weights_is_summed_once_and_each_row_counts_for_itself(how):
    geometry, made, rows = written(how)
    sums = [row for row in rows if row[0] == stages.WEIGHTS]
    panels = [p for _, _, first, last, *_ in sums for p in range(first, last)]
    assert panels == list(range(geometry.L * geometry.P + geometry.Pv))
    counters = [counter for *_, counter in sums]
    assert len(set(counters)) == len(counters)
    assert min(counters) > 0 and max(counters) < made.counters  # at 0 the threads meet


@given(SIZES)
def test_the_calls_are_the_order_cut(how):
    _, made, rows = written(how)
    assert [row for first, last in made.calls for row in range(first, last)] == list(range(len(rows)))
    assert all(first < last for first, last in made.calls)


def test_a_small_window_is_one_call_and_of_a_long_one_no_two_steps_share_one():
    how = {"T": 20, "B": 8, "L": 1, "H": 32, "V": 65, "E": 0, "threads": 1, "masked": False, "shared": False}
    assert len(written(how | {"call_flop": 1e12})[1].calls) == 1
    _, made, rows = written(how | {"call_flop": 1.0})
    heavy = {stages.OWN_STEPS, stages.LOGITS, stages.OUTPUT_BACK, stages.STEPS_BACK, stages.WEIGHTS}
    assert max(sum(rows[k][0] in heavy for k in range(*call)) for call in made.calls) == 1


def test_where_threads_cannot_meet_inside_a_call_it_ends_there():
    how = {"T": 9, "B": 8, "L": 2, "H": 32, "V": 65, "E": 7, "threads": 2, "masked": True, "shared": False}
    with patch.object(order, "HAS_BARRIER", new=False):
        _, made, rows = written(how | {"call_flop": 1e12})
    ends = {last - 1 for _, last in made.calls}
    assert {k for k, row in enumerate(rows) if row[4]} <= ends
