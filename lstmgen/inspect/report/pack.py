"""Values in few bytes for a page that shows two decimals: whole hundredths, 8 bits each where they fit, else 16.

What is shown from them is the trace rounded to two decimals, unless a value is beyond 327.67.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from lstmgen.arrays import FloatArray

_KINDS: dict[int, np.dtype[Any]] = {8: np.dtype("<i1"), 16: np.dtype("<i2")}
_STEPS = 100.0  # to one


def pack(values: FloatArray) -> dict[str, Any]:
    """bits, scale (the largest value that can be told), data (base64, row by row).

    A value is a whole number of steps, limit of them to the scale, where limit is 127 or 32,767: the error is at most
    scale / (2 limit). The smallest integer there is stands for what is no finite number.
    """
    solid = values.astype(np.float64)
    finite = np.isfinite(solid)
    largest = float(np.abs(solid[finite]).max(initial=0.0))
    bits = 8 if largest * _STEPS <= 127.5 else 16
    limit = 2 ** (bits - 1) - 1
    steps = _STEPS if largest * _STEPS <= limit + 0.5 else limit / largest
    whole = np.clip(np.rint(np.where(finite, solid, 0.0) * steps), -limit, limit)
    whole[~finite] = -limit - 1
    data = base64.b64encode(whole.astype(_KINDS[bits]).tobytes()).decode("ascii")
    return {"bits": bits, "scale": limit / steps, "data": data}
