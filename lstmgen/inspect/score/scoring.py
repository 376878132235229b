"""One model on one passage, with the help that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.recorded import TrainingText
    from lstmgen.inspect.score.picture import Scored
    from lstmgen.inspection.passage import Passage
    from lstmgen.settings import InferenceSettings
    from lstmgen.text.mixture import NgramCorpus


@dataclass(frozen=True)
class Aids:
    """What the models are helped with, and the training texts, one a model."""

    wishes: InferenceSettings
    messages: Messages
    texts: list[TrainingText | None]

    def counted(self, model: Model, number: int = 0) -> NgramCorpus | None:
        """Where the n-grams of a model are counted, if they are wanted."""
        from lstmgen.api.aided import counted_in

        return None if self.wishes.ngram_weight is None else counted_in(model, self.texts[number])


def measured(model: Model, passage: Passage, aids: Aids, counted: NgramCorpus | None) -> Scored:
    """All that is measured of one model."""
    from lstmgen.inspect.score.picture import Scored
    from lstmgen.inspection.aided import read_aided
    from lstmgen.inspection.score import figures_of, surprise_afresh

    if aids.wishes.adapt:
        aids.messages.info(f"learning while reading {len(passage):,} tokens")
    level = model.header["level"]
    read = read_aided(model.network, passage.ids, passage.starts, aids.wishes, level, counted)
    afresh = surprise_afresh(model.network, passage.ids, passage.starts)
    return Scored(
        name=model.name,
        passage=passage,
        nats=read.nats,
        nats_afresh=afresh,
        figures=figures_of(read.nats, passage),
        afresh=figures_of(afresh, passage),
        level=level,
        vocabulary=len(model.vocabulary),
        aided=read if read.helped else None,
    )
