"""The weights themselves: each matrix with its measures, the biases, and which tokens have weights alike.

G gates, H units, D inputs, V vocabulary, E embedding. A layer's W (G, H, D) and U (G, H, H) are taken apart by gate:
W.f is (H, D), U.f is (H, H).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, FloatArray, Int64Array
from lstmgen.cell_facts import CellFacts
from lstmgen.errors import UsageError

NEAR_ZERO = 0.01  # smaller sizes hardly add to a sum of values between -1 and 1

_Arrays = Mapping[str, Float32Array]


@dataclass(frozen=True)
class Matrix:
    """One matrix (rows, columns). layer: None for what belongs to no layer."""

    name: str
    layer: int | None
    values: FloatArray


@dataclass(frozen=True)
class MatrixMeasures:
    """Sizes are without sign. norm: Frobenius; stretch: the largest singular value, by which it can lengthen a vector.

    radius: the spectral radius, the size of the largest eigenvalue, of U; None for what is fed no output of its own.
    """

    name: str
    layer: int | None
    rows: int
    columns: int
    mean: float
    mean_size: float
    largest: float
    norm: float
    stretch: float
    near_zero: float  # share of sizes below NEAR_ZERO
    radius: float | None


@dataclass(frozen=True)
class VectorMeasures:
    """What a gate has one number a unit of: its biases (b.f ...), or a further parameter of the cell (p.f ...)."""

    name: str
    layer: int
    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Neighbours:
    """All tokens but one, those first whose weights point most in its direction (V - 1,). space: "W", "output.W" ..."""

    space: str
    ids: Int64Array
    cosines: Float64Array


def list_matrices(arrays: _Arrays, gates: Sequence[str], layers: Sequence[int]) -> list[Matrix]:
    """Every matrix of these layers by gate, and those of no layer: embedding and output.W."""
    matrices = [Matrix("embedding", None, arrays["embedding"])] if "embedding" in arrays else []
    for layer in layers:
        for kind in "WU":
            matrices += [
                Matrix(f"{kind}.{gate}", layer, part)
                for gate, part in zip(gates, arrays[f"layers.{layer}.{kind}"], strict=True)
            ]
    return [*matrices, Matrix("output.W", None, arrays["output.W"])] if "output.W" in arrays else matrices


def find_matrix(matrices: Sequence[Matrix], name: str) -> Matrix:
    """The one of this name, in any case; a gate can be left out where there is one. Raises UsageError."""
    wanted = name.strip().lower()
    for matrix in matrices:
        if wanted == matrix.name.lower() or (
            wanted == matrix.name.lower().removesuffix(".h") and matrix.layer is not None
        ):
            return matrix
    raise UsageError(f"There is no matrix {name!r}.\nThere are: {', '.join(matrix.name for matrix in matrices)}.")


def measure_matrix(matrix: Matrix) -> MatrixMeasures:
    """All measures of a matrix, computed in float64."""
    values = matrix.values.astype(np.float64)
    sizes = np.abs(values)
    small = values @ values.T if values.shape[0] <= values.shape[1] else values.T @ values
    recurrent = matrix.name.startswith("U.")
    return MatrixMeasures(
        name=matrix.name,
        layer=matrix.layer,
        rows=values.shape[0],
        columns=values.shape[1],
        mean=float(values.mean()),
        mean_size=float(sizes.mean()),
        largest=float(sizes.max()),
        norm=float(np.sqrt(np.sum(values * values))),
        stretch=math.sqrt(max(0.0, float(np.linalg.eigvalsh(small)[-1]))),
        near_zero=float(np.mean(sizes < NEAR_ZERO)),
        radius=float(np.abs(np.linalg.eigvals(values)).max()) if recurrent else None,
    )


def measure_vectors(arrays: _Arrays, cell: CellFacts, layers: Sequence[int]) -> list[VectorMeasures]:
    """Biases and further parameters of these layers, gate by gate."""
    vectors = []
    for layer in layers:
        for kind, gates in (("b", cell.gates), *((name, extra.gates) for name, extra in cell.extra.items())):
            for gate, row in zip(gates, np.atleast_2d(arrays[f"layers.{layer}.{kind}"]), strict=True):
                mean = float(row.mean(dtype=np.float64))
                vectors.append(VectorMeasures(f"{kind}.{gate}", layer, mean, float(row.min()), float(row.max())))
    return vectors


def reduce_blocks(
    values: FloatArray, rows: int, columns: int, how: str = "mean"
) -> tuple[FloatArray, Int64Array, Int64Array]:
    """At most `rows` x `columns` blocks, as equal in size as can be: mean or max of the sizes in each.

    Returns the blocks, and the first row and first column of each; where all fits, the values themselves, with signs.
    """
    firsts = [
        np.arange(k := min(room, size)) * size // k for room, size in zip((rows, columns), values.shape, strict=True)
    ]
    down, across = firsts
    if (len(down), len(across)) == values.shape:
        return values, down, across
    sizes = np.abs(values)
    if how == "max":
        return np.maximum.reduceat(np.maximum.reduceat(sizes, down, axis=0), across, axis=1), down, across
    sums = np.add.reduceat(np.add.reduceat(sizes.astype(np.float64), down, axis=0), across, axis=1)
    counts = [np.diff(np.append(first, size)) for first, size in zip(firsts, sizes.shape, strict=True)]
    return sums / np.outer(*counts), down, across


def nearest_tokens(arrays: _Arrays, token: int) -> list[Neighbours]:
    """By cosine, in the table that reads tokens (embedding, or columns of W for one-hot) and in that which writes them.

    A token whose weights are all zero has no direction: its cosine is NaN and comes last.
    """
    if "embedding" in arrays:
        spaces = [("embedding", arrays["embedding"].T)]
    else:
        read = arrays["layers.0.W"]
        spaces = [("W", read.reshape(-1, read.shape[-1]))]
    if "output.W" in arrays:
        spaces.append(("output.W", arrays["output.W"].T))
    return [_neighbours(name, table, token) for name, table in spaces]


def _neighbours(name: str, table: FloatArray, token: int) -> Neighbours:
    """table (D, V): a column a token."""
    lengths = np.sqrt(np.einsum("dv,dv->v", table, table, dtype=np.float64))
    products = np.einsum("d,dv->v", table[:, token], table, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = products / (lengths * lengths[token])
    order = np.argsort(-cosines, kind="stable")  # NaN last
    order = order[order != token]
    return Neighbours(name, order.astype(np.int64), cosines[order])
