"""The network against the twin at 4, 8 and 16 lanes and with the plain tile: each a process of its own."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VARIANTS = ("LSTMGEN_LANES=4", "LSTMGEN_LANES=8", "LSTMGEN_LANES=16", "LSTMGEN_TILE=plain")


def run(variant):
    """Output of the selection under this setting; all else as it is here."""
    name, value = variant.split("=")
    environment = {k: v for k, v in os.environ.items() if k not in ("LSTMGEN_LANES", "LSTMGEN_TILE")} | {name: value}
    command = [sys.executable, "-m", "tests.network.selection"]
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
    lanes, tile = result.stdout.split()
    assert variant in (f"LSTMGEN_LANES={lanes}", "LSTMGEN_TILE=plain")
    assert tile == ("plain" if variant == "LSTMGEN_TILE=plain" else "emitted")  # nothing fell back in silence
    assert result.stderr == ""
