"""Ranks and scores are what counting pairs one by one gives, at every shift."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstmgen.inspect.units.ranks import ranks, scores, scores_at_shifts, strength

VALUES = arrays(np.float32, (3, 12), elements=st.integers(-3, 3).map(float))
BITS = arrays(np.float64, 12, elements=st.sampled_from([0.0, 1.0])).filter(lambda y: 0 < y.sum() < 12)
NUMBERS = arrays(np.float64, 12, elements=st.integers(0, 4).map(float)).filter(lambda y: len(set(y)) > 1)


def naive_ranks(values):
    return [1 + sum(v < w for v in values) + (sum(v == w for v in values) - 1) / 2 for w in values]


def naive_auroc(values, wanted):
    wins = [
        (v > w) + (v == w) / 2
        for v, y in zip(values, wanted, strict=True)
        for w, z in zip(values, wanted, strict=True)
        if y and not z
    ]
    return sum(wins) / len(wins)


def naive_correlation(values, wanted):
    a, b = np.array(naive_ranks(values)), np.array(naive_ranks(wanted))
    return 0.0 if len(set(a)) == 1 else float(np.corrcoef(a, b)[0, 1])


@given(VALUES)
def test_ranks_share_ties(values):
    for row, found in zip(values, ranks(values), strict=True):
        assert found.tolist() == naive_ranks(row.tolist())


def test_what_is_no_number_ranks_as_zero():
    assert ranks(np.array([np.nan, -1.0, 2.0])).tolist() == [2.0, 1.0, 3.0]


@pytest.mark.parametrize(
    ("wanted", "naive", "numeric", "atol"),
    ((BITS, naive_auroc, False, 1e-12), (NUMBERS, naive_correlation, True, 1e-9)),
)
@given(data=st.data())
def test_scores_are_counted_at_every_shift(wanted, naive, numeric, atol, data):
    values, wanted = data.draw(VALUES), data.draw(wanted)
    ranked = ranks(values)
    found = scores_at_shifts(np.fft.rfft(ranked), ranked, wanted, numeric=numeric)
    for shift in range(12):
        moved = np.roll(wanted, shift)
        expected = [naive(row, moved.tolist()) for row in values.tolist()]
        np.testing.assert_allclose(found[:, shift], expected, atol=atol)
        np.testing.assert_allclose(scores(ranked, moved, numeric=numeric), expected, atol=atol)


def test_shifts_of_a_long_text_stay_exact():
    rng = np.random.default_rng(0)
    values, wanted = rng.normal(size=(2, 9001)), (rng.random(9001) < 0.3).astype(float)
    ranked = ranks(values)
    found = scores_at_shifts(np.fft.rfft(ranked), ranked, wanted, numeric=False)
    for shift in (0, 1, 4000, 9000):
        np.testing.assert_array_equal(found[:, shift], scores(ranked, np.roll(wanted, shift), numeric=False))


@pytest.mark.parametrize(("score", "numeric", "expected"), ((0.2, False, 0.8), (0.7, False, 0.7), (-0.4, True, 0.4)))
def test_strength_has_no_direction(score, numeric, expected):
    assert strength(np.array([score]), numeric=numeric)[0] == pytest.approx(expected)
