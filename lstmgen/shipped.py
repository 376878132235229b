"""Where the shipped texts and models are, in a clone and in an installation alike.

A clone has them at its top level (`corpora/`, `models/`), a wheel under `lstmgen/_shipped/`. Only the standard
library is used, so that help and completion can name them at once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_MODEL = "ready.npz"  # a name that no corpus gives its model by default: none is called "ready"
_LESSON = "lesson.npz"  # to look into, not to write with: only ever taken by name
_HERE = Path(__file__).resolve().parent


def _room(kind: str) -> Path | None:
    """The folder of `kind` ("corpora" or "models"); None where it was not packed."""
    installed, clone = _HERE / "_shipped" / kind, _HERE.parent
    if installed.is_dir():
        return installed
    if (clone / "pyproject.toml").is_file() and (clone / kind).is_dir():
        return clone / kind
    return None


def _index() -> dict[str, dict[str, Any]]:
    folder = _room("corpora")
    if folder is None or not (folder / "index.json").is_file():
        return {}
    index: dict[str, dict[str, Any]] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    return {name: facts for name, facts in index.items() if (folder / facts["file"]).is_file()}


def shipped_corpora() -> dict[str, Path]:
    """Name and path of every shipped corpus, in the order of the index."""
    folder = _room("corpora")
    return {} if folder is None else {name: folder / facts["file"] for name, facts in _index().items()}


def shipped_corpus_facts(name: str) -> dict[str, Any]:
    """What a shipped corpus knows of itself: "level" (char or word), "lines" (bool) and "about" (one sentence)."""
    facts = _index()[name]
    return {"level": facts["level"], "lines": facts["lines"], "about": facts.get("about", "")}


def shipped_model() -> Path | None:
    """The ready model; None where it was not made or not packed."""
    return _model(_MODEL)


def shipped_lesson() -> Path | None:
    """The lesson model, whose units are words; None where it was not made or not packed."""
    return _model(_LESSON)


def _model(name: str) -> Path | None:
    folder = _room("models")
    return folder / name if folder is not None and (folder / name).is_file() else None


def is_shipped_model(path: Path) -> bool:
    """Whether the file is one of the models that come with the program, by whatever way it is reached."""
    try:
        return any(path.samefile(one) for one in (shipped_model(), shipped_lesson()) if one is not None)
    except OSError:  # it is not there
        return False
