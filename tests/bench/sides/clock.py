"""Where the time of an update goes: what the network's Python calls is timed, on all threads.

What is neither kernel nor packing nor optimiser is Python, numpy, and threads waiting for one another. The passing of a
call's arguments (some microseconds) counts as the kernel's.
"""

import sys
from contextlib import contextmanager
from time import perf_counter

from numba.core.registry import CPUDispatcher

GROUPS = {
    "pack_weights": "packing", "adamw_pieces": "optimiser", "squared_norm": "optimiser",
}  # fmt: skip


def kernels_of(network):
    """Where each kernel that the network's Python calls is looked up: (namespace, name, kernel)."""
    owners = [module for name, module in sys.modules.items() if name.startswith("lstmgen.network.")]
    places = [vars(owner) for owner in (*owners, network.cell)]
    return [(p, name, k) for p in places for name, k in p.items() if isinstance(k, CPUDispatcher)]


def _timed(kernel, times):
    def run(*arguments):
        begun = perf_counter()
        found = kernel(*arguments)
        times.append(perf_counter() - begun)
        return found

    return run


@contextmanager
def kernels_timed(network):
    """While it lasts, the seconds of each call by group: kernels, packing, optimiser."""
    spent = {"kernels": [], "packing": [], "optimiser": []}
    found = kernels_of(network)
    for place, name, kernel in found:
        place[name] = _timed(kernel, spent[GROUPS.get(name, "kernels")])
    try:
        yield spent
    finally:
        for place, name, kernel in found:
            place[name] = kernel
