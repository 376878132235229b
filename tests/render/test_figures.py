"""Numbers in narrow columns: what is printed is the number to its last digit, and printed sums add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.inspect.common.figures import NUMBER_CELLS, add_up, decimals_for, share, signed, unsigned

PART = st.floats(-300, 300, allow_nan=False)
SMALL = st.floats(-1.5, 1.5, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.984, "+0.98"),
        (-1.2, "-1.20"),
        (0.0, "0.00"),
        (-0.004, "0.00"),
        (0.005001, "+0.01"),
        (99.98, "+99.98"),
        (123.44, "+123.4"),
        (-54321.0, "-54321"),
        (1e6, "+1e+06"),
        (float("nan"), "?"),
        (float("-inf"), "-inf"),
    ],
)
def test_signed(value, text):
    assert signed(value) == text


def test_between_0_and_1():
    assert [unsigned(0.994), unsigned(1.0), unsigned(float("nan"))] == ["0.99", "1.00", "?"]
    assert [share(0.4987), share(0.00049), share(0.9996), share(1.0)] == ["49.9 %", "0.0 %", "100 %", "100 %"]
    assert max(len(share(k / 1000)) for k in range(1001)) == NUMBER_CELLS


@given(st.one_of(st.tuples(SMALL, SMALL), st.tuples(PART, PART)), st.floats(-1e-6, 1e-6))
def test_sums_add_up_to_the_printed_digit(parts, slip):
    a, b = parts
    total = a + b + slip * max(1.0, abs(a + b))
    texts = add_up(a, b, total)
    first, second, whole = map(Decimal, texts)
    assert first + second == whole
    decimals = decimals_for(a, b, total)
    unit = Decimal(1).scaleb(-decimals)
    for value, text in zip((a, b, total), texts, strict=True):
        assert abs(Decimal(value) - Decimal(text)) < unit
        assert len(text) <= NUMBER_CELLS
        assert not text.startswith("-0.00") and text != "+0.00"
    assert whole == Decimal(signed(total, decimals))


def test_by_hand():
    assert add_up(0.004, 0.004, 0.008) == ("+0.01", "0.00", "+0.01")
    assert add_up(0.006, 0.0061, 0.0121) == ("0.00", "+0.01", "+0.01")
    assert add_up(-0.976, 0.33, -0.646) == ("-0.98", "+0.33", "-0.65")
    assert add_up(float("nan"), 1.0, float("nan")) == ("?", "+1.00", "?")
    assert add_up(120.04, -0.5, 119.54) == ("+120.0", "-0.5", "+119.5")
