"""The network against the twin at 4, 8 and 16 lanes and with the plain tile: each a process of its own.

Where the machine has AVX-512, the one of 8 lanes runs with that hidden, so that its tiles have the rows and its code
the instructions and registers of a CPU with AVX2. Every cell is compiled there and at the machine's width; elsewhere
the LSTM and the peephole cell, which share their kernels, stand for all: what changes with the width is in products,
tiles and vector words, which are the same for every cell.
"""

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lstmgen.kernels.lanes import LANES, TILE_ROWS

ROOT = Path(__file__).parents[2]
HALF = 2 if platform.machine().lower() in {"x86_64", "amd64"} else TILE_ROWS  # rows of a tile without AVX-512
LSTM = ("lstm", "peephole")
AT_16 = () if LANES == 16 else LSTM  # at the machine's own width all kernels are compiled for the other tests
VARIANTS = {
    "LSTMGEN_LANES=8": (("--without-avx512",), f"8 {HALF} emitted"),
    "LSTMGEN_LANES=4": (LSTM, f"4 {TILE_ROWS} emitted"),
    "LSTMGEN_TILE=plain": (LSTM, f"{LANES} {TILE_ROWS} plain"),
    "LSTMGEN_LANES=16": (AT_16, f"16 {TILE_ROWS} emitted"),
}


def run(variant):
    """What the selection says under this setting; all else as it is here."""
    name, value = variant.split("=")
    environment = {k: v for k, v in os.environ.items() if k not in ("LSTMGEN_LANES", "LSTMGEN_TILE")} | {name: value}
    command = [sys.executable, "-m", "tests.network.selection", *VARIANTS[variant][0]]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def results():
    """All variants, two at a time: each compiles the kernels anew unless they are in the cache."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(VARIANTS, pool.map(run, VARIANTS), strict=True))


@pytest.mark.parametrize("variant", VARIANTS)
def test_agrees_with_the_twin(results, variant):
    result = results[variant]
    assert result.returncode == 0, result.stderr
    assert result.stdout == VARIANTS[variant][1] + "\n"  # nothing fell back in silence
    assert result.stderr == ""
