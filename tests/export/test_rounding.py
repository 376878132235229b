"""Weights in fewer bytes: how far what is read back can be from what was written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from lstmgen.export.rounding import ROUNDINGS, arrays_read_back, rounded_arrays

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 9))
MATRICES = arrays_of.arrays(np.float32, SHAPES, elements=st.floats(-300, 300, width=32))


@given(MATRICES)
def test_float32_is_what_it_was(array: np.ndarray) -> None:
    back = ROUNDINGS["float32"](array)
    assert back.scales is None and back.numbers.dtype.str == "<f4"
    np.testing.assert_array_equal(back.values(), array)


@given(MATRICES)
def test_float16_is_the_nearest(array: np.ndarray) -> None:
    back = ROUNDINGS["float16"](array)
    assert back.numbers.dtype.str == "<f2" and back.scales is None
    np.testing.assert_array_equal(back.values(), array.astype(np.float16).astype(np.float32))


def test_float16_has_no_infinity() -> None:
    values = ROUNDINGS["float16"](np.array([[1e9, -1e9, 65504.0]], np.float32)).values()
    assert values.tolist() == [[65504.0, -65504.0, 65504.0]]


@given(MATRICES)
def test_int8_is_off_by_half_a_step_of_its_row(array: np.ndarray) -> None:
    back = ROUNDINGS["int8"](array)
    assert back.numbers.dtype.str == "|i1" and back.scales is not None
    assert back.scales.shape == (array.shape[0] * array.shape[1],)
    largest = np.abs(array).max(axis=-1, keepdims=True)
    assert (np.abs(back.values() - array) <= 0.501 * largest / 127 + 1e-30).all()
    np.testing.assert_allclose(np.abs(back.values()).max(axis=-1), largest[..., 0], rtol=1e-6, atol=1e-37)


def test_a_vector_keeps_its_numbers_in_int8() -> None:
    arrays = {"output.b": np.array([1.0, -3.3, 0.1], np.float32), "output.W": np.eye(3, dtype=np.float32)}
    assert rounded_arrays(arrays, "int8")["output.b"].numbers.dtype.str == "<f4"
    back = arrays_read_back(arrays, "int8")
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


@pytest.mark.parametrize("kind", ROUNDINGS)
def test_a_row_of_nothing_stays_nothing(kind: str) -> None:
    zeros = np.zeros((2, 2, 3), np.float32)
    np.testing.assert_array_equal(ROUNDINGS[kind](zeros).values(), zeros)
