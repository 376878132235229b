"""What a model can write: alone, with gates or units clamped, after a text it has adapted to, or beside n-grams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self

from lstmgen.api.keywords import errors_name_keywords
from lstmgen.deprecated import Renamed
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.settings import SamplingSettings

if TYPE_CHECKING:
    from lstmgen.network import Clamp
    from lstmgen.sampling.novel import CopyGuard
    from lstmgen.sampling.request import SamplingRequest
    from lstmgen.sampling.sample import TextChunk


class WritingModel(LoadedModel):
    """A trained network that writes."""

    aids, held, holds = Renamed("inference"), Renamed("clamped"), Renamed("clamps")

    def ready(self, precision: str = "float32") -> bool:
        """Whether the writing kernel is compiled on this machine; else the first text takes some seconds."""
        from lstmgen.network import ClampedNetwork
        from lstmgen.network.logits_sampler import logits_sampler_ready
        from lstmgen.network.sampler import sampler_ready

        by_token = isinstance(self.network, ClampedNetwork) or (
            self.inference is not None and self.inference.ngram_corpus is not None
        )
        return logits_sampler_ready() if by_token else sampler_ready(self.header["cell"], precision)

    @property
    def clamps(self) -> tuple[Clamp, ...]:
        """What is clamped, as `clamped` was told."""
        from lstmgen.network import ClampedNetwork

        return self.network.clamps if isinstance(self.network, ClampedNetwork) else ()

    def clamped(self, *what: str) -> Self:
        """The same model with gates or units clamped to a value while it writes, scores and is traced.

        what: "f=0" (a whole gate), "f.17=0" (of one unit), "17=1.0" (a unit's output h, after its cell has run), each
        with "LAYER:" before it where it is not the last layer. Raises UsageError for what the model has not.
        """
        from lstmgen.network import ClampedNetwork, merge_clamps, parse_clamp

        clamps = self.clamps
        for text in what:
            clamps = merge_clamps(clamps, parse_clamp(text, self.network.architecture))
        model = type(self)(self.file, self.path)
        model.network, model.inference = ClampedNetwork(self.network, clamps), self.inference
        return model

    def adapted(self, text: str, rate: float | None = None) -> Self:
        """The same model after it has learned from a text as it read it; its file stays as it is.

        rate: how fast (None: fits the size). Raises TextError where it knows none of the text, UsageError of a clamped
        model.
        """
        from lstmgen.api.inference import adapt_model

        return adapt_model(self, self.vocabulary.encode(text)[0], rate)

    def mixed(self, weight: float | str = "auto", corpus: str | None = None) -> Self:
        """The same model beside an n-gram model of its training text: it writes and scores with both.

        weight: the n-gram's, from 0 to 1. "auto": writing, the one that fits what was held back in training; scoring,
        found on the way. corpus: where the training text is, if it is not found. UsageError where it is not.
        """
        from lstmgen.api.inference import mix_model

        return mix_model(self, weight, corpus)

    @errors_name_keywords
    def request(
        self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any
    ) -> SamplingRequest:
        """What `stream` will write, checked and completed: the seed drawn, the prompt as ids, notes on it."""
        from lstmgen.sampling.request import prepare_request

        known = [field.name for field in fields(SamplingSettings)]
        if strange := [name for name in settings if name not in known]:
            raise TypeError(f"unexpected keyword argument {strange[0]!r}; sampling knows {', '.join(known)}")
        wishes = SamplingSettings(**settings)
        longest = self.header["corpus"].get("longest_document")
        return prepare_request(
            self.vocabulary, wishes, prompt=prompt, lines=self.lines, longest=longest, unknown=unknown, echo=echo
        )

    def write(self, request: SamplingRequest, guard: CopyGuard | None = None) -> Iterator[TextChunk]:
        """The pieces of a request, as they are made; the last piece of each sample has its record.

        guard: what `lstmgen.api.copies.copy_guard_for` gives for the request, where that is there already.
        """
        from lstmgen.api.copies import copy_guard_for
        from lstmgen.api.inference import writing_network
        from lstmgen.sampling.generator import generate

        return generate(writing_network(self), self.vocabulary, request, guard or copy_guard_for(self, request))

    def stream(self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any) -> Iterator[str]:
        """New text, piece by piece as it is made. The settings are those of `sample`; one sample."""
        request = self.request(prompt, echo=echo, unknown=unknown, **settings)
        return (piece.text for piece in self.write(request))

    def sample(self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any) -> str:
        """New text after `prompt`, which it begins with unless `echo` is false.

        settings: length, temperature, top_k, top_p, min_p, stop, seed (None draws one), as `SamplingSettings` has them;
        novel, the longest run of tokens that may be copied, needs the training text where it was or beside the model.
        unknown: "skip" what the model never saw, or raise TextError at it with "error".
        """
        return "".join(self.stream(prompt, echo=echo, unknown=unknown, **settings))

    def samples(self, count: int, prompt: str = "", *, echo: bool = True, **settings: Any) -> list[str]:
        """So many texts at once, much faster than one after the other; number k is the same whatever the count.

        allow_copies=False: of a model of lines, only lines that are new and not written before; UsageError where it
        knows too few.
        """
        request = self.request(prompt, echo=echo, num_samples=count, **settings)
        records = [piece.finished for piece in self.write(request) if piece.finished is not None]
        return [(record.prompt if echo else "") + record.text for record in records]
