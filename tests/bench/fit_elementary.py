"""Fits the coefficients in lstmgen/kernels/polynomials.py and prints that file.

    python tests/bench/fit_elementary.py > lstmgen/kernels/polynomials.py

tanh: x P(x^2) / Q(x^2) by least squares of the relative error, linearised as x P - tanh(x) Q = 0 and weighted anew
until the largest errors are level (Lawson's iteration). exp: a polynomial on [-ln 2 / 2, ln 2 / 2], the same way.

The short tanh is made the same way for less; Q is divided by the factor of its highest power. It is taken for constant
from shortly before the place where its error would let it fall again.
"""

import numpy as np

BOUND = 8.2  # beyond it tanh is 1 within 1.5e-7
SHORT_BOUND, SHORT_FITTED = 5.9, 6.2  # at the first the short one is 1 within 1e-5


def lawson(columns, target, scale, rounds=400):
    """Coefficients of `columns` that make the largest |error| * scale small."""
    weight = np.ones(len(target))
    best, best_error = None, np.inf
    for _ in range(rounds):
        w = np.sqrt(weight) * scale
        found = np.linalg.lstsq(columns * w[:, None], target * w, rcond=None)[0]
        error = np.abs((columns @ found - target) * scale)
        if error.max() < best_error:
            best, best_error = found, error.max()
        weight *= error + 1e-3 * error.max()
        weight /= weight.sum()
    return best, best_error


def fit_tanh(bound=BOUND, p_degree=6, q_degree=3):
    x = bound * (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 6001)))[1:]
    y, u = np.tanh(x), (x / bound) ** 2
    q_now = np.ones_like(x)
    for _ in range(12):  # the denominator of the weight comes from the round before
        columns = np.stack([x * u**k for k in range(p_degree + 1)] + [-y * u**k for k in range(1, q_degree + 1)], 1)
        found, error = lawson(columns, y, 1 / (y * q_now))
        q = np.concatenate([[1.0], found[p_degree + 1 :]])
        q_now = sum(q[k] * u**k for k in range(q_degree + 1))
    scale = bound**-2.0
    p = [found[k] * scale**k for k in range(p_degree + 1)]
    return p, [q[k] * scale**k for k in range(q_degree + 1)], error


def fit_exp(degree=6):
    r = np.log(2) / 2 * np.cos(np.linspace(0, np.pi, 4001)) * 1.001
    found, error = lawson(np.stack([r**k for k in range(degree + 1)], 1), np.exp(r), np.exp(-r))
    return found, error


def fit_short_tanh():
    p, q, error = fit_tanh(SHORT_FITTED, 2, 3)
    return [k / q[3] for k in p], [k / q[3] for k in q[:3]], error


def show(name, coefficients):
    numbers = [repr(float(np.float32(c))) for c in coefficients[::-1]]
    return f"{name} = (\n" + "".join(f"    {n},\n" for n in numbers) + ")\n"


if __name__ == "__main__":
    p, q, tanh_error = fit_tanh()
    short_p, short_q, short_error = fit_short_tanh()
    e, exp_error = fit_exp()
    print('"""Coefficients of tanh and exp, highest power first; made by tests/bench/fit_elementary.py.\n')
    errors = f"tanh {tanh_error:.1e}, exp {exp_error:.1e}, short tanh {short_error:.1e}"
    print(f'Largest relative error in exact arithmetic: {errors}.\n"""\n')
    print(f"TANH_BOUND = {BOUND}  # tanh(x) is 1 beyond, to float32\n")
    print(show("TANH_P", p))
    print(show("TANH_Q", q))
    print("LOG2_E = 1.4426950408889634\nLN2_HIGH = 0.693359375  # 9 bits: k times it is exact")
    print("LN2_LOW = -2.12194440054690583e-4\n")
    print(show("EXP", e))
    print(f"SHORT_BOUND = {SHORT_BOUND}  # beyond, it is taken for constant\n")
    print(show("SHORT_TANH_P", short_p))
    print("# Of x^4, x^2 and 1; that of x^6 is 1.")
    print(show("SHORT_TANH_Q", short_q))
    print("# 1/2 + x P(x^2) / Q(x^2) = 1/2 + tanh(x/2) / 2")
    print("SHORT_SIGMOID_P = tuple(4.0**k * p for k, p in enumerate(SHORT_TANH_P))")
    print("SHORT_SIGMOID_Q = tuple(4.0**k * q for k, q in enumerate(SHORT_TANH_Q, start=1))")
