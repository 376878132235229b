"""A run that begins with another model's weights: what they are, what of the run follows from them, how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from lstmgen.arrays import Float32Array
from lstmgen.errors import UsageError
from lstmgen.lazy import cached_property
from lstmgen.modelfile import ModelFile, architecture_of, digest_of, vocabulary_of
from lstmgen.network import transfer_parameters
from lstmgen.settings import TOKEN_NOUNS, Architecture, ModelSettings
from lstmgen.text import Corpus, Vocabulary
from lstmgen.text.collect import count_ids
from lstmgen.training.plan import Origin, Plan

_SIZES = {
    "hidden_size": "units",
    "num_layers": "layers",
    "embedding_size": "embedding",
    "output_squashing": "squashing",
}
"""Settings whose name in `Architecture` is another."""

_FIXED = ("cell", "layers", "embedding")
"""Choices of the plan that are the model's."""


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A model to begin with, by the name that a command has for it."""

    name: str
    file: ModelFile

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its tokens, which keep their ids."""
        return vocabulary_of(self.file.header)

    @cached_property
    def origin(self) -> Origin:
        """What the run's files say of it. The digest is of the weights as they are, changed or not."""
        return Origin(self.name, digest_of(self.file.arrays), len(self.vocabulary))

    @cached_property
    def settings(self) -> ModelSettings:
        """The settings that ask for its network."""
        sizes = architecture_of(self.file.header)
        return ModelSettings(
            **{one.name: getattr(sizes, _SIZES.get(one.name, one.name)) for one in fields(ModelSettings)}
        )

    def check_settings(self, asked: Mapping[str, Any]) -> None:
        """UsageError for a setting of the network (by its keyword) that the model does not have."""
        for name, value in asked.items():
            has = getattr(self.settings, name)
            if value is not None and value != has:
                raise UsageError(
                    f"{self.name} has --{name.replace('_', '-')} {has}, not {value}: its weights fit no other network."
                    "\nLeave the option out, or train without --from."
                )

    def check_text(self, corpus: Corpus) -> None:
        """UsageError unless the text was read into the model's tokens, as the model's own was."""
        header, tokens = self.file.header, corpus.vocabulary.tokens
        same = (corpus.level, corpus.newlines) == (header["level"], header["newlines"])
        if not same or tokens[: len(self.vocabulary)] != self.vocabulary.tokens:
            raise UsageError(
                f"The text was not read the way {self.name} reads: level, line ends and tokens must match."
            )

    def annotate(self, plan: Plan) -> Plan:
        """The plan with where it begins, and with that as the reason of what follows from it."""
        own = f"{self.name}'s own"
        choices = [
            replace(one, reason=own + one.reason.partition("asked for")[2]) if one.name in _FIXED else one
            for one in plan.choices
        ]
        return replace(plan, origin=self.origin, choices=tuple(choices))

    def copy_weights_into(self, architecture: Architecture, weights: Float32Array) -> None:
        """Its parameters into those of the network over more tokens (n,), whose further rows stay."""
        transfer_parameters(architecture, weights, self.file.arrays)

    def describe_vocabulary(self, corpus: Corpus) -> str:
        """What became of its tokens and the text's, in a sentence."""
        old, vocabulary = self.origin.vocabulary, corpus.vocabulary
        special = (vocabulary.unknown, vocabulary.end)
        more = len(vocabulary) - old - sum(k is not None and k >= old for k in special)
        known = [k for k in range(old) if k not in special]
        absent = int((count_ids(corpus.ids, len(vocabulary))[known] == 0).sum())
        kind, rows = TOKEN_NOUNS[corpus.level], "a new row" if more == 1 else "new rows"
        parts = [
            f"{more:,} new {kind}{'s' * (more != 1)} got {rows}" if more else f"it knows every {kind} of this text",
            f"{absent:,} of the model's do{'es' * (absent == 1)} not occur" if absent else "all of the model's occur",
        ]
        lines = " That model learned separate lines, this text is one whole; --lines would separate its lines too."
        hint = lines if self.file.header.get("lines") and not corpus.lines else ""
        return f"Starting from the weights of {self.name}: {'; '.join(parts)}.{hint}"


def initial_vocabulary(origin: Origin | None, header: Mapping[str, Any]) -> Vocabulary | None:
    """The tokens a run began with, which come first in its vocabulary; None where it began with nothing."""
    if origin is None:
        return None
    unknown = header["unknown"]
    old = unknown if unknown is not None and unknown < origin.vocabulary else None
    end = header.get("end")
    old_end = end if end is not None and end < origin.vocabulary else None
    return Vocabulary(header["level"], header["vocabulary"][: origin.vocabulary], old, old_end)
