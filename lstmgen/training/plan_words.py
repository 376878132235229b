"""Words of the plan's rows that follow from the text and the sizes."""

from __future__ import annotations

from lstmgen.settings import Architecture, ModelSettings
from lstmgen.text import Corpus
from lstmgen.text.identity import DOCUMENT_ENDS


def kinds_and_documents(corpus: Corpus) -> str:
    """How many tokens there are to choose among and, where their ends are learned, how many documents."""
    if DOCUMENT_ENDS not in corpus.load_options:
        return f"{len(corpus.vocabulary):,} different ones"
    return f"{len(corpus.vocabulary) - 1:,} different ones; {corpus.documents:,} documents, whose ends are learned"


def counted_noun(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def layers_in_words(sizes: Architecture) -> str:
    return f"{sizes.layers} x {sizes.units} units{', summed' * sizes.skip_sum}"


def embedding_in_words(sizes: Architecture) -> str:
    tied = ", tied" if sizes.tied else ""
    return f"{sizes.embedding} values{tied}" if sizes.embedding else "none (one-hot)"


def embedding_reason(model: ModelSettings, sizes: Architecture, kinds: str) -> str:
    if model.embedding_size is not None or model.tied:
        return "asked for"
    if sizes.tied:
        return f"for this many {kinds}; the output layer shares the table"
    return f"for this many {kinds}" if sizes.embedding else f"few different {kinds} need none"
