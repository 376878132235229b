"""Weights for other programs: measures of every matrix, one matrix number by number, neighbours of a token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np

from lstmgen.inspect.common.data import Arrays, Table
from lstmgen.inspect.weights.measure import NEAR_ZERO, Matrix, MatrixMeasures, Neighbours, VectorMeasures


def weights_facts(measured: Sequence[MatrixMeasures], offsets: Sequence[VectorMeasures]) -> dict[str, Any]:
    """All measures; `near_zero` is the share of sizes below what is said."""
    return {"near_zero_below": NEAR_ZERO, "matrices": list(measured), "biases": list(offsets)}


def weights_table(measured: Sequence[MatrixMeasures]) -> Table:
    """A row a matrix."""
    return Table([field.name for field in fields(MatrixMeasures)], (astuple(one) for one in measured))


def weights_arrays(matrices: Sequence[Matrix]) -> Arrays:
    """Each matrix, as layers.0.U.f or embedding."""
    for one in matrices:
        yield one.name if one.layer is None else f"layers.{one.layer}.{one.name}", one.values


def matrix_facts(matrix: Matrix, measured: MatrixMeasures) -> dict[str, Any]:
    """Its measures and all its numbers."""
    return {"near_zero_below": NEAR_ZERO, "measures": measured, "values": matrix.values}


def matrix_table(matrix: Matrix) -> Table:
    """A row for each number."""
    rows = ([row, column, value] for (row, column), value in np.ndenumerate(matrix.values))
    return Table(["row", "column", "weight"], rows)


def neighbours_facts(nearest: Sequence[Neighbours], tokens: Sequence[str]) -> list[dict[str, Any]]:
    """Each table's tokens, nearest first."""
    return [
        {"space": one.space, "tokens": [tokens[k] for k in one.ids], "ids": one.ids, "cosines": one.cosines}
        for one in nearest
    ]


def neighbours_table(nearest: Sequence[Neighbours], tokens: Sequence[str]) -> Table:
    """A row for each table and token, nearest first."""

    def rows() -> Iterator[list[Any]]:
        for one in nearest:
            for rank, (k, cosine) in enumerate(zip(one.ids.tolist(), one.cosines.tolist(), strict=True), 1):
                yield [one.space, rank, k, tokens[k], cosine]

    return Table(["space", "rank", "id", "token", "cosine"], rows())


def neighbours_arrays(nearest: Sequence[Neighbours], tokens: Sequence[str]) -> Arrays:
    """ids and cosines of each table, and all tokens by id."""
    yield "tokens", np.array(tokens, dtype=np.str_)
    for one in nearest:
        yield f"{one.space}_ids", one.ids
        yield f"{one.space}_cosines", one.cosines
