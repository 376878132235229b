"""Networks wired by hand, whose inside is known: one that remembers quotation marks, one that repeats what was."""

import numpy as np

from lstmgen.api import Model

QUOTE = '"'
TOGGLE = 2  # the unit that flips


def quote_model(text):
    """An LSTM of five units; unit 2 keeps its memory but at a quotation mark, where it turns it over.

    Its gates are wide open or shut: forget shut and input open at a mark, else the other way round. The candidate is
    the opposite of its output. The others know the last token, each in its own way.
    """
    tokens = sorted({*text, QUOTE})
    V, H, mark = len(tokens), 5, tokens.index(QUOTE)
    rng = np.random.default_rng(7)
    W, U, b = rng.normal(0, 1, (4, H, V)), np.zeros((4, H, H)), np.zeros((4, H))
    f, i, o, g = range(4)
    others = np.arange(V) != mark
    W[:, TOGGLE] = 0.0
    W[f, TOGGLE, others], b[f, TOGGLE] = 24.0, -12.0
    W[i, TOGGLE, others], b[i, TOGGLE] = -24.0, 12.0
    b[o, TOGGLE] = 12.0
    U[g, TOGGLE, TOGGLE], b[g, TOGGLE] = -20.0, -0.5
    output = rng.normal(0, 0.5, (V, H))
    output[mark, TOGGLE] = 3.0
    arrays = {"layers.0.W": W, "layers.0.U": U, "layers.0.b": b, "output.W": output, "output.b": np.zeros(V)}
    return Model.from_arrays(arrays, tokens)


def quoted_text(size, rng, letters="abcdefgh ,."):
    """Random letters with stretches between quotation marks, none of which says where it is."""
    found = []
    while len(found) < size:
        found += [*rng.choice(list(letters), rng.integers(20, 90)), QUOTE]
    return "".join(found[:size])


def delay_network(k, V, gain=20.0):
    """A plain RNN of k registers of V units: what comes next is the token read k - 1 tokens before the last one."""
    from lstmgen.network import Network
    from lstmgen.settings import Architecture

    H = k * V
    network = Network(Architecture("rnn", V, 0, H, 1))
    network.views["layers.0.W"][0, :V] = gain * np.eye(V)
    for register in range(1, k):
        at = slice(register * V, (register + 1) * V)
        network.views["layers.0.U"][0, at, (register - 1) * V : register * V] = gain * np.eye(V)
    network.views["output.W"][:, (k - 1) * V :] = 6.0 * np.eye(V)
    network.refresh()
    return network


def delayed_ids(k, V, size, rng, share=0.8):
    """Random ids of which this share repeat the one k before."""
    ids = rng.integers(0, V, size).astype(np.int32)
    for t in range(k, size):
        if rng.random() < share:
            ids[t] = ids[t - k]
    return ids
