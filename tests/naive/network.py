"""The whole network from its equations: tokens in, layers, logits, loss, and every gradient by hand.

Arrays by name, textbook shapes: embedding (V, E) or none (one-hot), layers.K.W (G, H, D), layers.K.U (G, H, H),
layers.K.b (G, H), layers.K.p (3, H) for peepholes, layers.K.b_hn (H) for a GRU, output.W (V, H), output.b (V,). What
is meant follows from what is there: G = 1 is the plain RNN, a b_hn makes a GRU, a p peepholes; without output.W the
embedding stands for it. States (S, L, B, H): c then h, or only h.
"""

from dataclasses import dataclass

import numpy as np

from tests.naive.cells import gru_backward, gru_forward, lstm_backward, lstm_forward, rnn_backward, rnn_forward


@dataclass
class Result:
    """Loss (mean nats over scored targets), their count, gradients by name and of the initial states, final states."""

    loss: float
    count: int
    gradients: dict
    initial_state: np.ndarray
    state: np.ndarray


def random_arrays(shapes, rng, scale=1.0):
    """Float64 arrays of these shapes (name -> shape), matrices scaled so that units neither sleep nor saturate."""
    found = {}
    for name, shape in shapes.items():
        matrix = name.endswith(("W", "U"))
        found[name] = rng.normal(size=shape) * scale / (np.sqrt(shape[-1]) if matrix else 2.0)
    return found


def softmax(a):
    """exp(a) / sum exp(a) over the last axis."""
    return np.exp(log_softmax(a))


def log_softmax(a):
    """a - log sum exp(a) over the last axis."""
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


def _layers(arrays):
    return sum(name.endswith(".U") for name in arrays)


def _output(arrays):
    """Name of the array that reads out the logits."""
    return "output.W" if "output.W" in arrays else "embedding"


def _inputs(arrays, x, token_masks=None):
    """(T, B, D): the token's one-hot vector or embedding row, times its mask; the zero vector for -1."""
    V = len(arrays["output.b"])
    table = arrays["embedding"] if "embedding" in arrays else np.eye(V)
    found = np.zeros((*x.shape, table.shape[1]))
    for t, b in np.ndindex(x.shape):
        if x[t, b] >= 0:
            found[t, b] = table[x[t, b]] * (1.0 if token_masks is None else token_masks[x[t, b]])
    return found


def _forward(arrays, x, state, masks, squashing, skip_sum, token_masks=None):
    """Returns what every layer kept, what went into every layer and out of the last, what was read out, the logits."""
    restart = x < 0
    going_up = [_inputs(arrays, x, token_masks)]
    kept = []
    for layer in range(_layers(arrays)):
        kept.append(layer_forward(_own(arrays, layer), going_up[-1], state[:, layer], restart, squashing))
        mask = 1.0 if masks is None else masks[layer]
        going_up.append(kept[-1]["h"] * mask)
    read = sum(going_up[1:]) if skip_sum else going_up[-1]
    return kept, going_up, read, read @ arrays[_output(arrays)].T + arrays["output.b"]


def layer_forward(own, x, state, restart, squashing):
    """What a layer keeps. own: its arrays by their last names; x (T, B, D); state (S, B, H)."""
    W, U, b = (own[name] for name in "WUb")
    if len(U) == 1:
        return rnn_forward(x, W, U, b, state[0], restart)
    if "b_hn" in own:
        return gru_forward(x, W, U, b, own["b_hn"], state[0], restart)
    return lstm_forward(x, W, U, b, *state, restart, own.get("p"), squashing)


def layer_backward(own, dy, final, kept, x, restart, squashing):
    """Gradients of a layer by name, from those of its outputs dy (T, B, H) and of its final states (S, B, H)."""
    W, U = own["W"], own["U"]
    if len(U) == 1:
        return rnn_backward(dy, *final, kept, x, W, U, restart)
    if "b_hn" in own:
        return gru_backward(dy, *final, kept, x, W, U, restart)
    return lstm_backward(dy, *final, kept, x, W, U, restart, own.get("p"), squashing)


def _own(arrays, layer):
    """A layer's arrays by their last names."""
    return {name.rpartition(".")[2]: a for name, a in arrays.items() if name.startswith(f"layers.{layer}.")}


def _final_state(kept):
    names = ("c", "h") if "c" in kept[0] else ("h",)
    return np.array([[layer[name][-1] for layer in kept] for name in names])


def logits(arrays, x, state, squashing="tanh", skip_sum=False):
    """Logits (T, B, V) after each step, and the final states (S, L, B, H).

    skip_sum: they are read out of the sum of all layers' outputs, not of the last layer's alone.
    """
    kept, _, _, found = _forward(arrays, x, state, None, squashing, skip_sum)
    return found, _final_state(kept)


def losses(arrays, x, y, state, squashing="tanh", skip_sum=False):
    """Nats (T, B) of each target, 0 where y is -1, and the final states."""
    found, final = logits(arrays, x, state, squashing, skip_sum)
    scores = log_softmax(found)
    nats = np.zeros(x.shape)
    for t, b in np.ndindex(x.shape):
        if y[t, b] >= 0:
            nats[t, b] = -scores[t, b, y[t, b]]
    return nats, final


def trace(arrays, x, state, squashing="tanh", skip_sum=False):
    """Gates and states by name, each (T, B, L, H), with the logits (T, B, V)."""
    kept, _, _, found = _forward(arrays, x, state, None, squashing, skip_sum)
    names = [name for name in kept[0] if not name.endswith("_before")]
    return {name: np.stack([layer[name] for layer in kept], axis=2) for name in names} | {"logits": found}


def loss(arrays, x, y, state, masks=None, squashing="tanh", skip_sum=False):
    """The loss of `gradient` alone, which takes a third of the time."""
    scores = log_softmax(_forward(arrays, x, state, masks, squashing, skip_sum)[3])
    return -sum(scores[t, b, y[t, b]] for t, b in np.ndindex(x.shape) if y[t, b] >= 0) / (y >= 0).sum()


def gradient(arrays, x, y, state, masks=None, squashing="tanh", skip_sum=False, token_masks=None):
    """Loss and gradients of a window; the gradient is cut at its border.

    x, y (T, B) ints, -1 as in `_inputs` and "not scored"; state (S, L, B, H); masks (L, B, H) multiply each layer's
    output on its way up, never in the recurrence; token_masks (V,) multiply the embedding where it is read.
    """
    restart = x < 0
    kept, going_up, read, found = _forward(arrays, x, state, masks, squashing, skip_sum, token_masks)
    scores = log_softmax(found)
    count = int((y >= 0).sum())
    gradients = {name: np.zeros_like(array) for name, array in arrays.items()}
    loss = 0.0
    dlogits = np.zeros_like(found)
    for t, b in np.ndindex(x.shape):
        if y[t, b] >= 0:
            loss -= scores[t, b, y[t, b]] / count
            dlogits[t, b] = np.exp(scores[t, b]) / count
            dlogits[t, b, y[t, b]] -= 1.0 / count
    for t, b in np.ndindex(x.shape):
        gradients[_output(arrays)] += np.outer(dlogits[t, b], read[t, b])
        gradients["output.b"] += dlogits[t, b]
    dread = dup = dlogits @ arrays[_output(arrays)]
    dstate = np.zeros_like(state)
    for layer in reversed(range(_layers(arrays))):
        dy = dup * (1.0 if masks is None else masks[layer])
        own, final = _own(arrays, layer), np.zeros_like(state[:, layer])
        found_here = layer_backward(own, dy, final, kept[layer], going_up[layer], restart, squashing)
        gradients |= {f"layers.{layer}.{name}": found_here[name] for name in own}
        dstate[:, layer] = [found_here[name] for name in ("c0", "h0") if name in found_here]
        dup = found_here["x"] + (dread if skip_sum and layer else 0.0)
    if "embedding" in arrays:
        for t, b in np.ndindex(x.shape):
            if x[t, b] >= 0:
                gradients["embedding"][x[t, b]] += dup[t, b] * (1.0 if token_masks is None else token_masks[x[t, b]])
    return Result(loss, count, gradients, dstate, _final_state(kept))
