"""A network's gradient in bfloat16 and its twin's, which rounds the factors of every product where they are made.

The twin computes in float64, the kernels in float32: a factor that lies within float32's error of the middle between
two neighbours may be rounded the other way, which moves it by one part in 128 to 256 and all that it touches by less.
About one factor in some thousands does. Of 960 windows of the sizes tested here, nine in ten had none that mattered and
agreed to 1e-6 (the share of an array's norm that its difference has; the largest of all arrays); of the others the
worst was 1.7e-3. What is not rounded at all differs by 3e-3. Larger networks always have some; a twin whose factors are
moved by one part in ten million before they are rounded then differs from itself as much.
"""

from dataclasses import dataclass

import numpy as np

from lstmgen.network import Network
from tests.naive import rounded
from tests.network.cases import arrays_of, flat, named, window_of

CLOSE = 5e-6  # where every factor is rounded the same way
NEAR = 1e-2  # where some are not
SEEDS = 8  # of these windows one at least is close: the largest networks have four in ten


@dataclass
class Drops:
    """Masks by the names under which the network takes them, float32."""

    masks: np.ndarray | None = None
    weight_masks: np.ndarray | None = None
    token_masks: np.ndarray | None = None


def drops_of(case, rng, window):
    """All masks that a network may have, each with some zeros."""
    G = case.architecture.shapes()["layers.0.U"][0]
    weights = ((rng.random((case.L, G, case.H, case.H)) < 0.8) / 0.8).astype(np.float32)
    tokens = ((rng.random(case.V) < 0.8) / 0.8).astype(np.float32) if case.E else None
    return Drops(window.masks, weights, tokens)


def mixed(case, seed, threads=1, **keywords):
    """Arrays, the network that has them and computes its gradient in bfloat16, a window, and all masks."""
    rng = np.random.default_rng(seed)
    arrays = arrays_of(case, rng)
    window = window_of(case, rng, **keywords)
    network = Network(case.architecture, flat(case, arrays), threads=threads, precision="bf16")
    return arrays, network, window, drops_of(case, rng, window)


def gradient_of(network, window, drops, **keywords):
    """The network's own."""
    return network.gradient(window.x, window.y, window.state, **vars(drops), **keywords)


def twin_of(case, arrays, window, drops, factor=rounded.rounded):
    """The twin's result and nats; the masks of weights are applied as the network applies them, in float32."""
    masks, tokens = (a if a is None else a.astype(float) for a in (drops.masks, drops.token_masks))
    weights = {} if drops.weight_masks is None else {f"layers.{k}.U": a for k, a in enumerate(drops.weight_masks)}
    under = arrays | {name: (arrays[name].astype(np.float32) * mask).astype(float) for name, mask in weights.items()}
    result, nats = rounded.gradient(
        under, window.x, window.y, window.state64, masks, case.squashing, case.skip_sum, tokens, factor
    )
    for name, mask in weights.items():
        result.gradients[name] *= mask
    return result, nats


def distances(case, found, result, nats):
    """Of everything that a call for the gradient returns, by name: |found - expected| / |expected|, of the norms."""
    assert found.count == result.count
    pairs = {name: (a, result.gradients[name]) for name, a in named(case, found.gradient).items()}
    pairs |= {"loss": (found.loss, result.loss), "nats": (found.nats, nats), "state": (found.state, result.state)}
    pairs["initial state"] = (found.initial_state_gradient, result.initial_state)
    assert all(np.shape(a) == np.shape(b) for a, b in pairs.values())
    norms = {name: (np.linalg.norm(np.subtract(a, b)), np.linalg.norm(b)) for name, (a, b) in pairs.items()}
    return {name: float(difference / max(norm, 1e-7)) for name, (difference, norm) in norms.items()}


def close_one(case, seed=0, threads=1, dropped=True):
    """Arrays, window, masks and gradient of the first window that is close; AssertionError where one is not near."""
    for trial in range(SEEDS):
        arrays, network, window, drops = mixed(case, 100 * seed + trial, threads)
        drops = drops if dropped else Drops()
        found = gradient_of(network, window, drops)
        far = distances(case, found, *twin_of(case, arrays, window, drops))
        worst = max(far, key=lambda name: far[name])
        assert far[worst] <= NEAR, f"{case}: {worst} is off by {far[worst]:.3g} of its norm"
        if far[worst] <= CLOSE:
            return arrays, window, drops, found
    raise AssertionError(f"{case}: {worst} is off by {far[worst]:.3g} of its norm, and so were others before")


def check_mixed(case, seed=0, threads=1):
    """With all masks and with none, the gradient is near the twin's in every window tried, and close in one."""
    for dropped in (True, False):
        close_one(case, seed, threads, dropped)
