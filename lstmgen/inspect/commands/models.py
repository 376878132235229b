"""The models that a view looks at, loaded by name and said on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmgen.terminal.model_name import announce_model
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model


def load_models(names: Sequence[str | None] | None, messages: Messages) -> list[Model]:
    """Those of these names, else the one that `lstmgen.load` gives without a name."""
    from lstmgen import api

    models = [api.load(name) for name in names or [None]]
    for model in models:
        announce_model(messages, model)
    return models


def load_model(name: str | None, messages: Messages) -> Model:
    """The model of this name."""
    return load_models([name], messages)[0]
