"""A few cases of the network against the twin, run as a program of its own where the environment must differ.

python -m tests.network.selection [--without-avx512] [CELL ...]: checks these cells (all, if none is named) and prints
the lanes, the rows of a tile and its kind; or ends with the failing assertion. What is checked of each: training
forward and backward, scoring and the trace, writing; and once AdamW, the clipping norm, adapting and, with 8 or more
lanes and the emitted tile, an LSTM's gradient in bfloat16.
"""

import sys

from llvmlite import binding


def hide_avx512():
    """Make this CPU look like one of before AVX-512: 8 lanes, half as many registers, and code that such a CPU runs.

    To be called before the kernels are imported. Changes nothing on a CPU that has no AVX-512 anyway.
    """
    of_this_cpu = binding.get_host_cpu_features

    def without():
        features = of_this_cpu()
        features.update((name, False) for name in features if name.startswith("avx512"))
        return features

    binding.get_host_cpu_features = without  # which both lstmgen and Numba ask


def selection(cells):
    """A network of every unit count, each cell among them; and one window whose rows fill no tile."""
    from tests.network.cases import Case, grid

    by_units = {}
    for case in grid():
        by_units.setdefault(case.H, []).append(case)
    chosen = [cases[(n + 1) % len(cases)] for n, cases in enumerate(by_units.values())]
    chosen.append(Case("lstm", "tanh", V=11, E=3, H=33, L=2, B=13, T=4))
    return [case for case in chosen if not cells or case.cell in cells]


def check(cells):
    """AssertionError where anything differs from the twin."""
    from lstmgen.errors import UsageError
    from lstmgen.kernels.compile import CompiledWith
    from lstmgen.kernels.lanes import BF16, LANES
    from lstmgen.network.precision import check_precision
    from tests.network.cases import Case, check_gradient, check_outputs, check_writing
    from tests.network.mixed_precision import check_mixed
    from tests.network.test_adapting import test_it_is_the_rule
    from tests.network.test_optimiser_kernels import CASES, test_the_global_norm, test_three_updates_equal_the_twins

    chosen = selection(cells)
    for case in chosen:
        check_gradient(case, seed=1)
        check_outputs(case, seed=2)
        check_writing(case, seed=3)
    if LANES != 4 and not CompiledWith.fallback:  # there what stands for the instruction is that of 8, and builds long
        for sizes in ({"E": 6, "H": 17, "L": 2, "B": 7, "skip_sum": True}, {"E": 0, "H": 40, "L": 1, "B": 3}):
            check_mixed(Case("lstm", "tanh", V=13, T=5, **sizes))
    test_three_updates_equal_the_twins(CASES[0])
    test_the_global_norm()
    test_it_is_the_rule("lstm", "tanh", 5)
    try:
        check_precision("bf16")
        refused = False
    except UsageError:
        refused = True
    assert refused is not BF16


if __name__ == "__main__":
    if "--without-avx512" in sys.argv:
        hide_avx512()
    check(set(sys.argv[1:]) - {"--without-avx512"})

    from lstmgen.kernels.compile import CompiledWith
    from lstmgen.kernels.lanes import LANES, TILE_ROWS

    print(LANES, TILE_ROWS, "plain" if CompiledWith.fallback else "emitted")
