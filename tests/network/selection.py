"""A few cases of the network against the twin, run as a program of its own where the environment must differ.

python -m tests.network.selection: prints the lanes and the kind of tile in use, or ends with the failing assertion.
"""

from lstmgen.kernels.compile import CompiledWith
from lstmgen.kernels.lanes import LANES
from tests.network.cases import Case, check_gradient, check_outputs, check_writing, grid


def selection():
    """A network of every unit count, each cell among them; and one window whose rows fill no tile."""
    by_units = {}
    for case in grid():
        by_units.setdefault(case.H, []).append(case)
    yield from (cases[(n + 1) % len(cases)] for n, cases in enumerate(by_units.values()))
    yield Case("lstm", "tanh", V=11, E=3, H=33, L=2, B=13, T=4)


if __name__ == "__main__":
    for one in selection():
        check_gradient(one, seed=1)
        check_outputs(one, seed=2)
        check_writing(one, seed=3)
    print(LANES, "plain" if CompiledWith.fallback else "emitted")
