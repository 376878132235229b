"""Coefficients of tanh and exp, highest power first; made by tests/bench/fit_elementary.py.

Largest relative error in exact arithmetic: tanh 2.4e-09, exp 1.9e-09, short tanh 9.1e-06.
"""

TANH_BOUND = 8.2  # tanh(x) is 1 beyond, to float32

TANH_P = (
    -1.0875266751595239e-13,
    6.135802282924985e-11,
    -2.189409364916628e-08,
    1.154738220066065e-05,
    0.003140666289255023,
    0.13116657733917236,
    1.0,
)

TANH_Q = (
    0.0002600091102067381,
    0.02464066632091999,
    0.46449989080429077,
    1.0,
)

LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693359375  # 9 bits: k times it is exact
LN2_LOW = -2.12194440054690583e-4

EXP = (
    0.0013836742145940661,
    0.008374898694455624,
    0.041668232530355453,
    0.16666419804096222,
    0.49999991059303284,
    1.0,
    1.0,
)

SHORT_BOUND = 5.9  # beyond, it is taken for constant

SHORT_TANH_P = (
    27.231172561645508,
    2091.57080078125,
    18274.66796875,
)

# Of x^4, x^2 and 1; that of x^6 is 1.
SHORT_TANH_Q = (
    319.2113342285156,
    8182.07470703125,
    18274.83203125,
)

# 1/2 + x P(x^2) / Q(x^2) = 1/2 + tanh(x/2) / 2
SHORT_SIGMOID_P = tuple(4.0**k * p for k, p in enumerate(SHORT_TANH_P))
SHORT_SIGMOID_Q = tuple(4.0**k * q for k, q in enumerate(SHORT_TANH_Q, start=1))
