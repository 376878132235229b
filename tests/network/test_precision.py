"""The precision of a network's gradient: what may be asked for, and that a copy keeps it."""

import copy

import pytest

from lstmgen.network import Network
from lstmgen.settings import Architecture

SIZES = Architecture("lstm", 5, 0, 4, 1)


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_copy_keeps_it(precision):
    network = Network(SIZES, precision=precision)
    assert network.precision == copy.deepcopy(network).precision == precision


def test_float32_where_nobody_asks():
    assert Network(SIZES).precision == "float32"


def test_any_other_is_refused():
    with pytest.raises(ValueError, match="precision must be float32 or bf16, not 'float16'"):
        Network(SIZES, precision="float16")
