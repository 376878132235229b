"""EXPORT.md: how near the exported forms come to the network, by kind of model.

python -m tests.bench.export_table
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import lstmgen
from lstmgen.api import Model
from tests.bench.script import parser_for, run_script
from tests.bench.sections import EXPORT, put_section
from tests.export.differences import Compute, largest_difference
from tests.export.kinds import KINDS
from tests.peers.exported import module_compute, onnx_compute, safetensors_compute

HEAD = f"""\
## How near they come to the network

Largest difference of any logit or state from the equations in float64 (plain numpy), over 1,000 single steps with
carried states and over one call of 20 steps and 3 rows. The weights are as training begins with them, with biases and
peepholes that are not zero, and the tokens are random; the last row is the bundled model, which reads a text of its own
(random characters make it chaotic: there float32 and float64 part in any program). "lstmgen" is the program itself,
which computes in float32 as the others do. `.safetensors`: loaded strictly into PyTorch's own layers, "-" where PyTorch
has none (peepholes, skip-sum).

{platform.machine()}, Python {platform.python_version()}, ONNX Runtime {onnxruntime.__version__}, PyTorch \
{torch.__version__}, numpy {np.__version__}. Made by `python -m tests.bench.export_table`.

| model | lstmgen | .onnx | .py | .safetensors |
| --- | --- | --- | --- | --- |
"""


def network_compute(model: Model) -> Compute:
    """The program's own network."""
    return lambda ids, states: model.network.logits(ids.astype(np.int32), states)


def row(name: str, model: Model, folder: Path, read: np.ndarray | None = None) -> str:
    """A line of the table; read: tokens, None for random ones."""
    for ending in ("onnx", "py"):
        model.export(folder / f"m.{ending}")
    computes: list[Compute | None] = [
        network_compute(model),
        onnx_compute(folder / "m.onnx"),
        module_compute(folder / "m.py"),
    ]
    has_layers = model.header["cell"] != "peephole" and "skip-sum" not in model.header["requires"]
    computes.append(safetensors_compute(folder / "m.safetensors") if has_layers else None)
    cells = ("-" if one is None else f"{largest_difference(model, one, read=read):.1e}" for one in computes)
    return f"| {name} | {' | '.join(cells)} |\n"


def rows(folder: Path) -> Iterator[str]:
    """Of every kind, and of the bundled model."""
    for kind in KINDS:
        yield row(str(kind), kind.model(), folder)
    ready = lstmgen.load("ready")
    own = ready.vocabulary.encode(ready.sample(length=1000, seed=1))[0].astype(np.int64)
    yield row("the bundled model: lstm 1 x 192, one-hot, char", ready, folder, own)


def main() -> None:
    parser_for("export_table", __doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        put_section(EXPORT, HEAD + "".join(rows(Path(folder))))
    print(f"wrote a section of {EXPORT}")


if __name__ == "__main__":
    run_script(main)
