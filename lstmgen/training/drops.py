"""How much of a network is left out while it learns, as asked or by the tables in sizes.py."""

from __future__ import annotations

from lstmgen.errors import UsageError
from lstmgen.settings import Architecture, TrainingSettings
from lstmgen.text import Corpus
from lstmgen.text.copies import unseen_sequence_share
from lstmgen.text.documents import MIN_SPLIT_TOKENS
from lstmgen.training.sizes import dropout_share_for, full_dropout, memorization, two_digits


def choose_drops(
    corpus: Corpus, training: TrainingSettings, sizes: Architecture, passes: float, from_weights: bool
) -> tuple[float, float, str]:
    """Dropout and weight-drop, as asked or chosen, and why. Documents are learned as wholes, whatever comes again.

    A run from a model's weights on less than is ever validated drops nothing: with the usual drops such runs were seen
    to end far above where they began.
    """
    heart = memorization(sizes, passes, max(1, len(corpus.training)))
    outputs, weights = full_dropout(heart, corpus.lines)
    often = f"about {two_digits(passes)} times" if passes >= 1 else "less than once"
    why = f"the text is read {often}"
    if from_weights and len(corpus.ids) < MIN_SPLIT_TOKENS:
        outputs, weights, why = 0.0, 0.0, "so short a text that starts from a model can only be learned by heart"
    left_open = (outputs and training.dropout is None) or (weights and training.weight_drop is None)
    if left_open and len(corpus.validation) and not corpus.lines:
        new = unseen_sequence_share(corpus)
        why = f"{why}; {100 * new:.0f} % of the validation text is new"
        outputs, weights = (round(dropout_share_for(heart, new) * most, 2) for most in (outputs, weights))
    outputs = outputs if training.dropout is None else float(training.dropout)
    return outputs, weights if training.weight_drop is None else float(training.weight_drop), why


def choose_embedding_dropout(sizes: Architecture, given: float | None) -> float:
    """As asked, else none; UsageError where it is asked for and there is no embedding to drop from."""
    if given and not sizes.embedding:
        raise UsageError(
            "--embedding-dropout needs an embedding, and this network would have none.\n"
            "Add --embedding-size N, or leave it out."
        )
    return float(given or 0.0)
