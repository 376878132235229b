"""`--adapt`, `--adapt-rate`, `--ngram-weight`, of `sample` and `inspect score`: the options, and what they make."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from lstmgen.cleaning import clean
from lstmgen.errors import UsageError
from lstmgen.settings import InferenceSettings
from lstmgen.terminal.options import CORPUS_HELP, option
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.sampling.request import SamplingRequest

_PANEL = "Better without retraining"
Adapt = Annotated[
    bool,
    option(
        _PANEL,
        "Learn from the text or prompt while reading it; the model file is not changed.",
        "--adapt",
        metavar="",
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
NgramCorpus = Annotated[
    str | None,
    option(
        _PANEL,
        CORPUS_HELP,
        "--corpus",
        metavar="PATH",
    ),
]


def inference_settings(adapt: bool, rate: float | None, weight: str | None) -> InferenceSettings:
    """The options as settings. Raises UsageError."""
    number: float | str | None = weight
    if weight is not None:
        with suppress(ValueError):
            number = float(weight)
    return InferenceSettings(adapt, rate, number)


def clamp_specs(gates: Sequence[str] | None, units: Sequence[str] | None) -> list[str]:
    """All of them for `Model.held`. Raises UsageError where a gate stands for a unit or the other way round."""
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


def with_inference_options(
    model: Model,
    wishes: InferenceSettings,
    holding: list[str],
    request: SamplingRequest,
    corpus: str | None,
    messages: Messages,
) -> Model:
    """The model that writes: adapted to its prompt, then with gates and units held, then mixed with n-grams."""
    if holding:
        model.held(*holding)  # what cannot be held is refused at once
    if wishes.adapt:
        if not len(request.ids):
            raise UsageError("--adapt learns from the prompt, but there is none.\nGive --prompt or --prompt-file.")
        from lstmgen.api.inference import adapt_model

        model = adapt_model(model, request.ids, wishes.adapt_rate)
        messages.info(f"adapted to the {_tokens(len(request.ids))} of the prompt")
    if holding:
        model = model.held(*holding)
    if wishes.ngram_weight is not None:
        from lstmgen.api.inference import mix_with_text
        from lstmgen.api.recorded import find_training_text

        text = find_training_text(model, corpus)
        model = mix_with_text(model, wishes.ngram_weight, text)
        if text is not None and model.inference is not None and model.inference.ngram_corpus is not None:
            name = clean(text.name, one_line=True)
            messages.info(
                f"mixed with the {model.inference.ngram_corpus.order}-grams of {name}, "
                f"their weight {model.inference.ngram_weight:.2f}"
            )
    return model


def _tokens(count: int) -> str:
    return f"{count:,} token{'' if count == 1 else 's'}"
