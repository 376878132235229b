"""How much memory a run will take."""

from __future__ import annotations

from lstmgen.settings import Architecture


def expected_growth(sizes: Architecture, rows: int, window: int) -> int:
    """Bytes by which the process grows at its peak, over what it holds once the corpus is read."""
    n = sizes.parameter_count()
    T, B, H, L, V = window, rows, sizes.units, sizes.layers, sizes.vocabulary
    return 4 * (12 * n + T * B * (L * H * (2 * sizes.gates + 4) + 2 * V))
