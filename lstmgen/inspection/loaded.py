"""A model as it was read from its file: header, history, vocabulary, and the network when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from lstmgen.arrays import Float64Array, Int32Array
from lstmgen.cleaning import on_one_line
from lstmgen.errors import ModelFileError
from lstmgen.kernels.forks import PerProcess
from lstmgen.lazy import cached_property
from lstmgen.modelfile import ModelFile, architecture_of
from lstmgen.settings import InferenceSettings

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork, Network
    from lstmgen.text import Vocabulary
    from lstmgen.text.mixture import NgramCorpus


@dataclass(frozen=True, eq=False)
class InferenceState:
    """What is in force beside the weights. adapted_ids (n,): what it adapted to; ngram_weight: used while writing."""

    settings: InferenceSettings
    adapted_ids: Int32Array | None = None
    ngram_corpus: NgramCorpus | None = None
    ngram_weight: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For machines: what `adapted` and `mixed` made of it, None where they were not asked."""
        return {
            "adapted_to": None if self.adapted_ids is None else len(self.adapted_ids),
            "ngram": None
            if self.ngram_corpus is None
            else {"order": self.ngram_corpus.order, "weight": self.ngram_weight},
        }


class LoadedModel:
    """A trained network with its vocabulary.

    Attributes: header (everything said about it), history (structured by header["history"]), path (where it was read
    from or saved to), vocabulary, network. Several threads may use it at once, and a forked child as well.
    """

    def __init__(self, file: ModelFile, path: Path | None = None) -> None:
        self.file = file
        self.path = path
        self.inference: InferenceState | None = None
        self._network: InferenceNetwork | None = None
        self._making = PerProcess(Lock)

    @property
    def header(self) -> dict[str, Any]:
        """What the model file says about itself."""
        return self.file.header

    @property
    def history(self) -> Float64Array:
        """A row at each evaluation, (n, k); header["history"] names the columns."""
        return self.file.history

    @property
    def name(self) -> str:
        """What the model may be called in a title: its file's name without the ending, cleaned; "" without a file."""
        return "" if self.path is None else on_one_line(self.path.stem)

    @property
    def network(self) -> InferenceNetwork:
        """The network itself, ready to run."""
        if self._network is None:
            with self._making():
                self._network = self._network or self._made_network()
        return self._network

    @network.setter
    def network(self, network: InferenceNetwork) -> None:
        self._network = network

    def _made_network(self) -> Network:
        from lstmgen.kernels.threads import available_cores
        from lstmgen.network import Network

        network = Network(architecture_of(self.header), threads=available_cores())
        for name, view in network.views.items():
            view[...] = self.file.arrays[name]
        network.refresh()
        return network

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Tokens in id order; text to ids and back."""
        from lstmgen.modelfile.header import vocabulary_of

        try:
            return vocabulary_of(self.header)
        except ValueError as error:
            raise ModelFileError(f"{self.path or 'The model'} cannot be used: {error}.\nTrain it again.") from error

    @property
    def lines(self) -> bool:
        """Whether every line of its text stood alone."""
        return bool(self.header.get("lines"))

    @property
    def document_end(self) -> int | None:
        """The id with which a document ends, after which everything starts anew; None where none is learned."""
        return self.vocabulary.document_end(self.lines)
