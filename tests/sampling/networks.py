"""Small untrained networks whose weights are large enough for every step to matter."""

import numpy as np

from lstmgen.network import Network
from lstmgen.sampling.generator import generate
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import Architecture, SamplingSettings


def network_for(vocabulary, cell="lstm", seed=0):
    """Two layers of 20 units; weights of about 0.8."""
    architecture = Architecture(cell, len(vocabulary), 7, 20, 2, "identity" if cell == "peephole" else "tanh")
    size = architecture.parameter_count()
    return Network(architecture, np.random.default_rng(seed).normal(0, 0.8, size).astype(np.float32))


def written(network, vocabulary, settings=None, guard=None, **request):
    """What a network writes when it is asked: an iterator of chunks; request: keywords of `prepare_request`."""
    return generate(network, vocabulary, prepare_request(vocabulary, settings or SamplingSettings(), **request), guard)
