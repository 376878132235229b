"""Kernels that only other kernels call, each with a door for Python."""

from lstmgen.kernels import pack as packing
from lstmgen.kernels import product as products
from lstmgen.kernels.compile import jit


@jit
def product(*arguments):
    """`product.product`."""
    products.product(*arguments)


@jit
def edge_product(*arguments):
    """`product.edge_product`."""
    products.edge_product(*arguments)


@jit
def window_product(*arguments):
    """`product.window_product`."""
    products.window_product(*arguments)


@jit
def window_product_back(*arguments):
    """`product.window_product_back`."""
    products.window_product_back(*arguments)


@jit
def table_product_back(*arguments):
    """`product.table_product_back`."""
    products.table_product_back(*arguments)


@jit
def weight_product(*arguments):
    """`product.weight_product`."""
    products.weight_product(*arguments)


@jit
def pack_forward(*arguments):
    """`pack.pack_forward`."""
    packing.pack_forward(*arguments)


@jit
def pack_backward(*arguments):
    """`pack.pack_backward`."""
    packing.pack_backward(*arguments)


@jit
def unpack_gradient(*arguments):
    """`pack.unpack_gradient`."""
    packing.unpack_gradient(*arguments)
