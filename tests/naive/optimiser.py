"""AdamW and clipping by global norm, one number at a time in spirit, in float64."""

import numpy as np


def global_norm(gradient):
    """Square root of the sum of squares of all numbers."""
    return float(np.sqrt(sum(float(value) ** 2 for value in np.ravel(gradient))))


def clipping_scale(norm, limit):
    """What a gradient of this norm is multiplied by so that its norm is at most `limit`."""
    return 1.0 if norm <= limit else limit / norm


def adamw(
    parameters, gradient, first, second, decay_mask, *, rate, beta1, beta2, epsilon, weight_decay, step, scale=1.0
):
    """One update (Loshchilov & Hutter 2019, algorithm 2); `step` counts from 1, `scale` multiplies the gradient first.

    Returns new (parameters, first, second); decay works on the parameters themselves, where the mask is 1.
    """
    gradient = gradient * scale
    first = beta1 * first + (1.0 - beta1) * gradient
    second = beta2 * second + (1.0 - beta2) * gradient**2
    first_unbiased = first / (1.0 - beta1**step)
    second_unbiased = second / (1.0 - beta2**step)
    change = first_unbiased / (np.sqrt(second_unbiased) + epsilon) + weight_decay * decay_mask * parameters
    return parameters - rate * change, first, second
