"""Coefficients of tanh and exp, highest power first; made by tests/bench/fit_elementary.py.

Largest relative error in exact arithmetic: tanh 2.4e-09, exp 1.9e-09.
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
