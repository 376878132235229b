"""Parameters and arithmetic of one model: no file, no flag, no epoch, no print."""

from lstmgen.network.adapting import SEGMENT, AdaptingNetwork
from lstmgen.network.clamped import ClampedNetwork
from lstmgen.network.clamps import Clamp, merge_clamps, parse_clamp
from lstmgen.network.network import Gradient, Network
from lstmgen.network.parameters import initialise, parameter_views, transfer_parameters
from lstmgen.network.protocols import GenerativeNetwork, InferenceNetwork
from lstmgen.network.sampler import KernelSampler, TokenSampler

__all__ = [
    "SEGMENT",
    "AdaptingNetwork",
    "Clamp",
    "ClampedNetwork",
    "GenerativeNetwork",
    "Gradient",
    "InferenceNetwork",
    "KernelSampler",
    "Network",
    "TokenSampler",
    "initialise",
    "merge_clamps",
    "parameter_views",
    "parse_clamp",
    "transfer_parameters",
]
