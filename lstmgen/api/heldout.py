"""The part of its text that a model was not trained on, where that text can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmgen.api.copies import candidates
from lstmgen.errors import LstmgenError
from lstmgen.text import load_corpus

if TYPE_CHECKING:
    from lstmgen.api.model import Model

READING = ("encoding", "errors", "keep-newlines", "min-count", "validation")


def held_out(model: Model) -> npt.NDArray[np.int32] | None:
    """Ids of the validation part (n,); None where there is none, or the text is gone or not the same any more."""
    was, options = model.header["corpus"], model.header["training"].get("options", {})
    if not was.get("digest") or was.get("split") == was.get("tokens"):
        return None
    reading: dict[str, Any] = {name.replace("-", "_"): options[name] for name in READING if name in options}
    for paths in candidates(model):
        if "-" in paths:
            continue
        try:
            corpus = load_corpus(paths, level=model.header["level"], lines=model.lines, **reading)
        except (LstmgenError, OSError, TypeError, ValueError):
            continue
        same = (corpus.digest, len(corpus.ids), corpus.split) == (was["digest"], was.get("tokens"), was.get("split"))
        if same and corpus.vocabulary.tokens == model.vocabulary.tokens:
            return corpus.validation.astype(np.int32)
    return None
