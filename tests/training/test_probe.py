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
import json, sys
from numba.core.dispatcher import Dispatcher

first, compile_for = [], Dispatcher._compile_for_args


def noted(kernel, *arguments, **more):  # whether it is compiled now or was before, on this machine
    first.append(kernel.py_func.__name__)
    return compile_for(kernel, *arguments, **more)


Dispatcher._compile_for_args = noted
from lstmgen.network import precision as of_network
from lstmgen.settings import ModelSettings, TrainingSettings
from lstmgen.training import probe, train
from tests.training.runs import corpus

of_network.BF16 = True  # where it is not, plain code computes the same
cell, precision = sys.argv[1:]
probe.compile_kernels(ModelSettings(cell), 2, samples=True, precisions=(precision,))
compiled = len(first)
for level, embedding, layers, more in [
    ("char", 0, 1, {}),
    ("char", 3, 2, {"dropout": 0.2, "weight_drop": 0.3, "embedding_dropout": 0.1}),
    ("word", 4, 1, {"dropout": 0.2}),
]:
    model = ModelSettings(cell, hidden_size=6, num_layers=layers, embedding_size=embedding)
    how = TrainingSettings(steps=4, batch_size=8, threads=2, seed=1, precision=precision, **more)
    list(train(corpus(level=level), model, how))
print(json.dumps([first[:compiled], first[compiled:]]))
"""


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("cell", CELL_FACTS)
def test_every_kernel_that_training_calls_is_there_before_the_clock_starts(cell: str, precision: str) -> None:
    command = [sys.executable, "-c", FIRST_CALLED, cell, precision]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    before, later = json.loads(found.stdout.splitlines()[-1])
    assert {"training_window", "forward_window", "adamw_pieces", "sample_tokens"} <= set(before)
    assert later == []
