"""What weights say, in a sentence for beginners."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lstmgen.cell_facts import CellFacts
from lstmgen.inspect.canvas.labels import quoted_label, token_words
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.weights.measure import Matrix, MatrixMeasures, Neighbours, VectorMeasures

_ALIKE = 0.3  # cosine from which on two tokens are said to be alike
_SPACES = {"embedding": "as it reads", "W": "as it reads", "output.W": "as it writes"}


def layer_summary(cell: CellFacts, measured: Sequence[MatrixMeasures], offsets: Sequence[VectorMeasures]) -> str:
    """Which gate has the largest and the smallest weights, and how the keeping gate stands where nothing is said."""
    sizes = _mean_sizes(measured)
    first, last = max(sizes, key=lambda letter: sizes[letter]), min(sizes, key=lambda letter: sizes[letter])
    words = f"the larger its weights, the more sharply a part reacts: {_named(cell, first)} has the largest, "
    words += f"{sizes[first]:.2g} on average"
    if first != last:
        words += f", {_named(cell, last)} the smallest, {sizes[last]:.2g}"
    if not cell.keep:
        return words + "."
    bias = next(one.mean for one in offsets if one.name == f"b.{cell.keep}")
    stands = percent(1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, bias))))) if math.isfinite(bias) else "? %"
    return f"{words}; by its bias b alone {_named(cell, cell.keep)} keeps {stands} of the memory."


def _mean_sizes(measured: Sequence[MatrixMeasures]) -> dict[str, float]:
    """By gate, the mean size of all its weights, W and U together; what is no number as 0."""
    totals: dict[str, list[float]] = {}
    for one in measured:
        if one.layer is not None:
            numbers = one.rows * one.columns
            size, count = totals.setdefault(one.name[2:], [0.0, 0.0])
            mean = one.mean_size if math.isfinite(one.mean_size) else 0.0
            totals[one.name[2:]] = [size + mean * numbers, count + numbers]
    return {letter: size / count for letter, (size, count) in totals.items()}


def _named(cell: CellFacts, letter: str) -> str:
    return f"{cell.quantity(letter).lecture} {letter}"


def matrix_summary(matrix: Matrix, rows: Sequence[str], columns: Sequence[str]) -> str:
    """The largest weight and where it leads. rows, columns: labels: of units their numbers, of tokens their texts."""
    sizes = np.nan_to_num(np.abs(matrix.values.astype(np.float64)))
    row, column = (int(k) for k in np.unravel_index(int(np.argmax(sizes)), sizes.shape))
    ends = [
        f"{noun} {label}" if label == str(place) else quoted_label(label)
        for place, label, noun in ((column, columns[column], _source(matrix)), (row, rows[row], "unit"))
    ]
    value = float(matrix.values[row, column])
    way = "raises" if value > 0 else "lowers"
    between = f"between {ends[1]} and {ends[0]}" if matrix.name == "embedding" else f"{ends[0]} {way} {ends[1]} most"
    return f"of {sizes.size:,} weights the strongest is {value:+.2g}: {between}."


def _source(matrix: Matrix) -> str:
    return "number" if matrix.name == "embedding" or matrix.name.startswith("W.") else "unit"


def neighbours_summary(token: str, neighbours: Sequence[Neighbours], tokens: Sequence[str]) -> str:
    """Whom a token is most like, as it is read and as it is written; 1 is the same."""
    parts = []
    for one in neighbours:
        cosine, nearest = float(one.cosines[0]), token_words(tokens[one.ids[0]])
        how = _SPACES[one.space] if len(neighbours) > 1 else "as it reads and writes"
        if cosine >= _ALIKE:
            parts.append(f"{how}, most like {nearest} ({cosine:.2f} of at most 1)")
        else:
            value = "?" if math.isnan(cosine) else f"{cosine:.2f}"
            parts.append(f"{how}, hardly like any other, even {nearest} ({value})")
    return f"to the model {token_words(token)} is, {'; '.join(parts)}."
