"""The part of its text that a model was not trained on, where that text can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lstmgen.api.recorded import training_text

if TYPE_CHECKING:
    from lstmgen.api.model import Model


def held_out(model: Model) -> npt.NDArray[np.int32] | None:
    """Ids of the validation part (n,); None where there is none, or the text is gone or not the same any more."""
    was = model.header["corpus"]
    if not was.get("digest") or was.get("split") == was.get("tokens"):
        return None
    text = training_text(model)
    if text is None:
        return None
    ids = model.vocabulary.numbers(text.corpus.vocabulary.tokens)[text.corpus.validation]
    return ids[ids >= 0].astype(np.int32)
