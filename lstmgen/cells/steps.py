"""What every cell does around a step where a row starts anew: the states before it are zero, and no gradient passes."""

from __future__ import annotations

from typing import Any

from lstmgen.kernels.compile import inner


@inner
def forget_started(x: Any, n0: int, Hb: Any, Cb: Any, before: int, Hp: int, r0: int, r1: int) -> None:
    """Zero the states before this step in the rows whose id x[n0 + r] is -1."""
    for r in range(r0, r1):
        if x[n0 + r] < 0:
            for k in range(before + r * Hp, before + (r + 1) * Hp):
                Hb[k] = 0
                Cb[k] = 0


@inner
def carry(Ho: Any, Co: Any, here: int, Hb: Any, Cb: Any, before: int, Hp: int, r0: int, r1: int, k0: int,
          k1: int) -> None:  # fmt: skip
    """Copy units k0 to k1 of the states after this step to where the next one reads them."""
    for r in range(r0, r1):
        for k in range(r * Hp + k0, r * Hp + k1):
            Hb[before + k] = Ho[here + k]
            Cb[before + k] = Co[here + k]


@inner
def restore_started(x: Any, n0: int, DH: Any, DC: Any, outputs: int, e0: int, spare: Any, Hp: int, r0: int, r1: int,
                    k0: int, k1: int, after: bool) -> bool:  # fmt: skip
    """Keep the rows that started anew, in units k0 to k1, free of what the recurrent product adds to DH; whether there
    were any.

    Before the product (after=False) their DH is put into `spare` (B, Hp) and their DC cleared; after it, put back.
    """
    any_started = False
    for r in range(r0, r1):
        if x[n0 + r] < 0:
            any_started = True
            for k in range(r * Hp + k0, r * Hp + k1):
                if after:
                    DH[outputs + k] = spare[k]
                else:
                    spare[k] = DH[outputs + k]
                    DC[e0 + k] = 0
    return any_started
