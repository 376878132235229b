"""Tiny numbers are zero inside our work, on every thread, and nobody else's numpy notices."""

import threading

import numpy as np
import pytest

from lstmgen.kernels.compile import jit
from lstmgen.kernels.denormals import _ACTIVE, denormals_flushed
from lstmgen.kernels.threads import ThreadPool

pytestmark = pytest.mark.skipif(not _ACTIVE, reason="no such setting here")


@jit
def _multiply(a, b, out):
    for k in range(len(a)):
        out[k] = a[k] * b[k]


A, B = np.full(8, 1e-30, np.float32), np.full(8, 1e-10, np.float32)


def _tiny():
    out = np.ones(8, np.float32)
    _multiply(A, B, out)
    return float(out[0])


def test_only_inside():
    before = _tiny()
    assert 0 < before < 1e-38
    with denormals_flushed():
        assert _tiny() == 0
        with denormals_flushed():
            assert _tiny() == 0
        assert _tiny() == 0
    assert _tiny() == before
    with pytest.raises(KeyError), denormals_flushed():
        raise KeyError
    assert _tiny() == before


def test_on_every_thread_of_ours_and_on_no_other():
    for parts in (1, 3):
        assert ThreadPool(3).split(3, lambda a, b: _tiny(), parts) == [0.0] * parts
    shared = []
    ThreadPool(2).run_each(4, lambda: lambda k: shared.append(_tiny()))
    assert shared == [0.0] * 4
    others = []
    thread = threading.Thread(target=lambda: others.append(_tiny()))
    thread.start()
    thread.join()
    assert others[0] > 0 and _tiny() > 0
