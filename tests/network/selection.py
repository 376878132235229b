"""A few cases of the network against the twin, run as a program of its own where the environment must differ.

python -m tests.network.selection: prints "agreed", or ends with the failing assertion.
"""

from tests.network.cases import Case, check_gradient, check_outputs, grid

CELLS = ("lstm", "peephole")  # the first has no peepholes and a lookup of one-hot rows, the second has both


def selection():
    """Every unit count, with a cell each in turn; and one window whose rows are no multiple of any tile."""
    cases = [case for case in grid() if case.cell in CELLS and case.squashing == "tanh"]
    by_units = {}
    for n, H in enumerate((1, 5, 17, 64, 200)):
        fitting = [case for case in cases if case.H == H]
        by_units[H] = fitting[n % len(fitting)]
    return [*by_units.values(), Case("lstm", "tanh", V=11, E=3, H=33, L=2, B=13, T=4)]


if __name__ == "__main__":
    for one in selection():
        check_gradient(one, seed=1)
        check_outputs(one, seed=2)
    print("agreed")
