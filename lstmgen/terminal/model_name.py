"""How a model is named to a person: by its name, what it is, and where it lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.cleaning import on_one_line
from lstmgen.settings import TOKEN_NOUNS
from lstmgen.shipped import is_shipped_model
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.inspection.loaded import LoadedModel

SHIPPED_WORDS = "comes with lstmgen"
TOKENS_OF_LEVEL = {level: f"{noun}s" for level, noun in TOKEN_NOUNS.items()}


def network_kind(header: Mapping[str, Any]) -> str:
    """Cell, layers and units of a model by its header, as in LSTM 1 x 192."""
    sizes = header["sizes"]
    return f"{CELL_FACTS[header['cell']].title} {sizes['layers']} x {sizes['units']}"


def name_of_file(path: Path) -> str:
    """What is typed for it, but for its folder; cleaned."""
    return on_one_line(path.stem if path.suffix == ".npz" else path.name)


def announce_model(messages: Messages, model: LoadedModel) -> None:
    """Name the model in use, and what there is to say about its file."""
    header, path = model.header, model.path
    kind = f"{network_kind(header)}, {TOKENS_OF_LEVEL[header['level']]}"
    if path is None:
        facts, name = [kind], "without a file"
    elif is_shipped_model(path):
        facts, name = [SHIPPED_WORDS + "; " + kind], name_of_file(path)
    else:
        facts, name = [kind, _folder(path)], name_of_file(path)
    messages.info(f"model {name} ({', '.join(facts)})")
    for note in model.file.notes:
        messages.notice(f"{name}: {note}")


def _folder(path: Path) -> str:
    """Where it is, so written that it cannot be taken for a name."""
    folder = path.parent
    if not folder.parts:
        return "this folder"
    below = not folder.is_absolute() and folder.parts[0] != ".."
    return on_one_line(f".{os.sep}{folder}" if below else str(folder))
