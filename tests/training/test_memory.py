"""The memory a plan names, against what a process of its own grows by."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from lstmgen.settings import PRECISIONS
from lstmgen.text import Streams, load_text
from lstmgen.training.memory import order_growth

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux's /proc")

MEASURE = """
import json, sys
import psutil
from lstmgen.network import precision as of_network
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.training import events, train
from tests.training.runs import corpus

of_network.BF16 = True  # where it is not, plain code takes the same memory
units, layers, rows, level, drop = *map(int, sys.argv[1:4]), sys.argv[4], float(sys.argv[5])
precision, out = sys.argv[6:]
for event in train(
    corpus(100_000, level=level),
    ModelSettings(hidden_size=units, num_layers=layers),
    TrainingSettings(steps=3, batch_size=rows, threads=2, weight_drop=drop, precision=precision),
    __import__("pathlib").Path(out),
):
    if isinstance(event, events.Compiled):
        before = psutil.Process().memory_info().rss
    if isinstance(event, events.Planned):
        expected = event.memory
with open("/proc/self/status") as status:  # getrusage would also count what the parent held when it forked
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
print(json.dumps([expected, peak - before]))
"""


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Compiling takes more memory than training: it is done, and cached, by another process."""
    compile_all = "from lstmgen.settings import ModelSettings as M; from lstmgen.training import probe as p; "
    subprocess.run(
        [sys.executable, "-c", compile_all + "p.compile_kernels(M(), 2, True, precisions=('float32', 'bf16'))"],
        cwd=ROOT,
        check=True,
    )


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(
    ("units", "layers", "rows", "level", "drop"),
    [(256, 1, 32, "char", 0.0), (512, 2, 16, "word", 0.0), (512, 1, 32, "char", 0.5)],
)
def test_within_a_fifth(
    tmp_path: Path, units: int, layers: int, rows: int, level: str, drop: float, precision: str
) -> None:
    arguments = [str(units), str(layers), str(rows), level, str(drop), precision, str(tmp_path / "m.npz")]
    command = [sys.executable, "-c", MEASURE, *arguments]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    expected, grown = json.loads(found.stdout.splitlines()[-1])
    assert expected == pytest.approx(grown, rel=0.2)


def test_so_much_for_many_lines() -> None:
    corpus = load_text("ab\nc\n" * 100_000, lines=True, mmap_above=0)
    tracemalloc.start()
    try:
        streams = Streams(corpus.training, corpus.training_starts, 4, 16, np.random.default_rng(1))
        streams.next_window()
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert order_growth(len(corpus.training_starts)) == pytest.approx(grown, rel=0.15)
