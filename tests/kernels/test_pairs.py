"""Rows of numbers, two and two side by side in bfloat16: rounded as arithmetic says, whatever the numbers are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.kernels.lanes import BF16
from lstmgen.kernels.pack import pair_rows
from lstmgen.kernels.vector import WIDTH
from tests.naive.rounded import bfloat16

BITS = [
    *(0x0000_0000, 0x0000_0001, 0x007F_FFFF, 0x0080_0000),  # zero, the denormals' ends, the first number of full length
    *(0x3F80_8000, 0x3F81_8000, 0x3F80_7FFF, 0x3F80_8001),  # ties to below and to above, and what lies beside one
    *(0x3FFF_8000, 0x7F7F_7FFF, 0x7F7F_8000, 0x7F7F_FFFF),  # up to the next power of 2, the last finite one, infinity
    *(0x7F80_0000, 0x7F80_0001, 0x7FC0_0000, 0x7FFF_FFFF),  # infinity and what is no number
]
NUMBERS = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([bit | sign for bit in BITS for sign in (0, 1 << 31)]))


def numbers_of(bits):
    """The float32 numbers with these bits in float64."""
    with np.errstate(invalid="ignore"):
        return np.asarray(bits, np.uint32).view(np.float32).astype(np.float64)


def paired(source, N, n0, n1, gap, start, o0):
    """The pairs (N / 2, width, 2) of rows n0 to n1 as float64, and the words that nobody may have written."""
    pairs, width = (N + 1) // 2, 2 * WIDTH
    out = np.full(o0 + pairs * width * 2 + 3, 0xABCD, np.uint16)
    pair_rows(source, start, width + gap, width, out, o0, N, n0, n1)
    own = slice(o0 + n0 * width, o0 + (n1 + n1 % 2) * width)
    found = numbers_of(out[own].astype(np.uint32) << 16).reshape(-1, width, 2)
    return found, np.delete(out, own)


@settings(max_examples=200, derandomize=True)
@given(data=st.data(), N=st.integers(1, 5), gap=st.integers(0, 3), start=st.integers(0, 2), o0=st.integers(0, 2))
def test_rows_side_by_side(data, N, gap, start, o0):
    n0 = 2 * data.draw(st.integers(0, (N - 1) // 2))
    n1 = data.draw(st.sampled_from([n for n in range(n0 + 1, N + 1) if n % 2 == 0 or n == N]))
    width = 2 * WIDTH
    few = np.array(data.draw(st.lists(NUMBERS, min_size=1, max_size=40)), np.uint32)
    bits = np.resize(few, start + N * (width + gap))
    rows = bits[start:].reshape(N, width + gap)[:, :width]
    own = np.zeros((N + N % 2, width))
    own[:N] = numbers_of(rows)
    own = own.reshape(-1, 2, width).transpose(0, 2, 1)[n0 // 2 : (n1 + 1) // 2]
    right = bfloat16(own)

    found, others = paired(bits.view(np.float32), N, n0, n1, gap, start, o0)
    if not BF16:  # the instruction takes what is below 2^-126 for zero; else such numbers stay
        assert np.abs(found[np.abs(own) < 2.0**-126]).max(initial=0.0) <= 2.0**-126
        found = np.where(np.abs(own) < 2.0**-126, 0.0, found)
    np.testing.assert_array_equal(found, right)  # takes a NaN for equal to another
    assert (others == 0xABCD).all()

    half = bfloat16(numbers_of(bits)).astype(np.float32).view(np.uint32)
    found, others = paired((half >> 16).astype(np.uint16), N, n0, n1, gap, start, o0)
    np.testing.assert_array_equal(found, right)
    assert (others == 0xABCD).all()
