"""The formula by which the plan says how many processes are of use."""

from __future__ import annotations

import pytest

from lstmgen.training.scaling import Scaling, Wire

GIGABIT = Wire(latency=1e-4, bandwidth=125e6)


def test_what_recursive_halving_costs() -> None:
    assert GIGABIT.seconds(125e6, 1) == 0.0
    assert GIGABIT.seconds(125e6, 2) == pytest.approx(1.0 + 2e-4)
    assert GIGABIT.seconds(125e6, 8) == pytest.approx(1.75 + 6e-4)
    again = Wire.measured(GIGABIT.seconds(0, 4), GIGABIT.seconds(13e6, 4), 13e6, 4)
    assert (again.latency, again.bandwidth) == (pytest.approx(1e-4), pytest.approx(125e6))


def test_an_update_on_one_follows_from_one_on_several() -> None:
    one = Scaling(GIGABIT, seconds=0.4, rows=64, size=1e6, threads=2)
    assert one.update(1) == 0.4
    assert one.update(4) == pytest.approx(0.1 + 0.012 + 4e-4)
    assert Scaling.measured(GIGABIT, one.update(4), 4, 64, 1e6, 2).seconds == pytest.approx(0.4)
    assert one.update(8) > 0.4 * 12 / 64  # 64 rows keep no more than 10 cores busy
    assert one.efficiency(2) == pytest.approx(0.4 / (0.4 + 8e-3 + 2e-4))


def test_how_many_are_of_use() -> None:
    quick = Wire(1e-5, 1e10)
    enough = Scaling(quick, 0.4, rows=96, size=1e6, threads=2)
    assert enough.useful(8) == 8
    assert enough.words(8) == (
        "8 processes with 2 threads each, 6 sequences a core: about 8.0 times as fast as one; "
        "0 % of an update sums the gradients."
    )
    few = Scaling(quick, 0.4, rows=16, size=1e6, threads=2)
    assert few.useful(8) == 2
    assert few.words(8).endswith(
        "More processes are no use here: 2 of them are as good. A core needs at least 6 sequences (--batch-size 96)."
    )
    slow = Scaling(GIGABIT, 0.08, rows=96, size=13e6, threads=2)
    assert slow.useful(8) == 1
    assert slow.words(2).endswith("1 of them is as good. Larger batches exchange less (--batch-size).")
    used = enough.reading(passes=80.0, ranks=8, enough=15.0)
    assert used.passes == pytest.approx(10.0, rel=0.02)
    assert used.useful(8) == 2
    assert used.words(8).endswith("2 of them are as good, since the text is used up before the time.")
