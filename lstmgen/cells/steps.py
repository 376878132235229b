"""What every cell does around a step: where a row starts anew, the states before it are zero, and no gradient passes;
and what comes next is brought near."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Gradients, Span, States, Work
from lstmgen.kernels.compile import inner
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.vector import WIDTH, load_vector, prefetch, store_rounded, store_vector

_LINE = 16  # numbers of float32 that come from memory at once


@inner
def forget_started(ids: Any, n0: int, states: States, before: int, Hp: int, r0: int, r1: int) -> None:
    """Zero the states before this step in the rows whose id ids[n0 + r] is -1."""
    for r in range(r0, r1):
        if ids[n0 + r] < 0:
            for k in range(before + r * Hp, before + (r + 1) * Hp):
                states.h_before[k] = 0
                states.c_before[k] = 0
                states.rounded_before[k] = 0


@inner
def carry(states: States, after: int, before: int, Hp: int, r0: int, r1: int, k0: int, k1: int) -> None:
    """Copy units k0 to k1, whole vectors, of the states after this step to where the next one reads them."""
    for r in range(r0, r1):
        for k in range(r * Hp + k0, r * Hp + k1, WIDTH):
            h = load_vector(states.h_after, after + k)
            store_vector(states.h_before, before + k, h)
            store_rounded(states.rounded_before, before + k, h)
            store_vector(states.c_before, before + k, load_vector(states.c_after, after + k))


@inner
def coming(work: Work, span: Span, z0: int, s0: int, units: int, t: int, panel: int) -> tuple[int, int]:
    """Where, in Z and in the states, the panel after this one begins: the next, or that of the next step."""
    panel += 1
    if panel == span.q1:
        t, panel = t + 1, span.q0
    row = t * work.B + span.r0
    return z0 + (panel * work.T * work.B + row) * NR, s0 + (row + work.B) * work.Hp + panel * units


@inner
def fetch(work: Work, z: int, at: int) -> None:
    """Have a row of a panel in Z, and the states that go with it, brought near while there is other work.

    The processor does not see by itself where the next ones are. Places outside the window do no harm.
    """
    for j in range(0, NR, _LINE):
        prefetch(work.Z, z + j)
    prefetch(work.states.c_after, at)
    prefetch(work.states.h_after, at)


@inner
def restore_started(ids: Any, n0: int, gradients: Gradients, dh: int, dc: int, Hp: int, r0: int, r1: int, k0: int,
                    k1: int, after: bool) -> bool:  # fmt: skip
    """Keep the rows that started anew, in units k0 to k1, free of what the recurrent product adds to dh; whether there
    were any.

    Before the product (after=False) their dh is put into `spare` and their dc cleared; after it, put back.
    """
    any_started = False
    for r in range(r0, r1):
        if ids[n0 + r] < 0:
            any_started = True
            for k in range(r * Hp + k0, r * Hp + k1):
                if after:
                    gradients.dh[dh + k] = gradients.spare[k]
                else:
                    gradients.spare[k] = gradients.dh[dh + k]
                    gradients.dc[dc + k] = 0
    return any_started
