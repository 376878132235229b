"""Exported files as other programs compute them; used by the tests here and by the table of differences."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np

from tests.export.differences import Compute


def onnx_compute(path: Path) -> Compute:
    """ONNX Runtime, of nothing but the file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def compute(ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logits, states = session.run(["logits", "states_out"], {"ids": ids.astype(np.int64), "states": states})
        return logits, states

    return compute


def imported(path: Path) -> ModuleType:
    """An exported .py file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def module_compute(path: Path) -> Compute:
    """The exported PyTorch module."""
    import torch

    model = imported(path).load()

    @torch.no_grad()
    def compute(ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logits, after = model(torch.as_tensor(ids), torch.as_tensor(states))
        return logits.numpy(), after.numpy()

    return compute


def safetensors_compute(path: Path) -> Compute:
    """torch.nn.LSTM, GRU or RNN, strictly loaded from the .safetensors file; for what torch.nn has."""
    import torch
    from torch import nn

    model = imported(path.with_suffix(".py"))
    tensors, about = model.read_safetensors(path)
    kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[about["cell"]]
    V, H = len(tensors["output.bias"]), tensors["rnn.weight_hh_l0"].shape[1]
    table = tensors.get("embedding.weight", torch.eye(V))
    rnn = kind(table.shape[1], H, sum("weight_hh" in name for name in tensors))
    rnn.load_state_dict({name.removeprefix("rnn."): one for name, one in tensors.items() if name.startswith("rnn.")})
    output = nn.Linear(H, V)
    output.load_state_dict({"weight": tensors.get("output.weight", table), "bias": tensors["output.bias"]})
    table = torch.cat([table, torch.zeros_like(table[:1])])  # -1: the last row

    @torch.no_grad()
    def compute(ids: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        given = torch.as_tensor(np.where(ids[0][:, None] < 0, np.float32(0), states))
        x = table[torch.as_tensor(ids)]
        y, end = rnn(x, (given[1], given[0]) if len(given) == 2 else given[0])
        return output(y).numpy(), torch.stack(end[::-1] if len(given) == 2 else [end]).numpy()

    return compute
