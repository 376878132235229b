"""Parameters and arithmetic of one model: no file, no flag, no epoch, no print."""

from lstmgen.network.adapting import SEGMENT, AdaptingNetwork
from lstmgen.network.held import HeldNetwork
from lstmgen.network.holds import Hold, parse_hold, together
from lstmgen.network.network import Gradient, Network
from lstmgen.network.parameters import initialise, take_over, views_of
from lstmgen.network.writer import Writer, Writes

__all__ = [
    "SEGMENT",
    "AdaptingNetwork",
    "Gradient",
    "HeldNetwork",
    "Hold",
    "Network",
    "Writer",
    "Writes",
    "initialise",
    "parse_hold",
    "take_over",
    "together",
    "views_of",
]
