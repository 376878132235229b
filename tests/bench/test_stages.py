"""The clock of the stages: it names where the time went, takes no part in the numbers, and leaves nothing behind."""

from dataclasses import replace

import numpy as np
import pytest

from lstmgen.network import passes
from lstmgen.network.window import Window
from tests.bench.rows import Row
from tests.bench.stages import REST, WAITING, Training, lines, measure, summary, timed

TINY = Row(H=8, L=2, T=5, B=3, V=7, E=4)


@pytest.mark.parametrize("threads", [1, 2])
def test_stages_of_an_update_are_all_of_it(threads):
    before = Window.read, passes._run
    trainings = {precision: Training(TINY, threads, precision) for precision in ("float32", "bf16")}
    both = measure(trainings, 3)
    found = both["float32"]
    assert (Window.read, passes._run) == before
    stages = {stage for stage, ms in found["first"].items() if ms}
    assert {"packing", "forward steps", "softmax", "steps back", "weight gradients", "AdamW", REST} <= stages
    assert all(0 <= found["kernels"][stage] <= found["first"][stage] for stage in found["first"])
    assert lines(both)[1].startswith("| ms an update | float32: first | kernels | bf16: first | kernels |")
    assert both["bf16"]["first"]["pairing inputs"] > 0


def test_other_threads_inherit_the_stage_and_the_first_one_waits_for_them():
    row = Row(H=64, L=1, T=40, B=40, V=70, E=4)  # enough work for two
    found = measure({"two": Training(row, 2, "float32")}, 3)["two"]
    assert found["first"][WAITING] > 0
    assert found["others"]["forward steps"] > 0
    assert found["others"]["weight gradients"] > 0
    assert found["others"]["AdamW"] == 0


def test_watched_updates_are_the_same_updates():
    plain, watched = (Training(replace(TINY, E=0), 1, "float32") for _ in range(2))
    plain.update()
    with timed(watched.network):
        watched.update()
    assert np.array_equal(plain.network.parameters, watched.network.parameters)
    assert plain.network.geometry.E == 0


def test_a_thread_s_time_is_counted_by_thread():
    rounds = [({(1, "norm"): 0.001, (2, "norm"): 0.004, (3, "norm"): 0.002}, {(1, "norm"): 0.0005})]
    found = summary(rounds, here=1, others=2)
    assert (found["first"]["norm"], found["kernels"]["norm"], found["others"]["norm"]) == (1.0, 0.5, 3.0)
    assert found["first"]["sum"] == 1.0
