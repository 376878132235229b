"""Matrices in panels and back, number by number as the formulas say; padding and foreign columns stay as they were."""

import numpy as np
import pytest

from lstmgen.kernels.lanes import LANES, NR
from tests.kernels.opened import pack_backward, pack_forward, unpack_gradient
from tests.naive.rounded import bfloat16

UNTOUCHED = 7.0  # in bfloat16, too
GATES = {  # gates of a panel: where their columns begin, and how many units it holds
    "four gates": ([0, LANES, 2 * LANES, 3 * LANES], LANES),
    "three gates in turned order": ([2 * LANES, 0, LANES], LANES),
    "output": ([0], NR),
}
SIZES = [1, LANES - 1, LANES, LANES + 1, NR, NR + LANES + 3]


def up(size, unit):
    """The next multiple."""
    return -(-size // unit) * unit


def panels_of(W, columns, per, padded, backward):
    """What the formulas put where, and UNTOUCHED elsewhere: (P, Dp, NR), or (Q, P NR, NR)."""
    G, H, D = W.shape
    P, Q = -(-H // per), -(-padded // NR)
    out = np.full((Q, P * NR, NR) if backward else (P, padded, NR), UNTOUCHED)
    for g in range(G):
        for unit in range(H):
            p, column = unit // per, columns[g] + unit % per
            for d in range(D):
                if backward:
                    out[d // NR, p * NR + column, d % NR] = W[g, unit, d]
                else:
                    out[p, d, column] = W[g, unit, d]
    return out


def in_pairs(panels):
    """Rows of the last axis but one, two side by side."""
    *outer, rows, width = panels.shape
    return panels.reshape(*outer, rows // 2, 2, width).swapaxes(-1, -2)


def as_numbers(words):
    """bfloat16 numbers in float64."""
    return (words.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


@pytest.mark.parametrize("D", SIZES)
@pytest.mark.parametrize("H", SIZES)
@pytest.mark.parametrize("kind", GATES)
def test_every_number_in_its_place(kind, H, D):
    columns, per = GATES[kind]
    padded, at = up(D, LANES), 3  # the matrix begins there
    W = np.random.default_rng(H * 1000 + D).normal(size=(len(columns), H, D)).astype(np.float32)
    flat = np.concatenate([np.zeros(at, np.float32), W.ravel(), np.zeros(3, np.float32)])
    for backward, pack in ((False, pack_forward), (True, pack_backward)):
        right = panels_of(W, columns, per, padded, backward)
        sizes = np.array(columns, np.int64), per, H, D, padded
        found = np.full(right.size, UNTOUCHED, np.float32)
        middle = -(-H // per) // 2  # two threads' shares
        for share in ((0, middle), (middle, -(-H // per))):
            pack(flat, at, found, 0, *sizes, *share)
        np.testing.assert_array_equal(found.reshape(right.shape), right)

        rounded = np.full(right.size, np.float32(UNTOUCHED).view(np.uint32) >> 16, np.uint16)
        pack(flat, at, rounded, 0, *sizes, 0, -(-H // per))
        np.testing.assert_array_equal(as_numbers(rounded), in_pairs(bfloat16(right)).ravel())


@pytest.mark.parametrize("D", SIZES)
@pytest.mark.parametrize("H", SIZES)
@pytest.mark.parametrize("kind", GATES)
def test_a_gradient_comes_back_to_its_place(kind, H, D):
    columns, per = GATES[kind]
    padded, at = up(D, LANES), 3
    W = np.random.default_rng(H * 1000 + D).normal(size=(len(columns), H, D)).astype(np.float32)
    packed = panels_of(W, columns, per, padded, backward=False).astype(np.float32)
    found = np.full(at + W.size + 3, UNTOUCHED, np.float32)
    for p in range(len(packed)):
        unpack_gradient(packed.ravel(), p * padded * NR, found, at, np.array(columns, np.int64), per, H, D, p)
    np.testing.assert_array_equal(found[at:-3].reshape(W.shape), W)
    assert (found[:at] == UNTOUCHED).all()
    assert (found[-3:] == UNTOUCHED).all()
