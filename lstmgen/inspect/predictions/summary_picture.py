"""How well a model predicts, in a sentence for beginners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstmgen.inspect.canvas.labels import token_words
from lstmgen.inspect.common.choices import one_in, times
from lstmgen.inspect.common.figures import percent
from lstmgen.inspect.predictions.measure import Predictions
from lstmgen.inspection.passage import Passage

_FAIR = 0.03  # a mean probability so near to how often it is right can be believed


def predictions_summary(predictions: Predictions, passage: Passage, tokens: Sequence[str]) -> str:
    """How often the first guess is right, and the greatest surprise. tokens: the vocabulary, by id."""
    place = int(predictions.worst(1)[0])
    came, hoped = tokens[passage.ids[place]], tokens[predictions.top[place, 0]]
    sure = float(predictions.probabilities[place, 0])
    surprise = (
        f"its greatest surprise was {token_words(came)} at place {place:,}, to which it had given "
        f"{one_in(float(predictions.nats[place]))}"
    )
    instead = "" if came == hoped else f" (it expected {token_words(hoped)}, {percent(sure)})"
    return f"its first guess is right {times(predictions.right())}; {surprise}{instead}."


def calibration_summary(predictions: Predictions) -> str:
    """Whether its percentages can be believed."""
    said, right = float(np.nan_to_num(predictions.probabilities[:, 0]).mean()), predictions.right()
    if abs(said - right) <= _FAIR:
        verdict = "it knows how much it knows"
    else:
        verdict = "it is too sure of itself" if said > right else "it knows more than it thinks"
    return f"on average it gives its first guess {percent(said)}, and that guess is right {times(right)}: {verdict}."
