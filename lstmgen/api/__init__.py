"""The public Python face: train a text, load a model, write with it, look inside.

    import lstmgen
    model = lstmgen.train("corpus.txt", time=60)
    print(model.sample("Once upon a time", length=200))
    model.gates("Once upon a time").save("gates.svg")
    model.save("models/corpus.npz")

`lstmgen` has `train`, `load` and `Model` from here. Events are in `lstmgen.training.events`, errors in
`lstmgen.errors`, settings in `lstmgen.settings`. Each name is imported when first asked for, so that a program which
only writes does not wait for what only training needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstmgen.api.finding import find_model as find_model
    from lstmgen.api.mistakes import train_and_count_mistakes as train_and_count_mistakes
    from lstmgen.api.model import Model as Model
    from lstmgen.api.model import load as load
    from lstmgen.api.scored import Score as Score
    from lstmgen.api.training import follow as follow
    from lstmgen.api.training import plan as plan
    from lstmgen.api.training import plan_resume as plan_resume
    from lstmgen.api.training import resume as resume
    from lstmgen.api.training import train as train

_HOMES = {
    "Model": "model",
    "Score": "scored",
    "find_model": "finding",
    "follow": "training",
    "load": "model",
    "plan": "training",
    "plan_resume": "training",
    "resume": "training",
    "train": "training",
    "train_and_count_mistakes": "mistakes",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"lstmgen.api.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'lstmgen.api' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
