"""What the CPUs of all ranks can do, which decides what each of them may do: all must come to the same weights."""

from __future__ import annotations

from lstmgen.arrays import Float64Array
from lstmgen.errors import UsageError
from lstmgen.kernels.vector import WIDTH
from lstmgen.network.precision import NEEDED, check_precision, has_bf16
from lstmgen.ranks.single import Ranks
from lstmgen.training.orders import Order


def all_have_bf16(ranks: Ranks, precision: str) -> bool:
    """Whether every CPU has instructions for bfloat16; asked by rank 0.

    UsageError where `precision`, as it was asked for, needs them and they do not, or where their vectors differ in
    width: sums would be added up in another order.
    """
    check_precision(precision)
    with ranks.order(Order.CPU):
        bf16, widths = say_of_cpu(ranks).T
    least, most = int(widths.min()), int(widths.max())
    if least < most:
        setting = "LSTMGEN_TILE=plain" if least == 1 else f"LSTMGEN_LANES={least}"
        raise UsageError(
            f"The vectors of process {int(widths.argmin())} hold {least} number{'s' * (least > 1)}, those of process "
            f"{int(widths.argmax())} {most}, so their sums and weights would differ after a while.\n"
            f"Set the environment variable {setting} for all of them."
        )
    if precision == "bf16" and not bf16.all():
        raise UsageError(
            f"--precision bf16 needs {NEEDED} on every machine, and process {int(bf16.argmin())} has none.\n"
            "Leave it out, or give --precision float32, which runs everywhere."
        )
    return bool(bf16.all())


def say_of_cpu(ranks: Ranks) -> Float64Array:
    """Of each rank whether it has bfloat16 and how wide its vectors are, (size, 2); called by all of them."""
    return ranks.agree(float(has_bf16()), float(WIDTH))
