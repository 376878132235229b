"""A PyTorch module that writes and is the same for every model: what differs is in the .safetensors file beside it."""

from __future__ import annotations

from importlib.resources import files

from lstmgen.export.records import ExportRequest
from lstmgen.export.safetensors import check_torch_cell
from lstmgen.modelfile import ModelFile


def pytorch_module(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole module, in UTF-8. Raises UsageError for a cell that it does not know."""
    check_torch_cell(file)
    return files("lstmgen.export").joinpath("pytorch_module.txt").read_bytes()
