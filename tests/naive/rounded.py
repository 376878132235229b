"""Mixed precision from its equations: factors of products in bfloat16, everything else as exact as float64 has it.

The same network as in `network.py`, with the rows of a step side by side. Each factor of a matrix product, forward,
backward and in the gradients of weights, is rounded once, where it is made; FACTORS names them all. Sums, gates, cell
states, softmax and the elementwise part of every cell are not rounded. With `factor=exact` nothing is. tanh is a short
one, near enough to the true one beside that rounding; the twin has the same, so that both round alike.
"""

import numpy as np

from tests.naive.network import Result, log_softmax

FACTORS = {
    "U": "the recurrent weights",
    "W": "the input weights; a one-hot input looks them up as they are",
    "output.W": "the output layer's weights, the embedding where they are tied",
    "embedding": "the embedding's rows under their masks, as layer 0 reads them",
    "h": "a layer's output, or the initial state, as the recurrent product reads it",
    "up": "a layer's output under its mask, as the next layer and the output layer read it",
    "sum": "the sum of these over the layers, as the output layer reads it",
    "dlogits": "the gradients of the logits; output.b sums them as well",
    "dZ": "the gradients of the pre-activations; b, b_hn, p and the sums by token add them up as well",
    "token sums": "layer 0's dZ summed by token, where they meet W and the embedding",
}


def bfloat16(a):
    """The nearest numbers of 8 significant bits to those that float32 holds; ties to even, below 2**-126 zero."""
    held = np.asarray(a, dtype=np.float32).astype(np.float64)
    mantissa, exponent = np.frexp(held)  # the mantissa's first bit stands for 1/2
    found = np.ldexp(np.rint(mantissa * 2.0**8) / 2.0**8, exponent)
    found = np.where(np.abs(held) < 2.0**-126, np.copysign(0.0, held), found)
    return np.where(np.abs(found) >= 2.0**128, np.copysign(np.inf, found), found)


def rounded(name, a):
    """A factor as mixed precision has it: every one in bfloat16."""
    assert name in FACTORS
    return bfloat16(a)


def exact(name, a):
    """A factor as it is."""
    assert name in FACTORS
    return np.asarray(a)


def rounded_but(name):
    """Every factor in bfloat16 but this one."""
    assert name in FACTORS
    return lambda other, a: exact(other, a) if other == name else rounded(other, a)


def short_tanh(a):
    """tanh by a rational function, relative error below 1e-5; the same beyond 5.9 as there."""
    x = np.clip(a, -5.9, 5.9)
    u = x * x
    above = 18274.66796875 + u * (2091.57080078125 + u * 27.231172561645508)
    return x * above / (18274.83203125 + u * (8182.07470703125 + u * (319.2113342285156 + u)))


def logistic(a, tanh):
    """1 / (1 + exp(-a)), by this tanh."""
    return 0.5 * (1.0 + tanh(0.5 * a))


def lstm_step(zx, zu, state, own, squashing, tanh):
    """States (c, h) after a step, and what its backward needs. zx, zu (G, B, H): input and recurrent side with biases.

    own: the layer's arrays by their last names, here p for peepholes.
    """
    c, _ = state
    p_f, p_i, p_o = own.get("p", np.zeros((3, 1)))
    f = logistic(zx[0] + zu[0] + p_f * c, tanh)
    i = logistic(zx[1] + zu[1] + p_i * c, tanh)
    g = tanh(zx[3] + zu[3])
    after = f * c + i * g
    o = logistic(zx[2] + zu[2] + p_o * after, tanh)
    s = tanh(after) if squashing == "tanh" else after
    slope = 1.0 - s**2 if squashing == "tanh" else 1.0
    return np.array([after, o * s]), (f, i, o, g, c, after, s, slope)


def lstm_step_back(d, kept, own):
    """dZ of the input side, dZ of the recurrent side (G, B, H) and the rest of the gradient of the states before."""
    f, i, o, g, c, _, s, slope = kept
    p_f, p_i, p_o = own.get("p", np.zeros((3, 1)))
    dc, dh = d
    da_o = dh * s * o * (1.0 - o)
    dc = dc + dh * o * slope + da_o * p_o
    da_f = dc * c * f * (1.0 - f)
    da_i = dc * g * i * (1.0 - i)
    dz = np.array([da_f, da_i, da_o, dc * i * (1.0 - g**2)])
    return dz, dz, np.array([dc * f + da_f * p_f + da_i * p_i, np.zeros_like(dh)])


def gru_step(zx, zu, state, own, squashing, tanh):
    """As `lstm_step`, of the state h alone; zu's last is U_n h + b_hn, which the reset gate multiplies."""
    (h,) = state
    r, z = logistic(zx[:2] + zu[:2], tanh)
    n = tanh(zx[2] + r * zu[2])
    return np.array([z * h + (1.0 - z) * n]), (r, z, n, zu[2], h)


def gru_step_back(d, kept, own):
    """As `lstm_step_back`; the two sides differ in n."""
    r, z, n, m, h = kept
    (dh,) = d
    da_n = dh * (1.0 - z) * (1.0 - n**2)
    da_r = da_n * m * r * (1.0 - r)
    da_z = dh * (h - n) * z * (1.0 - z)
    return np.array([da_r, da_z, da_n]), np.array([da_r, da_z, da_n * r]), np.array([dh * z])


def rnn_step(zx, zu, state, own, squashing, tanh):
    """As `lstm_step`, of the state h alone."""
    h = tanh(zx[0] + zu[0])
    return np.array([h]), h


def rnn_step_back(d, kept, own):
    """As `lstm_step_back`."""
    dz = d * (1.0 - kept**2)
    return dz, dz, np.zeros_like(d)


CELLS = {1: (rnn_step, rnn_step_back), 3: (gru_step, gru_step_back), 4: (lstm_step, lstm_step_back)}  # by G


def side(x, W):
    """W x for each row of x (B, D) and each gate of W (G, H, D): (G, B, H)."""
    return x @ W.transpose(0, 2, 1)


def layer_forward(own, zx, state, restart, squashing, factor, tanh):
    """Outputs (T, B, H), those the recurrent products read, the final states (S, B, H), and what every step keeps.

    zx (T, G, B, H): the input side with its bias.
    """
    step, U = CELLS[len(own["U"])][0], factor("U", own["U"])
    ys, befores, kept = [], [], []
    for t in range(len(zx)):
        state = np.where(restart[t][:, None], 0.0, state)
        befores.append(factor("h", state[-1]))
        zu = side(befores[-1], U)
        if "b_hn" in own:
            zu[2] += own["b_hn"]
        state, here = step(zx[t], zu, state, own, squashing, tanh)
        kept.append(here)
        ys.append(state[-1])
    return np.array(ys), np.array(befores), state, kept


def layer_backward(own, dy, befores, kept, restart, factor):
    """Rounded dZ of the input side (T, G, B, H), the layer's gradients without W's, those of its initial states."""
    back, U = CELLS[len(own["U"])][1], factor("U", own["U"])
    d = np.zeros((2 if len(U) == 4 else 1, *dy.shape[1:]))
    dzx, dzu = np.zeros((2, len(dy), len(U), *dy.shape[1:]))
    for t in reversed(range(len(dy))):
        d[-1] += dy[t]
        dzx_t, dzu_t, d = back(d, kept[t], own)
        dzx[t], dzu[t] = factor("dZ", dzx_t), factor("dZ", dzu_t)
        d[-1] += np.einsum("gbh,ghk->bk", dzu[t], U)
        d = np.where(restart[t][:, None], 0.0, d)
    found = {"U": np.einsum("tgbh,tbk->ghk", dzu, befores), "b": dzx.sum(axis=(0, 2))}
    if "b_hn" in own:
        found["b_hn"] = dzu[:, 2].sum(axis=(0, 1))
    if "p" in own:
        c, after = (np.array([here[place] for here in kept]) for place in (4, 5))
        found["p"] = np.array([(dzx[:, k] * a).sum(axis=(0, 1)) for k, a in ((0, c), (1, c), (2, after))])
    return dzx, found, d


def _layers(arrays):
    """Each layer's arrays by their last names."""
    own = {}
    for name, a in arrays.items():
        if name.startswith("layers."):
            own.setdefault(int(name.split(".")[1]), {})[name.rpartition(".")[2]] = a
    return [own[layer] for layer in range(len(own))]


def _weights(arrays, layers, token_masks, factor):
    """Factors: W of each layer, the output layer's matrix, and the table (V, D) that layer 0 reads."""
    output = factor("output.W", arrays.get("output.W", arrays.get("embedding")))
    above = [factor("W", own["W"]) for own in layers[1:]]
    if "embedding" not in arrays:
        return [layers[0]["W"], *above], output, np.eye(len(output))
    table = factor("embedding", arrays["embedding"] * token_masks[:, None])
    return [factor("W", layers[0]["W"]), *above], output, table


def _output_layer(read, y, W, b, factor):
    """Nats (T, B) of the targets y, and the gradients of the logits from their mean over the scored ones."""
    scores, scored = log_softmax(read @ W.T + b), (y >= 0)[:, :, None]
    hit = np.eye(len(b))[y] * scored
    dlogits = (np.exp(scores) * scored - hit) / max(scored.sum(), 1)
    return -(scores * hit).sum(axis=2), factor("dlogits", dlogits)


def gradient(arrays, x, y, state, masks=None, squashing="tanh", skip_sum=False, token_masks=None, factor=rounded,
             tanh=short_tanh):  # fmt: skip
    """As `network.gradient`, with every factor of a product made by `factor`; and each target's nats (T, B).

    tanh: what gates are made with.
    """
    layers, restart, count = _layers(arrays), x < 0, int((y >= 0).sum())
    V, matrix = len(arrays["output.b"]), "output.W" if "output.W" in arrays else "embedding"
    masks = np.ones((len(layers), 1, 1)) if masks is None else masks
    token_masks = np.ones(V) if token_masks is None else token_masks
    Ws, output, table = _weights(arrays, layers, token_masks, factor)

    inputs, kept, final = [table[x] * ~restart[:, :, None]], [], []
    for layer, own in enumerate(layers):
        zx = np.array([side(x_t, Ws[layer]) + own["b"][:, None] for x_t in inputs[-1]])
        outputs, befores, end, steps = layer_forward(own, zx, state[:, layer], restart, squashing, factor, tanh)
        inputs.append(factor("up", outputs * masks[layer]))
        kept.append((befores, steps))
        final.append(end)
    read = factor("sum", sum(inputs[1:])) if skip_sum else inputs[-1]

    nats, dlogits = _output_layer(read, y, output, arrays["output.b"], factor)
    found = {name: np.zeros_like(a) for name, a in arrays.items()}
    found[matrix], found["output.b"] = np.einsum("tbv,tbh->vh", dlogits, read), dlogits.sum(axis=(0, 1))
    dread = dup = dlogits @ output
    dstate = np.zeros_like(state)
    for layer in reversed(range(len(layers))):
        dz, own, dstate[:, layer] = layer_backward(layers[layer], dup * masks[layer], *kept[layer], restart, factor)
        if layer:
            own["W"] = np.einsum("tgbh,tbd->ghd", dz, inputs[layer])
            dup = np.einsum("tgbh,ghd->tbd", dz, Ws[layer]) + (dread if skip_sum else 0.0)
        else:
            sums = np.einsum("tgbh,tbv->gvh", dz, np.eye(V)[x] * ~restart[:, :, None])
            if "embedding" in arrays:
                sums = factor("token sums", sums)
                found["embedding"] += np.einsum("gvh,ghd->vd", sums, Ws[0]) * token_masks[:, None]
            own["W"] = np.einsum("gvh,vd->ghd", sums, table)
        found |= {f"layers.{layer}.{name}": a for name, a in own.items()}
    return Result(float(nats.sum() / max(count, 1)), count, found, dstate, np.stack(final, axis=1)), nats
