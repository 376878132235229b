"""Filters and draw: from the logits of one row to the next token, without sorting the vocabulary.

Each filter keeps the first few tokens of one order, higher logit first and, among equal logits, lower index first.
So each is known by its border, the last token it keeps, and the sums run in index order over what is left.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lstmgen.kernels.compile import jit

LARGEST = float(np.finfo(np.float32).max)
FAINTEST = -87.0  # exponent below which a token counts as impossible: e^-87 is about the smallest normal float32


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
    peak = min(float(logits[best]), LARGEST)
    scale = min(1.0 / temperature, 1e300)  # times zero this is zero: the best token weighs 1 at any temperature
    floor = math.log(min_p) if min_p > 0.0 else -math.inf
    cut = FAINTEST if top_p < 1.0 else max(FAINTEST, floor)  # top-p needs the mass that min-p is going to drop
    _weigh(logits, V, banned, peak, scale, cut, work)
    if 0 < top_k < V:
        border = _border_of_top_k(logits, V, top_k, work, order)
        if border >= 0:
            _drop_after(logits, V, border, work)
    if top_p < 1.0:
        _drop_after(logits, V, _border_of_top_p(logits, V, top_p, work, order), work)
        if floor > FAINTEST:
            _drop_faint(logits, V, peak, scale, floor, work)
    return _pick(V, u, work)


@jit
def _best(logits: Any, V: int, banned: Any) -> int:
    """First index of the highest logit that is not banned; -1 if there is none."""
    best, highest = -1, -math.inf
    for i in range(V):
        z = logits[i]
        if z > highest and banned[i] == 0:
            best, highest = i, z
    return best


@jit
def _weigh(logits: Any, V: int, banned: Any, peak: float, scale: float, cut: float, work: Any) -> None:
    """work_i = exp(x_i) where x_i = (logit_i - peak) * scale >= cut, else 0.

    exp x = 2^k exp r with |r| <= ln 2 / 2 and seven terms of its series, whose error (5e-9) is below float32's. The
    loop has no branch, so that it becomes vector code.
    """
    for i in range(V):
        x = (min(float(logits[i]), LARGEST) - peak) * scale
        kept = (x >= cut) & (banned[i] == 0)  # false for NaN
        x = x if kept else 0.0
        k = np.int32(x * 1.4426950408889634 - 0.5)  # nearest, as x <= 0
        r = x - k * 0.6931471805599453
        e = 1 / 720 + r * (1 / 5040)
        e = 1 / 24 + r * (1 / 120 + r * e)
        e = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * e)))
        power = ((np.int64(k) + 1023) << 52).view(np.float64)
        work[i] = e * power if kept else 0.0


@jit
def _before(logits: Any, i: int, j: int) -> bool:
    """Whether token i comes before token j: higher logit, or the same and lower index."""
    a, b = logits[i], logits[j]
    return a > b or (a == b and i < j)


@jit
def _sift(logits: Any, order: Any, n: int, start: int, last_first: bool) -> None:
    """Restore the heap order[:n] below `start`; its root is the first token, or the last one if `last_first`."""
    token = order[start]
    place = start
    while True:
        child = 2 * place + 1
        if child >= n:
            break
        if child + 1 < n and _before(logits, order[child + 1], order[child]) != last_first:
            child += 1
        if _before(logits, order[child], token) == last_first:
            break
        order[place] = order[child]
        place = child
    order[place] = token


@jit
def _border_of_top_k(logits: Any, V: int, k: int, work: Any, order: Any) -> int:
    """The k-th token of those that weigh something, or -1 if there are no more than k.

    A heap of the k first tokens seen so far, the last of them on top: most of a large vocabulary is only looked at.
    """
    n = 0
    more = False
    for i in range(V):
        if work[i] > 0.0:
            if n < k:
                order[n] = i
                n += 1
                if n == k:
                    for start in range(k // 2 - 1, -1, -1):
                        _sift(logits, order, k, start, True)
            else:
                more = True
                if logits[i] > logits[order[0]]:  # an equal one has the higher index
                    order[0] = i
                    _sift(logits, order, k, 0, True)
    return order[0] if more else -1


@jit
def _border_of_top_p(logits: Any, V: int, p: float, work: Any, order: Any) -> int:
    """The token with which the probability, summed from the first token on, reaches p.

    Tokens too faint to be needed, even all of them together, do not enter the heap.
    """
    total = _total(_quarters(V, work))
    bound = 0.5 * (1.0 - p) * total / V
    n = 0
    for i in range(V):
        order[n] = i
        n += 1 if work[i] > bound else 0
    for start in range(n // 2 - 1, -1, -1):
        _sift(logits, order, n, start, False)
    mass = 0.0
    while True:
        border = order[0]
        mass += work[border]
        n -= 1
        if mass >= p * total or n == 0:
            return border
        order[0] = order[n]
        _sift(logits, order, n, 0, False)


@jit
def _drop_after(logits: Any, V: int, border: int, work: Any) -> None:
    """Zero the weight of every token that comes after `border` in the order of the filters."""
    z = logits[border]
    for i in range(V):
        kept = (logits[i] > z) | ((logits[i] == z) & (i <= border))
        work[i] = work[i] if kept else 0.0


@jit
def _drop_faint(logits: Any, V: int, peak: float, scale: float, floor: float, work: Any) -> None:
    """Zero the weight of every token whose x (see `_weigh`) is below `floor`."""
    for i in range(V):
        x = (min(float(logits[i]), LARGEST) - peak) * scale
        work[i] = work[i] if x >= floor else 0.0


@jit
def _quarters(V: int, work: Any) -> tuple[float, float, float, float]:
    """Sums of the four quarters of work, each in index order (four chains, as one waits for each addition).

    Quarter n begins at n * (V // 4); what the division leaves over belongs to the last.
    """
    q = V // 4
    a = b = c = d = 0.0
    for i in range(q):
        a += work[i]
        b += work[q + i]
        c += work[2 * q + i]
        d += work[3 * q + i]
    for i in range(4 * q, V):
        d += work[i]
    return a, b, c, d


@jit
def _total(quarters: tuple[float, float, float, float]) -> float:
    a, b, c, d = quarters
    return a + b + c + d


@jit
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
    mass = 0.0
    found = -1
    for i in range(n * q, V if n == 3 else n * q + q):
        if work[i] > 0.0:
            mass += work[i]
            found = i
            if mass > rest:
                break
    return found
