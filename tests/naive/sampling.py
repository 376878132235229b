"""The filters by their definitions, on probability vectors (V,), in the order temperature, top-k, top-p, min-p.

Each filter sees the distribution that the one before has left, made to sum to 1 again. Among equals the lower id
comes first.
"""

import numpy as np

from tests.naive.network import softmax


def _only(probabilities, kept):
    found = np.zeros_like(probabilities)
    for token in kept:
        found[token] = probabilities[token]
    return found / found.sum()


def _by_probability(probabilities):
    """Ids that can occur, most probable first."""
    return sorted(np.flatnonzero(probabilities > 0.0), key=lambda token: (-probabilities[token], token))


def tempered(logits, temperature, banned=None):
    """softmax(logits / temperature) over the tokens not banned; temperature 0: all on the first most likely token."""
    logits = np.array(logits, dtype=np.float64)
    if banned is not None:
        logits[np.asarray(banned, dtype=bool)] = -np.inf
    if temperature == 0.0:
        return np.eye(len(logits))[int(np.argmax(logits))]
    return softmax((logits - logits.max()) / temperature)


def keep_top_k(probabilities, k):
    """The k most probable tokens; 0 keeps all."""
    return probabilities if k == 0 else _only(probabilities, _by_probability(probabilities)[:k])


def keep_top_p(probabilities, p):
    """The fewest most probable tokens whose probabilities sum to at least p; always one of them; 1 keeps all."""
    if p >= 1.0:
        return probabilities
    kept, mass = [], 0.0
    for token in _by_probability(probabilities):
        kept.append(token)
        mass += probabilities[token]
        if mass >= p:
            break
    return _only(probabilities, kept)


def keep_min_p(probabilities, share):
    """The tokens at least `share` times as probable as the most probable one."""
    return _only(probabilities, np.flatnonzero(probabilities >= share * probabilities.max()))


def filtered(logits, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, banned=None):
    """The distribution a token is drawn from."""
    found = tempered(logits, temperature, banned)
    return keep_min_p(keep_top_p(keep_top_k(found, top_k), top_p), min_p)
