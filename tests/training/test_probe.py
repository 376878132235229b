"""What is compiled before the clock starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.settings import PRECISIONS

ROOT = Path(__file__).parents[2]
FIRST_CALLED = """
import gc, json, sys
from numba.core.dispatcher import Dispatcher
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.network import precision as of_network
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.training import probe, train
from tests.training.runs import corpus


def called():
    return {d.py_func.__name__ for d in gc.get_objects() if isinstance(d, Dispatcher) and d.overloads}


of_network.BF16 = True  # where it is not, plain code computes the same
cell, precision, before = *sys.argv[1:], called()
probe.compile_kernels(ModelSettings(cell), 2, samples=True, precisions=(precision,))
compiled = called() - before
for level, embedding, layers, more in [
    ("char", 0, 1, {}),
    ("char", 3, 2, {"dropout": 0.2, "weight_drop": 0.3, "embedding_dropout": 0.1}),
    ("word", 4, 1, {"dropout": 0.2}),
]:
    model = ModelSettings(cell, hidden_size=6, num_layers=layers, embedding_size=embedding)
    how = TrainingSettings(steps=4, batch_size=8, threads=2, seed=1, precision=precision, **more)
    list(train(corpus(level=level), model, how))
print(json.dumps([sorted(compiled), sorted(called() - before - compiled)]))
"""


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("cell", CELL_FACTS)
def test_every_kernel_that_training_calls_is_there_before_the_clock_starts(cell: str, precision: str) -> None:
    command = [sys.executable, "-c", FIRST_CALLED, cell, precision]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    before, later = json.loads(found.stdout.splitlines()[-1])
    assert {"cross_entropy", "mask_rows", "adamw"} <= set(before)
    assert later == []
