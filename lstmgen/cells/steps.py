"""What every cell does around a step where a row starts anew: the states before it are zero, and no gradient passes."""

from __future__ import annotations

from typing import Any

from lstmgen.cells.records import Gradients, States
from lstmgen.kernels.compile import inner


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
    """Copy units k0 to k1 of the states after this step to where the next one reads them."""
    for r in range(r0, r1):
        for k in range(r * Hp + k0, r * Hp + k1):
            states.h_before[before + k] = states.h_after[after + k]
            states.c_before[before + k] = states.c_after[after + k]
            states.rounded_before[before + k] = states.rounded_after[after + k]


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
