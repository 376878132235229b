"""Filters and draw: from the logits of one row to the next token, without sorting the vocabulary.

Each filter keeps the first few tokens of one order, higher logit first and, among equal logits, lower index first.
So each is known by its border, the last token it keeps, and the sums run in index order over what is left.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lstmgen.kernels.compile import inner, jit

_LARGEST = float(np.finfo(np.float32).max)
_FAINTEST = -87.0  # exponent below which a token counts as impossible: e^-87 is about the smallest normal float32


@jit
def draw(
    logits: Any,
    V: int,
    banned: Any,
    temperature: float,
    top_k: int,
    top_p: float,
    min_p: float,
    u: float,
    work: Any,
    order: Any,
) -> int:
    """Draw one token; filters in the order temperature, top-k, top-p, min-p, each over what the one before it kept.

    logits (V,) float32; banned (V,) uint8, 1 = never drawn; u in [0, 1); work (V,) float and order (V,) int32 are
    scratch. Longer arrays are allowed, their first V entries count.

    temperature 0: the highest logit. top_k 0: off. top_p: the fewest tokens whose probability reaches it, at least
    one; 1: off. min_p: tokens at least min_p times as probable as the best one; 0: off. Ties, here and at every
    border: lower index first. Tokens of less than e^-87 times the best one's probability, and NaN, are never drawn.
    Returns -1 when no token can be drawn (all banned).
    """
    best = _best(logits, V, banned)
    if best < 0 or temperature == 0.0:
        return best
    peak = min(float(logits[best]), _LARGEST)
    scale = min(1.0 / temperature, 1e300)  # times zero this is zero: the best token weighs 1 at any temperature
    floor = math.log(min_p) if min_p > 0.0 else -math.inf
    cut = _FAINTEST if top_p < 1.0 else max(_FAINTEST, floor)  # top-p needs the mass that min-p is going to drop
    _weigh(logits, V, banned, peak, scale, cut, work)
    if 0 < top_k < V:
        lowest = _logit_below(peak, scale, _FAINTEST)
        _drop_after(logits, V, _border(logits, V, lowest, logits[best], top_k, math.inf, work, order), work)
    if top_p < 1.0:
        total = _total(_quarters(V, work))
        faint = math.log(0.5 * (1.0 - top_p) * total / V)  # all tokens fainter than this together are not needed
        lowest = _logit_below(peak, scale, faint)
        _drop_after(logits, V, _border(logits, V, lowest, logits[best], V, top_p * total, work, order), work)
        if floor > _FAINTEST:
            _drop_faint(logits, V, peak, scale, floor, work)
    return _pick(V, u, work)


@inner
def _best(logits: Any, V: int, banned: Any) -> int:
    """First index of the highest logit that is not banned; -1 if there is none."""
    best, highest = -1, -math.inf
    for i in range(V):
        z = logits[i]
        if z > highest and banned[i] == 0:
            best, highest = i, z
    return best


@inner
def _exponent(logit: float, peak: float, scale: float) -> float:
    """x of a token, whose weight is exp(x): 0 for the best one, less for the others; NaN for NaN."""
    return (min(float(logit), _LARGEST) - peak) * scale


@inner
def _logit_below(peak: float, scale: float, x: float) -> float:
    """A logit just below the one whose exponent is x, whatever the rounding."""
    return max(peak + x / scale - 1e-6 * abs(peak), -_LARGEST)


@jit
def _weigh(logits: Any, V: int, banned: Any, peak: float, scale: float, cut: float, work: Any) -> None:
    """work_i = exp(x_i) where the exponent x_i >= cut, else 0.

    exp x = 2^k exp r with |r| <= ln 2 / 2 and seven terms of its series, whose error (5e-9) is below float32's. The
    loop has no branch, so that it becomes vector code.
    """
    for i in range(V):
        x = _exponent(logits[i], peak, scale)
        kept = (x >= cut) & (banned[i] == 0)  # false for NaN
        x = x if kept else 0.0
        k = np.int32(x * 1.4426950408889634 - 0.5)  # nearest, as x <= 0
        r = x - k * 0.6931471805599453
        e = 1 / 720 + r * (1 / 5040)
        e = 1 / 24 + r * (1 / 120 + r * e)
        e = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * e)))
        power = np.int64((np.int64(k) + 1023) << 52).view(np.float64)
        work[i] = e * power if kept else 0.0


@inner
def _before(logits: Any, i: int, j: int) -> bool:
    """Whether token i comes before token j: higher logit, or the same and lower index."""
    a, b = logits[i], logits[j]
    return a > b or (a == b and i < j)


@inner
def _sift(logits: Any, order: Any, n: int, start: int) -> None:
    """Restore the heap order[:n] below `start`; no token comes before its parent."""
    token = order[start]
    place = start
    while True:
        child = 2 * place + 1
        if child >= n:
            break
        if child + 1 < n and _before(logits, order[child + 1], order[child]):
            child += 1
        if _before(logits, token, order[child]):
            break
        order[place] = order[child]
        place = child
    order[place] = token


@inner
def _count_above(logits: Any, V: int, z: Any, work: Any) -> int:
    """Number of tokens with a logit above z that weigh something."""
    n = 0
    for i in range(V):
        n += (logits[i] > z) & (work[i] > 0.0)
    return n


@inner
def _mass_above(logits: Any, V: int, z: Any, work: Any) -> float:
    """Weight of the tokens with a logit above z."""
    a = b = c = d = np.float64(0)
    for i in range(0, V - 3, 4):
        a += work[i] * (logits[i] > z)
        b += work[i + 1] * (logits[i + 1] > z)
        c += work[i + 2] * (logits[i + 2] > z)
        d += work[i + 3] * (logits[i + 3] > z)
    for i in range(V - V % 4, V):
        d += work[i] * (logits[i] > z)
    return a + b + c + d


@inner
def _border(logits: Any, V: int, lowest: float, highest: float, k: int, mass: float, work: Any, order: Any) -> int:
    """The token with which, counted from the first, there are k tokens or their weights reach `mass`.

    It is looked for among the logits above `lowest` and up to `highest`: halving the range until a few tokens are left
    in it, which a heap puts in order. If neither is reached, the last token above `lowest`.
    """
    low, high = np.float32(lowest), np.float32(highest)
    n_low, n_high = _count_above(logits, V, low, work), 0
    mass_high: float = np.float64(0)
    for _round in range(40):
        middle = np.float32(0.5) * low + np.float32(0.5) * high
        if n_low - n_high <= 8 + V // 64 or middle <= low or middle >= high:
            break
        n_middle = _count_above(logits, V, middle, work)
        mass_middle = _mass_above(logits, V, middle, work) if mass < math.inf else 0.0
        if n_middle >= k or mass_middle >= mass:
            low, n_low = middle, n_middle
        else:
            high, n_high, mass_high = middle, n_middle, mass_middle
    n = 0
    for i in range(V):
        order[n] = i
        n += (logits[i] > low) & (logits[i] <= high) & (work[i] > 0.0)
    if n == 0:
        return -1
    for start in range(n // 2 - 1, -1, -1):
        _sift(logits, order, n, start)
    while True:
        border = order[0]
        mass_high += work[border]
        n_high += 1
        n -= 1
        if n_high >= k or mass_high >= mass or n == 0:
            return int(border)
        order[0] = order[n]
        _sift(logits, order, n, 0)


@inner
def _drop_after(logits: Any, V: int, border: int, work: Any) -> None:
    """Zero the weight of every token that comes after `border` in the order of the filters; -1: of none."""
    if border < 0:
        return
    z = logits[border]
    for i in range(V):
        kept = (logits[i] > z) | ((logits[i] == z) & (i <= border))
        work[i] = work[i] if kept else 0.0


@inner
def _drop_faint(logits: Any, V: int, peak: float, scale: float, floor: float, work: Any) -> None:
    """Zero the weight of every token whose exponent is below `floor`."""
    for i in range(V):
        x = _exponent(logits[i], peak, scale)
        work[i] = work[i] if x >= floor else 0.0


@inner
def _quarters(V: int, work: Any) -> tuple[float, float, float, float]:
    """Sums of the four quarters of work, each in index order (four chains, as one waits for each addition).

    Quarter n begins at n * (V // 4); what the division leaves over belongs to the last.
    """
    q = V // 4
    a = b = c = d = np.float64(0)
    for i in range(q):
        a += work[i]
        b += work[q + i]
        c += work[2 * q + i]
        d += work[3 * q + i]
    for i in range(4 * q, V):
        d += work[i]
    return a, b, c, d


@inner
def _total(quarters: tuple[float, float, float, float]) -> float:
    a, b, c, d = quarters
    return a + b + c + d


@inner
def _pick(V: int, u: float, work: Any) -> int:
    """First index at which the running sum of work exceeds u times the whole; never one of weight 0."""
    quarters = _quarters(V, work)
    rest = u * _total(quarters)
    last = 3
    while quarters[last] == 0.0:
        last -= 1
    n = 0
    while n < last and rest >= quarters[n]:
        rest -= quarters[n]
        n += 1
    q = V // 4
    mass = np.float64(0)
    chosen = -1
    for i in range(n * q, V if n == 3 else n * q + q):
        if work[i] > 0.0:
            mass += work[i]
            chosen = i
            if mass > rest:
                break
    return chosen
