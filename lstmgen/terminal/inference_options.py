"""`--adapt`, `--adapt-rate`, `--ngram-weight`, of `sample` and `inspect score`: the options, and what they make."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

from lstmgen.errors import UsageError
from lstmgen.settings import InferenceSettings
from lstmgen.terminal.options import CORPUS_HELP, option

_PANEL = "Better without retraining"
Adapt = Annotated[
    bool,
    option(
        _PANEL, "Learn from the text or prompt while reading it; the model file is not changed.", "--adapt", metavar=""
    ),
]
AdaptRate = Annotated[
    float | None,
    option(_PANEL, "Learning rate of --adapt. [default: fits the layer size]", "--adapt-rate", metavar="X"),
]
NgramWeight = Annotated[
    str | None,
    option(
        _PANEL,
        "Mix in n-grams of the training text with this weight from 0 to 1, or auto for the best weight.",
        "--ngram-weight",
        metavar="W",
    ),
]
NgramCorpusPath = Annotated[str | None, option(_PANEL, CORPUS_HELP, "--corpus", metavar="PATH")]


def inference_settings(adapt: bool, rate: float | None, weight: str | None) -> InferenceSettings:
    """The options as settings. Raises UsageError."""
    number: float | str | None = weight
    if weight is not None:
        with suppress(ValueError):
            number = float(weight)
    return InferenceSettings(adapt, rate, number)


def clamp_specs(gates: Sequence[str] | None, units: Sequence[str] | None) -> list[str]:
    """All of them for `Model.clamped`. Raises UsageError where a gate stands for a unit or the other way round."""
    found = []
    for flag, other, of_gate, texts in (
        ("--set-gate", "--set-unit", True, gates),
        ("--set-unit", "--set-gate", False, units),
    ):
        for text in texts or ():
            name = text.partition("=")[0].rpartition(":")[2].strip()
            if name and name[0].isalpha() is not of_gate:
                example = "f=0, f.17=0 or 0:f=0" if of_gate else "17=1 or 0:17=1"
                raise UsageError(f"{flag} {text}: {flag} takes the form {example}.\nDid you mean {other}?")
            found.append(text)
    return found
