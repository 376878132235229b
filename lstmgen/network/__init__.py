"""Parameters and arithmetic of one model: no file, no flag, no epoch, no print."""

from lstmgen.network.network import Gradient, Network
from lstmgen.network.parameters import initialise, views_of
from lstmgen.network.writer import Writer

__all__ = ["Gradient", "Network", "Writer", "initialise", "views_of"]
