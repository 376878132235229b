"""Traces made by hand or by a small untrained network, for the tests of inspection and render."""

import numpy as np

from lstmgen.api import Model
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspection.trace import Trace
from lstmgen.modelfile import make_header
from lstmgen.modelfile.model import ModelFile
from lstmgen.network import Network
from lstmgen.settings import Architecture


def network_for(cell="lstm", *, V=7, E=4, H=6, L=2, seed=0, skip_sum=False):
    """Weights large enough for every gate to move."""
    squashing = "identity" if cell == "peephole" else "tanh"
    architecture = Architecture(cell, V, E, H, L, squashing, skip_sum=skip_sum)
    size = architecture.parameter_count()
    return Network(architecture, np.random.default_rng(seed).normal(0, 0.8, size).astype(np.float32))


def model_of(tokens, cell="lstm", *, E=4, H=6, L=2, seed=0, level="char", **facts):
    """An untrained model over these tokens, with such weights. facts: of its header."""
    network = network_for(cell, V=len(tokens), E=E, H=H, L=L, seed=seed)
    header = make_header(network.architecture, level=level, vocabulary=tokens, **facts)
    return Model(ModelFile(header, dict(network.views)))


def made_up(text="Once upon a time there was a dog.", *, cell="lstm", L=1, H=8, seed=0, tokens=None):
    """A trace of random values of the right sizes and ranges, over the characters of a text or over given tokens."""
    rng = np.random.default_rng(seed)
    tokens = list(text) if tokens is None else tokens
    T, kinds = len(tokens), sorted(set(tokens))
    values = {name: rng.random((T, L, H)).astype(np.float32) for name in "fio"}
    values["g"] = rng.uniform(-1, 1, (T, L, H)).astype(np.float32)
    values["c"] = rng.normal(0, 2, (T, L, H)).astype(np.float32)
    values["h"] = np.tanh(rng.normal(0, 1, (T, L, H))).astype(np.float32)
    if cell == "gru":
        values = {"r": values["f"], "z": values["i"], "n": values["g"], "h": values["h"]}
    values = {letter: values[letter] for letter in CELL_FACTS[cell].letters}
    return Trace(
        cell=cell,
        values=values,
        initial={name: rng.normal(size=(L, H)).astype(np.float32) for name in ("c", "h") if name in values},
        logits=rng.normal(size=(T, len(kinds))).astype(np.float32),
        first_logits=rng.normal(size=len(kinds)).astype(np.float32),
        tokens=tokens,
        ids=np.array([kinds.index(token) for token in tokens], np.int32),
    )
